"""A page that asks for what it was not given gets nothing, and the build fails (S1, S6)."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

from reportgen.errors import DataError
from reportgen.render.fonts import FontSet
from reportgen.render.pdf import DocumentInfo, write_pdf

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment

INFO = DocumentInfo(datetime(2025, 12, 7, tzinfo=UTC))
CANARY = "canary-9f3c-of-the-house"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {}'
IN_PAGE = {
    "picture": '<img src="WEB/a.png" alt="a">',
    "picture of a file": '<img src="FILE" alt="a">',
    "picture without a scheme": '<img src="//HOST/a.png" alt="a">',
    "picture by FTP": '<img src="ftp://HOST/a.png" alt="a">',
    "picture that redirects": '<img src="WEB/redirect" alt="a">',
    "picture in the text": "<img src=\"data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg"
    '\'/%3E" alt="a">',
    "drawing in the text that asks": '<img alt="a" src="data:image/svg+xml,%3Csvg%20xmlns=\'http://'
    "www.w3.org/2000/svg'%3E%3Cimage%20href='WEB/a.png'/%3E%3C/svg%3E\">",
    "scheme of a library": '<img src="jar:WEB/a.jar!/a.png" alt="a">',
    "scheme in capitals": '<img src="HTTP://HOST/a.png" alt="a">',
    "address with a break": '<img src="ht\ntp://HOST/a.png" alt="a">',
    "login in the address": '<img src="http://chart:a.svg@HOST/a.png" alt="a">',
    "own resource with more": '<img src="chart:a.svg?WEB" alt="a">',
    "own resource above": '<img src="chart:../FILE" alt="a">',
    "style sheet": '<link rel="stylesheet" href="WEB/a.css">',
    "style sheet of a file": '<link rel="stylesheet" href="FILE">',
    "attached file": '<link rel="attachment" href="FILE">',
    "attached page": '<link rel="attachment" href="WEB/a">',
    "attached by a link": '<a rel="attachment" href="FILE">a</a>',
    "attached in the text": '<a rel="attachment" href="data:,a">a</a>',
    "object": '<object data="WEB/a.svg" type="image/svg+xml">a</object>',
    "embedded": '<embed src="WEB/a.svg" type="image/svg+xml">',
    "base and a relative path": '<base href="WEB/"><img src="a.png" alt="a">',
    "import": "<style>@import 'WEB/a.css';</style>",
    "import of a file": "<style>@import url(FILE);</style>",
    "escaped import": "<style>@\\69mport 'WEB/a.css';</style>",
    "font": "<style>@font-face{font-family:x;src:url(WEB/a.woff2)}i{font-family:x}</style><i>a</i>",
    "font of the system": "<style>@font-face{font-family:x;src:local('Noto Sans'),url(FILE)}"
    "i{font-family:x}</style><i>a</i>",
    "background": '<p style="background:url(WEB/a.png)">a</p>',
    "background of a file": '<p style="background-image:url(FILE)">a</p>',
    "background of the page": "<style>@page{background:url(WEB/a.png)}</style>",
    "box in the margin": "<style>@page{@top-left{content:url(WEB/a.png)}}</style>",
    "mark of a list": '<ul style="list-style-image:url(WEB/a.png)"><li>a</li></ul>',
    "content": "<style>b::before{content:url(WEB/a.png)}</style><b>a</b>",
    "border": '<p style="border-image:url(WEB/a.png) 1">a</p>',
    "colour profile": "<style>@color-profile --x{src:url(WEB/a.icc)}</style>"
    '<p style="color:color(--x 0 0 0)">a</p>',
}
IN_DRAWING = {
    "picture": SVG.format('viewBox="0 0 9 9"><image href="WEB/a.png" width="9" height="9"/></svg>'),
    "picture of a file": SVG.format(
        'viewBox="0 0 9 9"><image xlink:href="FILE" width="9" height="9"/></svg>'
    ),
    "part of another": SVG.format('viewBox="0 0 9 9"><use href="WEB/a.svg#a"/></svg>'),
    "style": SVG.format(
        'viewBox="0 0 9 9"><style>@import "WEB/a.css";</style><rect width="9" height="9"/></svg>'
    ),
    "entity": f'<!DOCTYPE svg [<!ENTITY x SYSTEM "FILE">]>{SVG.format("")}'
    'viewBox="0 0 9 9"><text y="9">&x;</text></svg>',
    "entities of entities": "<!DOCTYPE svg [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + f"]>{SVG.format('')}"
    'viewBox="0 0 9 9"><text y="9">&a9;</text></svg>',
    "type": '<!DOCTYPE svg SYSTEM "WEB/a.dtd">'
    + SVG.format('viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'),
    "style sheet": '<?xml-stylesheet href="WEB/a.css"?>'
    + SVG.format('viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'),
}
PASSED_OVER = {"part of another", "type", "style sheet"}
"""What WeasyPrint does not look up in a drawing: there is nothing to refuse."""
PAGE = (
    '<!doctype html><html lang="en"><head><title>a</title><style>@page{size:A6}'
    "p,b,i,a,ul{font-family:var(--serif)}</style></head><body><p>a</p>MORE"
    '<img src="chart:a.svg" alt="a"></body></html>'
)


class _Listener(BaseHTTPRequestHandler):
    """Notes what it is asked for."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_error(404)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def web() -> Iterator[HTTPServer]:
    """A server that nothing may reach."""
    server = HTTPServer(("127.0.0.1", 0), _Listener)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    """The faces of English."""
    return FontSet.for_language("en")


@contextmanager
def _watched(secret: Path) -> Iterator[list[str]]:
    """Note what this thread opens, connects to and starts."""
    seen: list[str] = []
    watching = threading.get_ident()

    def hook(event: str, about: tuple[Any, ...]) -> None:
        if watching != threading.get_ident():
            return
        if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn")):
            seen.append(f"{event} {about}")
        if event == "open" and str(about[0]) == str(secret):
            seen.append(f"{event} {about}")

    sys.addaudithook(hook)  # cannot be taken away again; it is told to be quiet
    try:
        yield seen
    finally:
        watching = -1


def _put(text: str, web: HTTPServer, secret: Path) -> str:
    host = f"127.0.0.1:{web.server_port}"
    return (
        text.replace("WEB", f"http://{host}").replace("HOST", host).replace("FILE", secret.as_uri())
    )


def _asked(page: str, drawing: str, fonts: FontSet, web: HTTPServer, secret: Path) -> str:
    """Set a page and return what the build was refused for; empty when it went through."""
    secret.write_text(CANARY)
    empty = SVG.format('viewBox="0 0 9 9"><rect width="9" height="9"/></svg>')
    drawn = _put(drawing or empty, web, secret).encode()
    with _watched(secret) as seen:
        try:
            made = write_pdf(_put(page, web, secret), {"chart:a.svg": drawn}, fonts, INFO)
            said = ""
        except DataError as refused:
            made, said = b"", refused.message
    assert not seen
    assert not web.asked  # type: ignore[attr-defined]
    assert CANARY not in _everything(made)
    return said


def _everything(made: bytes) -> str:
    if not made:
        return ""
    with pikepdf.open(BytesIO(made)) as pdf:
        assert not pdf.attachments
        streams = [one for one in pdf.objects if isinstance(one, pikepdf.Stream)]
        return "".join(one.read_bytes().decode("latin-1") for one in streams)


@pytest.mark.parametrize("name", IN_PAGE)
def test_a_page_gets_nothing_from_outside(
    name: str, fonts: FontSet, web: HTTPServer, tmp_path: Path
) -> None:
    """No request, no file, nothing in the PDF; and whoever asked in vain has no PDF at all."""
    page = PAGE.replace("MORE", IN_PAGE[name])
    said = _asked(page, "", fonts, web, tmp_path / "secret")
    assert said


@pytest.mark.parametrize("name", IN_DRAWING)
def test_a_drawing_gets_nothing_from_outside(
    name: str, fonts: FontSet, web: HTTPServer, tmp_path: Path
) -> None:
    """Likewise in the charts and the logo."""
    said = _asked(PAGE.replace("MORE", ""), IN_DRAWING[name], fonts, web, tmp_path / "secret")
    assert (said == "") == (name in PASSED_OVER), said


def test_a_page_of_its_own_opens_no_door(fonts: FontSet, web: HTTPServer, tmp_path: Path) -> None:
    """A page that asks for nothing is set without a socket and without another program."""
    assert _asked(PAGE.replace("MORE", ""), "", fonts, web, tmp_path / "secret") == ""


@pytest.mark.long
def test_a_whole_report_opens_no_door(
    assessment: Assessment, web: HTTPServer, tmp_path: Path
) -> None:
    """Charts, words and pages of a language: no socket, and of programs only fontconfig's list."""
    from reportgen.facts.files import to_json
    from reportgen.i18n import LANGUAGES
    from reportgen.render.edition import Job, Look, write_language
    from reportgen.render.report import Brand

    codes = [one.code for one in LANGUAGES]
    look = Look(
        brands={code: Brand(name="a", contact="", disclaimer="") for code in codes},
        notes=dict.fromkeys(codes, ""),
    )
    job = Job(to_json(assessment), tmp_path, ("pdf", "html"), look)
    with _watched(tmp_path / "secret") as seen:
        assert len(write_language(job, "en")) == 2
    assert not [one for one in seen if "/fc-list'" not in one]
    assert not web.asked  # type: ignore[attr-defined]


def test_the_watch_sees(web: HTTPServer, tmp_path: Path) -> None:
    """What watches the doors would notice a connection and a file."""
    secret = tmp_path / "secret"
    secret.write_text(CANARY)
    with _watched(secret) as seen:
        socket.create_connection(("127.0.0.1", web.server_port)).close()
        secret.read_text()
    assert any(one.startswith("socket.connect") for one in seen)
    assert any(one.startswith("open") for one in seen)
