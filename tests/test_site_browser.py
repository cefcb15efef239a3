"""The site in a browser: nothing breaks, nothing is fetched elsewhere, the search finds."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import Build
from shelves import CODES, WORDS, archive

from reportgen import site
from reportgen.config import Settings

MANUAL = Path(__file__).parent.parent / "docs" / "site.md"
PAGES = (
    *("index.html", "2025-12/index.html", "2025-11/index.html", "record/index.html"),
    *("corrections/index.html", "search/index.html"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site to be looked at in its folder."""
    return site.write(archive(tmp_path_factory.mktemp("output")), Settings()).resolve()


class _Quiet(SimpleHTTPRequestHandler):
    """Serves with the headers that the manual names for nginx."""

    def log_message(self, *_: Any) -> None:
        pass

    def end_headers(self) -> None:
        policies = re.findall(r'"?(~?\S+)"? "(.*frame-ancestors .*)";', MANUAL.read_text("utf-8"))
        assert len(policies) == 2
        fitting = [text for pattern, text in policies if re.search(pattern.strip('~"'), self.path)]
        default = dict(policies)["default"]
        self.send_header("Content-Security-Policy", (fitting or [default])[-1])
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    """The same site behind a server; returns its address."""
    with _serving(folder) as home:
        yield home


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """The system's own Chromium."""
    playwright = pytest.importorskip("playwright.sync_api")
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no Chromium on this machine")
    with playwright.sync_playwright() as player:
        started = player.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


class _Watched:
    """A page whose complaints and requests are noted."""

    def __init__(self, browser: Any, home: str, **how: Any) -> None:
        self.complaints: list[str] = []
        self.home = home
        self.page = browser.new_page(**how)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._note)

    def _note(self, request: Any) -> None:
        if not request.url.startswith((self.home, "data:")):
            self.complaints.append(request.url)

    def open(self, path: str) -> Any:
        self.page.goto(f"{self.home}/{path}")
        return self.page


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1300, "dark")])
def test_no_page_complains_or_scrolls_sideways(
    width: int, scheme: str, browser: Any, served: str
) -> None:
    """On a telephone and at a desk every page fits, says nothing to the console, asks nobody."""
    size = {"width": width, "height": 800}
    watched = _Watched(browser, served, viewport=size, color_scheme=scheme)
    for path in ("", "404.html", *(f"{code}/{page}" for code in CODES for page in PAGES)):
        page = watched.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") == width, path
        shown = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert shown == ("rgb(20, 24, 28)" if scheme == "dark" else "rgb(255, 255, 255)"), path
    assert watched.complaints == []
    watched.page.close()


def test_a_report_is_read_under_its_policy(browser: Any, built: Build, tmp_path: Path) -> None:
    """A whole report with faces and drawings says nothing to the console under those headers."""
    (tmp_path / "editions").mkdir()
    shutil.copy(built.file("ja", "html"), tmp_path / "editions" / "report.html")
    with _serving(tmp_path) as home:
        watched = _Watched(browser, home)
        page = watched.open("editions/report.html")
        assert page.evaluate("document.fonts.check('16px \"Noto Sans CJK JP\"')")
        assert page.evaluate("getComputedStyle(document.querySelector('h2')).fontWeight") == "700"
        assert watched.complaints == []
        watched.page.close()


@pytest.mark.parametrize("how", ["served", "folder"])
def test_the_search_finds_in_every_language(
    how: str, browser: Any, request: pytest.FixtureRequest
) -> None:
    """流动性, 流動性 and liquidity are found, newest first, from a server and from a folder."""
    home = request.getfixturevalue(how)
    watched = _Watched(browser, home if how == "served" else home.as_uri())
    for code, (word, _) in WORDS.items():
        page = watched.open(f"{code}/search/index.html")
        page.fill("#words", word.upper())
        page.locator(".found").nth(3).wait_for()
        heads = page.locator(".found h2").all_inner_texts()
        assert "12" in heads[0] or "December" in heads[0]
        assert page.locator(".found mark").first.inner_text().casefold() == word.casefold()
        link = page.locator(".found a").first.get_attribute("href")
        assert link.endswith(f"/2025-12/nasdaq-risk-assessment-2025-12.{code}.html#liquidity")
    assert watched.complaints == []
    watched.page.close()


def test_the_search_reads_as_a_reader_does(browser: Any, served: str) -> None:
    """Every word counts, widths of letters do not; an address holds the words; nothing is found."""
    watched = _Watched(browser, served)
    page = watched.open("en/search/index.html?q=billion%20$200")
    page.locator(".found").nth(3).wait_for()
    marked = page.locator(".found").first.locator("mark").all_inner_texts()
    assert marked == ["＄２００", "billion"]
    status = page.locator("#status")
    page.fill("#words", "billion nothing-like-it")
    page.locator("#status", has_text="found: 0").wait_for()
    assert page.locator(".found").count() == 0
    assert status.get_attribute("aria-live") == "polite"
    page.fill("#words", "<img src=x onerror=alert(1)>")
    page.press("#words", "Enter")
    page.locator("#status", has_text="4 of 4").wait_for()
    assert watched.complaints == []
    watched.page.close()


def test_the_search_needs_no_mouse(browser: Any, served: str) -> None:
    """From the top the keyboard reaches the field, the results and the report."""
    watched = _Watched(browser, served)
    page = watched.open("en/search/index.html")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "words":
            break
    page.keyboard.type("tighter")
    page.wait_for_selector(".found a")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.found') !== null")
    page.keyboard.press("Enter")
    page.wait_for_url("**/nasdaq-risk-assessment-2025-12.en.html#liquidity")
    watched.page.close()


def test_without_script_everything_can_be_read(browser: Any, served: str) -> None:
    """Verdict, figures and tables stand there; the search says how to do without it."""
    context = browser.new_context(java_script_enabled=False)
    watched = _Watched(context, served)
    page = watched.open("zh/index.html")
    assert WORDS["zh"][1] in page.locator(".verdict").inner_text()
    assert page.locator(".key-value").first.inner_text() == "51%"
    page = watched.open("zh/search/index.html")
    assert not page.locator("form").is_visible()
    assert "JavaScript" in page.locator("noscript").inner_text()
    assert page.locator(".shelf a").count() == 4
    context.close()
