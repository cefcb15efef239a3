"""``trace``: a file, a page of it, or what somebody read from it leads to the client."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from reports import page_of, pdf_of

from reportgen.cli import main
from reportgen.config import Settings
from reportgen.deliver import tables
from reportgen.deliver.copies import Mark, copy, encrypted, html_copy, prepare
from reportgen.deliver.copies.findings import Finding, findings
from reportgen.deliver.copies.trace import Traced, refuse, trace, trace_mark
from reportgen.deliver.database import Database, open_database
from reportgen.errors import DataError, ReportgenError, UsageError
from reportgen.render.proof import PasswordNeededError
from reportgen.secret import Secret

MADE = datetime(2026, 1, 6, 8, tzinfo=UTC)
ACME = Mark("三菱ＵＦＪ銀行", "7f3a9c01d2e45b6a", "2026-01/7f3a9c01d2e4")
OTHER = Mark("Zürich-Bank", "0123456789abcdef", "2026-01/0123456789ab")
STRANGER = Mark("Nobody", "ffffffffffffffff", "2026-01/ffffffffffff")
PAGE_CODE = "1111222233334444"
PASSWORD = "correct horse"


@cache
def copied(mark: Mark) -> bytes:
    """A client's copy."""
    return copy(prepare(pdf_of("en")), mark)


@cache
def paged(mark: Mark) -> bytes:
    """A client's copy as a page; it has a code of its own."""
    return html_copy(page_of("en").encode(), page_mark(mark), "en")


def page_mark(mark: Mark) -> Mark:
    """Return the mark of a client's page."""
    return Mark(mark.organisation, PAGE_CODE, mark.reference)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder whose database knows two clients and their copies."""
    folder = tmp_path_factory.mktemp("output")
    opened = _database(folder)
    with opened.writing() as connection:
        _add(connection, "acme", ACME)
        _add(connection, "zurich", OTHER)
        page = hashlib.sha256(paged(ACME)).hexdigest()
        connection.execute(tables.copy.insert(), [_copy("acme", PAGE_CODE, page, "html")])
    opened.close()
    return folder


@pytest.fixture(scope="module")
def database(output: Path) -> Iterator[Database]:
    """The database, open."""
    opened = _database(output)
    yield opened
    opened.close()


def _database(output: Path) -> Database:
    plain = Settings()
    return open_database(replace(plain, build=replace(plain.build, output=str(output))), {})


def _copy(client: str, code: str, sha256: str, form: str) -> dict[str, Any]:
    return {
        "code": code,
        "mailing": "2026-01",
        "client": client,
        "address": f"wang@{client}.example",
        "language": "en",
        "format": form,
        "sha256": sha256,
        "at": MADE,
    }


def _add(connection: Any, client: str, mark: Mark) -> None:
    """Write a client, its mail and its copy, as planning does."""
    if connection.scalar(tables.mailing.select()) is None:
        digests = ("manifest", "recipients", "messages", "words", "settings")
        mailing = {f"{one}_sha256": "" for one in digests} | {"recipients": 2, "state": "planned"}
        mailing |= {"name": "2026-01", "kind": "edition", "edition": "2026-01"}
        connection.execute(
            tables.mailing.insert(), [mailing | {"planned_at": MADE, "planned_by": "wu"}]
        )
    book = {"languages": "en", "formats": "pdf", "protection": "mark", "house": False}
    named = {"id": client, "organisation": mark.organisation, "changed": MADE}
    connection.execute(tables.client.insert(), [book | named])
    digest = hashlib.sha256(copied(mark)).hexdigest()
    connection.execute(tables.copy.insert(), [_copy(client, mark.code, digest, "pdf")])
    row = _copy(client, mark.code, digest, "pdf")
    mail = {key: row[key] for key in ("mailing", "client", "address", "language")}
    mail |= {"position": 1, "state": "planned", "message_id": mark.code, "message": b""}
    mail |= {"reference": mark.reference, "envelope_from": "", "eml_sha256": "", "size": 0}
    connection.execute(tables.delivery.insert(), [mail])


def _clients(traced: Traced) -> list[str]:
    return [one.client for one in traced.trails]


def _places(traced: Traced) -> set[str]:
    return {one.place for trail in traced.trails for one in trail.findings}


def _saved(change: Any) -> bytes:
    result = BytesIO()
    with pikepdf.open(BytesIO(copied(ACME))) as pdf:
        change(pdf)
        pdf.save(result)
    return result.getvalue()


def test_the_file_itself(database: Database) -> None:
    """The file that was made is known by its bytes, and by every mark in it."""
    traced = trace(copied(ACME), database)
    (trail,) = traced.trails
    assert (trail.client, trail.organisation, trail.form) == ("acme", ACME.organisation, "pdf")
    assert (trail.mailing, trail.language, trail.at) == ("2026-01", "en", MADE)
    assert trail.exact
    assert _places(traced) == {"identity", "description", "metadata", "page", "line", "code"}
    assert (traced.unknown, traced.whole) == ((), True)


def _without(pdf: pikepdf.Pdf) -> None:
    """Take out everything but the drawing."""
    del pdf.docinfo
    del pdf.Root.Metadata
    del pdf.trailer.ID


def _without_line(pdf: pikepdf.Pdf) -> None:
    """Take the stamp off every page."""
    for page in pdf.pages:
        page.obj.Contents = page.obj.Contents[1]


def _without_tags(pdf: pikepdf.Pdf) -> None:
    """Take the artifacts out of the stamp, and all that describes the file."""
    _without(pdf)
    for page in pdf.pages:
        stamp = page.obj.Contents[-1]
        steps = [
            step
            for step in pikepdf.parse_content_stream(stamp)
            if str(step.operator) not in ("BDC", "EMC")
        ]
        stamp.write(pikepdf.unparse_content_stream(steps))


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (lambda pdf: None, {"identity", "description", "metadata", "page", "line", "code"}),
        (_without, {"page", "line", "code"}),
        (_without_line, {"identity", "description", "metadata"}),
        (_without_tags, {"line", "code"}),
    ],
)
def test_one_mark_is_enough(change: Any, left: set[str], database: Database) -> None:
    """Saved anew, stripped of what describes it, of the stamp, or of its tags: still known."""
    traced = trace(_saved(change), database)
    assert _clients(traced) == ["acme"]
    assert _places(traced) == left
    assert not traced.trails[0].exact


def test_a_page_cut_out(database: Database, tmp_path: Path) -> None:
    """One page taken out by another program leads to the client, and says which page it is."""
    (tmp_path / "copy.pdf").write_bytes(copied(ACME))
    for words in (
        ("qpdf", "--empty", "--pages", "copy.pdf", "2", "--", "out.pdf"),
        ("pdfseparate", "-f", "2", "-l", "2", "copy.pdf", "out.pdf"),
    ):
        subprocess.run(words, cwd=tmp_path, check=True)
        traced = trace((tmp_path / "out.pdf").read_bytes(), database)
        assert _clients(traced) == ["acme"]
        assert {"page", "line", "code"} <= _places(traced)


def test_printed_to_a_file(database: Database, tmp_path: Path) -> None:
    """Printed to a new PDF, which keeps no mark but the drawing, the lines lead to the client."""
    (tmp_path / "copy.pdf").write_bytes(copied(ACME))
    subprocess.run(["pdftocairo", "-pdf", "copy.pdf", "out.pdf"], cwd=tmp_path, check=True)
    traced = trace((tmp_path / "out.pdf").read_bytes(), database)
    assert _clients(traced) == ["acme"]
    assert _places(traced) == {"line", "code"}


def test_pages_of_two_clients(database: Database) -> None:
    """Where pages of two copies were put together, both are named, each with its pages."""
    result = BytesIO()
    with (
        pikepdf.open(BytesIO(copied(ACME))) as one,
        pikepdf.open(BytesIO(copied(OTHER))) as other,
        pikepdf.new() as mixed,
    ):
        mixed.pages.append(one.pages[0])
        mixed.pages.append(other.pages[1])
        mixed.save(result)
    traced = trace(result.getvalue(), database)
    assert {trail.client: {one.page for one in trail.findings} for trail in traced.trails} == {
        "acme": {1},
        "zurich": {2},
    }


def test_an_encrypted_copy(database: Database) -> None:
    """Without its password the identity names the client; with it everything is read."""
    locked = encrypted(copied(ACME), Secret(PASSWORD))
    outside = trace(locked, database)
    assert (_clients(outside), _places(outside), outside.whole) == (["acme"], {"identity"}, False)
    inside = trace(locked, database, PASSWORD)
    assert (_clients(inside), inside.whole) == (["acme"], True)
    assert "line" in _places(inside)
    with pytest.raises(PasswordNeededError):
        trace(locked, database, "wrong horse")


def test_a_web_page(database: Database) -> None:
    """A page leads to the client by its bytes, its sections, or the line alone."""
    assert trace(paged(ACME), database).trails[0].exact
    assert trace(paged(ACME), database).trails[0].form == "html"
    part = paged(ACME).replace(PAGE_CODE.encode(), b"")
    traced = trace(part, database)
    assert (_clients(traced), _places(traced)) == (["acme"], {"line"})


@pytest.mark.parametrize("text", [ACME.reference, ACME.code, f" {ACME.reference.upper()} "])
def test_what_somebody_reads(text: str, database: Database) -> None:
    """The reference or the code, as read from a picture of a page, leads to the client."""
    assert _clients(trace_mark(text, database)) == ["acme"]
    with pytest.raises(UsageError):
        trace_mark("2026-01", database)


def test_a_copy_that_is_on_no_record(database: Database) -> None:
    """A mark nobody here made is told; an edition's own file bears none; both are refused."""
    unknown = trace(copied(STRANGER), database)
    assert unknown.trails == ()
    assert set(unknown.unknown) == {STRANGER.code, STRANGER.reference}
    with pytest.raises(DataError, match=STRANGER.code):
        refuse(unknown, "a.pdf")
    nothing = trace(pdf_of("en"), database)
    assert (nothing.trails, nothing.unknown) == ((), ())
    with pytest.raises(DataError, match="no mark"):
        refuse(nothing, "a.pdf")


def test_figures_are_no_marks() -> None:
    """Sixteen figures in a chart are looked up and, where they are nobody's, not told of."""
    assert findings(b"<p>2004200620082010</p>")[0] == (Finding("code", "2004200620082010"),)


def _damaged(data: st.DataObject) -> None:
    content = bytearray(copied(ACME))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from((len(content), len(content) * 2 // 3)))
    with suppress(ReportgenError):
        findings(bytes(content[:cut]))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_read(data: st.DataObject) -> None:
    """A copy with bytes changed or cut off is read or refused with a sentence, never crashes."""
    _damaged(data)


@pytest.mark.long
@settings(max_examples=5_000, deadline=None)
@given(data=st.data())
def test_any_damage_is_refused_or_read(data: st.DataObject) -> None:
    """Likewise with 5,000 others."""
    _damaged(data)


def _run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["trace", *map(str, words)])


def test_the_command(output: Path, tmp_path: Path) -> None:
    """It names the client and what says so, the address masked; as JSON too; 65 and 66 else."""
    path = tmp_path / "found.pdf"
    path.write_bytes(copied(ACME))
    said = _run(path, "--output", output)
    assert said.exit_code == 0, said.output
    assert "client acme (三菱ＵＦＪ銀行), w***@a***.example: mailing 2026-01" in said.output
    assert "byte for byte" in said.output
    assert "pages 1 to 2" in said.output
    found = json.loads(_run(path, "--output", output, "--json").output)
    assert [one["client"] for one in found["copies"]] == ["acme"]
    assert "wang@" not in said.output + json.dumps(found)
    assert _run(ACME.reference, "--output", output).exit_code == 0
    path.write_bytes(copied(STRANGER))
    assert _run(path, "--output", output).exit_code == 65
    path.write_bytes(pdf_of("en"))
    assert _run(path, "--output", output).exit_code == 65
    assert _run(tmp_path / "none.pdf", "--output", output).exit_code == 66
    assert _run("what", "--output", output).exit_code == 64


def test_the_command_reads_a_password(output: Path, tmp_path: Path) -> None:
    """The password comes from a file or what is piped in, and never from the command line."""
    path, kept = tmp_path / "locked.pdf", tmp_path / "password"
    path.write_bytes(encrypted(copied(ACME), Secret(PASSWORD)))
    kept.write_text(f"{PASSWORD}\n")
    assert "is encrypted" in _run(path, "--output", output).output
    assert "printed line" in _run(path, "--output", output, "--password-file", kept).output
    asked = CliRunner().invoke(
        main, ["trace", str(path), "--output", str(output), "--password"], input=f"{PASSWORD}\n"
    )
    assert "printed line" in asked.output
    kept.write_text("wrong horse\n")
    assert _run(path, "--output", output, "--password-file", kept).exit_code == 65
