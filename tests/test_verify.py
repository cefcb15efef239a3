"""``verify``: editions checked and made again, PDFs told from copies and from forgeries."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pikepdf
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from sealed import FILES, edition_of, head_of, opened, proven_edition, report_of

from reportgen.archive import signing
from reportgen.archive.editions import Edition
from reportgen.archive.manifest import encode
from reportgen.cli import main
from reportgen.errors import DataError
from reportgen.publishing import making, proving
from reportgen.record.ledger import FILE, NOTHING, Ledger
from reportgen.render.fonts import FontSet
from reportgen.render.pdf import DocumentInfo, write_pdf
from reportgen.render.proof import attached, page_digests, with_manifest
from reportgen.secret import Secret
from reportgen.verifying import rebuilding
from reportgen.verifying.differences import difference, listed
from reportgen.verifying.rebuilding import Present

NAME = "2026-01"
MOMENT = datetime(2026, 1, 6, 7, 30, tzinfo=UTC)
# Made with `minisign -G -W` for these tests alone.
SECRET = (
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAxhMqHMSKbAb11G3dhdIx"
    "T++RiQLQVSMmSesEREEzuIYzWJ/XYuWOy19Ab17tM7hGm1+6mRNszGAhI+7tiacDEDxPN9buL13TAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
)
PUBLIC = "RWTGEyocxIpsBl9Ab17tM7hGm1+6mRNszGAhI+7tiacDEDxPN9buL13T"
NOW = Present("0.1.0", "c" * 64, {"weasyprint": "70.0"}, {"NotoSans-Regular": "f" * 64})
"""The program the editions of these tests were made with."""


def _report(text: str) -> bytes:
    page = (
        "<!doctype html><html lang='en'><head><title>Assessment</title></head><body>"
        "<h1>Assessment</h1><p>Reserves fell.</p>"
        f"<h2 style='break-before:page'>Two</h2><p>{text}</p>"
        "<h2 style='break-before:page'>Three</h2><p>The end.</p></body></html>"
    )
    return write_pdf(page, {}, FontSet.for_language("en"), DocumentInfo(MOMENT))


@pytest.fixture(scope="module")
def bare() -> bytes:
    """A report of three pages without proof."""
    return _report("The close was 23578.1.")


@pytest.fixture(scope="module")
def signed(bare: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with a signed edition; not to be changed."""
    output = tmp_path_factory.mktemp("output")
    proven_edition(output, bare, head_of(), signing.signing_key(Secret(SECRET)))
    return output


@pytest.fixture
def output(bare: bytes, tmp_path: Path) -> Path:
    """An output folder with an edition that is not signed and can be changed."""
    opened(proven_edition(tmp_path / "output", bare, head_of()))
    return tmp_path / "output"


Desk = Callable[..., Result]


@pytest.fixture
def desk(bare: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """Run the command beside a program that makes the edition from what is given to it.

    ``made`` holds files that come out otherwise; ``now`` is the program as it is.
    """
    monkeypatch.chdir(tmp_path)

    def run(*words: str, made: Any = None, now: Present = NOW, **more: Any) -> Result:
        files = {**_made_again(bare), **(made or {})}

        def rebuild(folder: Path, into: Path, ledger: Ledger, workshop: making.Workshop) -> None:
            assert list(into.iterdir()) == []
            assert (folder / "snapshot").is_dir()
            for name, content in files.items():
                if content is not None:
                    (into / name).parent.mkdir(parents=True, exist_ok=True)
                    (into / name).write_bytes(content)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rebuilding, "present", lambda head, fonts: now)
            patch.setattr(making, "rebuild", rebuild)
            return CliRunner().invoke(main, ["verify", *words], **more)

    return run


def _made_again(bare: bytes) -> dict[str, bytes]:
    names = [name for name in FILES if name.startswith(("nasdaq", "charts", "assessment"))]
    texts = {name.format(name=NAME): FILES[name].format(name=NAME).encode() for name in names}
    return {**texts, report_of(NAME): bare}


def _folder(output: Path) -> Path:
    return output / "editions" / NAME


# -- editions -------------------------------------------------------------------------------


def test_an_edition_comes_out_the_same(desk: Desk, signed: Path) -> None:
    """Files, ledger, signature, then every byte: the PDF with its proof too."""
    done = desk(NAME, "--output", str(signed), "--key", PUBLIC)
    assert done.exit_code == 0, done.output
    assert "Edition 2026-01: 8 files, each as it was sealed." in done.output
    assert "Signature good, by the key 66C8AC41C2A13C6: reportgen edition 2026-01" in done.output
    assert "Made again from its snapshot: the same, byte for byte." in done.output


def test_nothing_of_an_edition_is_changed_by_checking(desk: Desk, signed: Path) -> None:
    """The archive can be checked as often as one likes."""

    def state() -> list[tuple[str, int, int]]:
        paths = sorted(signed.rglob("*"))
        return [(str(p), p.lstat().st_mtime_ns, p.lstat().st_mode) for p in paths]

    before = state()
    assert desk(NAME, "--output", str(signed)).exit_code == 0
    assert state() == before


def test_every_damaged_file_is_named(desk: Desk, output: Path) -> None:
    """65; nothing is made again then, because it would be made from damaged figures."""
    (_folder(output) / "charts" / "index.en.svg").unlink()
    (_folder(output) / "assessment.json").write_text("{}")
    (_folder(output) / "charts" / "new.svg").write_text("<svg/>")
    done = desk(NAME, "--output", str(output), made={"run.json": b"never looked at"})
    assert done.exit_code == 65
    assert "charts/index.en.svg is missing." in done.output
    assert "assessment.json was changed after it was sealed." in done.output
    assert "charts/new.svg was slipped in" in done.output
    assert "byte for byte" not in done.output
    assert "not as it was sealed" in done.output


def test_what_comes_out_otherwise_is_named_with_its_place(desk: Desk, output: Path) -> None:
    """The page of a PDF, the key of a JSON file, the line of a page; and why it may."""
    name = FILES["assessment.json"].format(name=NAME).replace("23578.1", "23578.2")
    made = {
        report_of(NAME): _report("The close was 23571.8."),  # the same letters, the same fonts
        "assessment.json": name.encode(),
        "charts/index.en.svg": None,
        "charts/other.en.svg": b"<svg/>",
    }
    now = replace(NOW, libraries={"weasyprint": "70.1"})
    done = desk(NAME, "--output", str(output), made=made, now=now)
    assert done.exit_code == 65
    assert f"{report_of(NAME)}: page 2 of 3 differs." in done.output
    assert "assessment.json: close is 23578.1 in the edition and 23578.2 now" in done.output
    assert "charts/index.en.svg: was not made again" in done.output
    assert "charts/other.en.svg: is not in the edition" in done.output
    assert "Why it may: weasyprint 70.0 then, 70.1 now" in done.output


def test_an_edition_of_another_program_is_said_to_be_so(desk: Desk, output: Path) -> None:
    """0: it is intact, and what made it is not here; asked to, it is made again all the same."""
    now = replace(NOW, code="d" * 64)
    made = {"assessment.json": b"{}"}
    done = desk(NAME, "--output", str(output), made=made, now=now)
    assert done.exit_code == 0
    assert "Intact; made by reportgen 0.1.0 (code cccccccccccc), this is 0.1.0 (code dddddddd" in (
        done.output
    )
    assert "not rebuilt" in done.output
    asked = desk(NAME, "--rebuild", "--output", str(output), made=made, now=now)
    assert asked.exit_code == 0
    assert "assessment.json: edition is" in asked.output
    assert "Why it may: code cccccccccccc then, dddddddddddd now" in asked.output


def test_a_damaged_edition_of_another_program_is_damaged(desk: Desk, output: Path) -> None:
    """That it cannot be made again excuses nothing."""
    (_folder(output) / "assessment.json").write_text("{}")
    done = desk(NAME, "--output", str(output), now=replace(NOW, program="0.2.0"))
    assert done.exit_code == 65


def test_a_ledger_that_lost_rows_is_found(desk: Desk, bare: bytes, tmp_path: Path) -> None:
    """The edition printed how many there were, and the hash of the last."""
    lost = tmp_path / "lost"
    proven_edition(lost, bare, head_of(ledger_rows=3, ledger_head="e" * 64))
    done = desk(NAME, "--output", str(lost))
    assert done.exit_code == 65
    assert "The ledger has 0 rows; the edition printed 3." in done.output
    (lost / FILE).write_text("no row\n")
    assert "this is no row of a ledger" in desk(NAME, "--output", str(lost)).output


def test_the_chain_of_editions_is_followed(desk: Desk, bare: bytes, tmp_path: Path) -> None:
    """An edition names the one before by its hash; another in its place is found."""
    chain = tmp_path / "chain"
    before = edition_of(chain, "2025-12")
    proven_edition(chain, bare, head_of(previous="2025-12", previous_sha256=before.sha256))
    assert desk(NAME, "--output", str(chain)).exit_code == 0
    path = opened(before).folder / "manifest.json"
    path.write_bytes(encode(msgspec.structs.replace(before.manifest, files={})))
    assert "Edition 2025-12 is not the one" in desk(NAME, "--output", str(chain)).output
    shutil.rmtree(before.folder)
    assert "There is no edition 2025-12" in desk(NAME, "--output", str(chain)).output


def test_another_snapshot_is_found(desk: Desk, bare: bytes, tmp_path: Path) -> None:
    """The head names the snapshot by its hash, and the folder holds it."""
    proven_edition(tmp_path / "other", bare, head_of(snapshot="5" * 64))
    done = desk(NAME, "--output", str(tmp_path / "other"))
    assert done.exit_code == 65
    assert "is not the snapshot" in done.output


def test_with_a_key_set_every_edition_has_to_be_signed(
    desk: Desk, output: Path, signed: Path, tmp_path: Path
) -> None:
    """From the configuration or a file of minisign; a missing or foreign signature ends with 65."""
    (tmp_path / "key.pub").write_text(f"untrusted comment: minisign public key\n{PUBLIC}\n")
    assert desk(NAME, "--output", str(signed), "--key", "key.pub").exit_code == 0
    done = desk(NAME, "--output", str(output), "--key", "key.pub")
    assert done.exit_code == 65
    assert "not signed, and a public key is set" in done.output
    assert "It is not signed." in desk(NAME, "--output", str(output)).output
    unchecked = desk(NAME, "--output", str(signed))
    assert "signed with the key 66C8AC41C2A13C6; no public key is set" in unchecked.output
    environ = {"REPORTGEN_SIGNING__PUBLIC_KEYS": PUBLIC.replace("RWTG", "RWTH")}
    foreign = desk(NAME, "--output", str(signed), env=environ)
    assert foreign.exit_code == 65
    assert "none of those trusted" in foreign.output
    assert desk(NAME, "--output", str(signed), "--key", "RWnonsense").exit_code == 78


def test_a_manifest_rewritten_to_fit_does_not_fit_its_signature(
    desk: Desk, bare: bytes, tmp_path: Path
) -> None:
    """Whoever changes a figure and its hash cannot sign it."""
    key = signing.signing_key(Secret(SECRET))
    edition = opened(proven_edition(tmp_path / "forged", bare, head_of(), key))
    head = msgspec.structs.replace(edition.head, paths=9_999)
    forged = msgspec.structs.replace(edition.manifest, edition=head)
    (edition.folder / "manifest.json").write_bytes(encode(forged))
    done = desk(NAME, "--output", str(tmp_path / "forged"), "--key", PUBLIC)
    assert done.exit_code == 65
    assert "Its signature: The signature with the key 66C8AC41C2A13C6 is not good" in done.output


def test_a_program_can_read_the_answer(desk: Desk, signed: Path, output: Path) -> None:
    """As JSON, also when something is wrong."""
    sound = desk(NAME, "--output", str(signed), "--key", PUBLIC, "--json")
    told = json.loads(sound.stdout)
    assert (told["state"], told["intact"], told["files"]) == ("same", True, 8)
    assert told["signature"]["state"] == "good"
    (_folder(output) / "run.json").unlink()
    faulty = desk(NAME, "--output", str(output), "--json")
    told = json.loads(faulty.stdout)
    assert (told["state"], told["faults"]) == ("faulty", ["run.json is missing."])
    assert faulty.exit_code == 65
    quick = json.loads(desk(NAME, "--no-rebuild", "--output", str(signed), "--json").stdout)
    assert quick["state"] == "intact"


def test_what_is_neither_is_a_slip(desk: Desk) -> None:
    """64 for a word, 66 for an edition or a file that is not there."""
    assert desk("january").exit_code == 64
    assert desk("2026-01").exit_code == 66
    assert desk("report.pdf").exit_code == 66


# -- PDFs -----------------------------------------------------------------------------------


def _pdf(output: Path) -> Path:
    return _folder(output) / report_of(NAME)


def _copy(output: Path, change: Callable[[pikepdf.Pdf], object], **saving: Any) -> str:
    path = output.parent / "copy.pdf"
    with pikepdf.open(_pdf(output)) as pdf:
        change(pdf)
        pdf.save(path, **saving)
    return str(path)


def _stamp(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        page.contents_add(b"q", prepend=True)
        page.contents_add(b"Q BT 20 20 Td ET")


def _area(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].contents_add(b"1 g 0 0 300 300 re f")


def _forge(pdf: pikepdf.Pdf) -> None:
    content = pdf.pages[1].obj.Contents
    content.write(content.read_bytes().replace(b" Tf", b" Tf 3 Ts", 1))


def test_the_file_of_the_archive_is_known_byte_for_byte(desk: Desk, signed: Path) -> None:
    """Wherever it lies, with the key of whoever signed what it carries."""
    there = str(_pdf(signed))
    done = desk(there, "--output", str(signed), "--key", PUBLIC)
    assert done.exit_code == 0
    assert "is, byte for byte, the file of edition 2026-01 (en)." in done.output
    assert "Signature good, by the key 66C8AC41C2A13C6: reportgen edition 2026-01, en," in (
        done.output
    )


def test_a_copy_is_known_as_one(desk: Desk, output: Path) -> None:
    """Saved anew; stamped; stamped with something that may hide what is under it."""
    where = ("--output", str(output))
    saved = desk(_copy(output, lambda pdf: None), *where)
    assert saved.exit_code == 0
    assert "a copy of edition 2026-01 (en): every page is as published" in saved.output
    stamped = desk(_copy(output, _stamp), *where)
    assert stamped.exit_code == 0
    assert "with something stamped on its pages." in stamped.output
    assert "What a stamp says is no part of the edition." in stamped.output
    painted = desk(_copy(output, _area), *where)
    assert painted.exit_code == 0
    assert "On page 2 the stamp fills areas or shows pictures" in painted.output


def test_a_protected_copy_asks_for_its_password(desk: Desk, output: Path) -> None:
    """Without it a clear sentence; with it a copy like any other."""
    guard = pikepdf.Encryption(owner="owner", user="reader", R=6)
    path = _copy(output, _stamp, encryption=guard)
    closed = desk(path, "--output", str(output))
    assert closed.exit_code == 65
    assert "The PDF is protected by a password." in closed.output
    assert "--password" in closed.output
    done = desk(path, "--password", "--output", str(output), input="reader\n")
    assert done.exit_code == 0
    assert "a copy of edition 2026-01 (en) with something stamped" in done.output
    wrong = desk(path, "--password", "--output", str(output), input="guess\n")
    assert wrong.exit_code == 65
    assert "does not open it" in wrong.output
    assert "guess" not in wrong.output.partition("reportgen:")[2]


def test_a_forged_page_is_named(desk: Desk, output: Path) -> None:
    """65 and the number of the page, also when a stamp was put over it or a page taken out."""
    where = ("--output", str(output))
    done = desk(_copy(output, _forge), *where)
    assert done.exit_code == 65
    assert "Page 2 is not that of the edition." in done.output
    assert "is not edition 2026-01 (en), as it says." in done.output

    def both(pdf: pikepdf.Pdf) -> None:
        _forge(pdf)
        _stamp(pdf)

    assert "Page 2 is not that of the edition." in desk(_copy(output, both), *where).output
    fewer = desk(_copy(output, lambda pdf: pdf.pages.__delitem__(0)), *where)
    assert fewer.exit_code == 65
    assert "It has 2 pages; the edition has 3." in fewer.output
    assert "Pages 1 and 2 are not those of the edition." in fewer.output


def _forged_whole(bare: bytes, output: Path, head: Any = None) -> str:
    """Write another report whose own proof fits its pages."""
    carried = attached(_pdf(output).read_bytes())
    assert carried is not None
    proof = proving.decode(carried)
    forged = _report("The close was 99999.9.")
    changed = msgspec.structs.replace(
        proof, pages=page_digests(forged), edition=head or proof.edition
    )
    path = output.parent / "forged.pdf"
    path.write_bytes(with_manifest(forged, proving.encode(changed), MOMENT))
    return str(path)


def test_a_forgery_that_fits_itself_does_not_fit_the_archive(
    desk: Desk, bare: bytes, output: Path
) -> None:
    """Pages and proof forged together: the archive knows what the edition's own file carries."""
    done = desk(_forged_whole(bare, output), "--output", str(output))
    assert done.exit_code == 65
    assert "What it carries is not what the file in the archive carries" in done.output


def test_without_the_archive_only_a_signature_tells_who_made_it(
    desk: Desk, bare: bytes, output: Path, signed: Path, tmp_path: Path
) -> None:
    """A forgery that fits itself is whole, and no more is said of it; with a key set it fails."""
    forged, nowhere = _forged_whole(bare, output), ("--output", str(tmp_path / "nowhere"))
    done = desk(forged, *nowhere)
    assert done.exit_code == 0
    assert "not in the archive" in done.output
    assert "shows only that the file is whole, not who made it" in done.output
    strict = desk(forged, *nowhere, "--key", PUBLIC)
    assert strict.exit_code == 65
    genuine = desk(str(_pdf(signed)), *nowhere, "--key", PUBLIC)
    assert genuine.exit_code == 0
    assert "Signature good" in genuine.output


def test_a_report_without_manifest_is_refused(desk: Desk, bare: bytes, tmp_path: Path) -> None:
    """A draft, or an edition whose manifest was taken out; a file that is no PDF says so."""
    (tmp_path / "draft.pdf").write_bytes(bare)
    done = desk("draft.pdf")
    assert done.exit_code == 65
    assert "draft.pdf carries no manifest." in done.output
    (tmp_path / "page.pdf").write_text("<html>")
    assert "no PDF, or a damaged one" in desk("page.pdf").output


def test_a_superseded_edition_says_by_what(desk: Desk, output: Path) -> None:
    """With the reason of the correction; it is still what it says it is."""
    edition_of(output, f"{NAME}-r2")
    done = desk(str(_pdf(output)), "--output", str(output))
    assert done.exit_code == 0
    assert "Edition 2026-01-r2 took its place because: The close was revised." in done.output


def test_an_archive_that_was_changed_itself_is_told(desk: Desk, output: Path) -> None:
    """A PDF is held against nothing that does not fit its own manifest."""
    path = shutil.copy(_pdf(output), output.parent / "mine.pdf")
    _pdf(output).write_bytes(_pdf(output).read_bytes() + b"\n")
    done = desk(str(path), "--output", str(output))
    assert done.exit_code == 65
    assert "was changed itself; reportgen verify 2026-01 tells more." in done.output


@pytest.mark.parametrize(
    ("proof", "sentence"),
    [
        (b"{}", "no manifest of an edition"),
        (b'{"format": 7}', "format 7 is not known"),
        (b'{"format": 1, "\\u001b[31m": 0}', "no proof of an edition"),
        (b"[" * 100_000, "no manifest of an edition"),
        (b"\xff\xfe", "no manifest of an edition"),
    ],
)
def test_anything_may_be_attached(
    desk: Desk, bare: bytes, tmp_path: Path, proof: bytes, sentence: str
) -> None:
    """What is no proof is refused in a sentence, with nothing in it that a terminal obeys."""
    (tmp_path / "odd.pdf").write_bytes(with_manifest(bare, proof, MOMENT))
    done = desk("odd.pdf")
    assert done.exit_code == 65
    assert sentence in done.output
    assert "\x1b" not in done.output


def test_an_edition_no_archive_can_have_is_refused(desk: Desk, bare: bytes, output: Path) -> None:
    """A name made to lead out of the archive leads nowhere."""
    path = _forged_whole(bare, output, head_of(period="../../etc"))
    done = desk(path, "--output", str(output))
    assert done.exit_code == 65
    assert "names no edition" in done.output


def test_a_pdf_is_read_for_programs_too(desk: Desk, output: Path) -> None:
    """As JSON: what it is of, what it is, which pages are stamped, which signature."""
    told = json.loads(desk(_copy(output, _area), "--output", str(output), "--json").stdout)
    assert (told["edition"], told["language"], told["kind"]) == (NAME, "en", "stamped")
    assert (told["stamped_pages"], told["painted_pages"]) == ([2], [2])
    assert (told["archived"], told["faults"], told["superseded"]) == (True, [], None)
    assert told["signature"]["state"] == "unsigned"


# -- the proof itself -----------------------------------------------------------------------


def test_a_proof_lists_what_a_pdf_can_know(signed: Path) -> None:
    """Every file but PDFs, run reports and manifest: no PDF can hold its own hash."""
    carried = attached(_pdf(signed).read_bytes())
    assert carried is not None
    proof = proving.decode(carried)
    named = json.loads((_folder(signed) / "manifest.json").read_text())["files"]
    assert set(proof.files) == set(named) - {report_of(NAME), "run.json"}
    assert proof.edition == head_of()
    assert len(proof.pages) == 3


def test_a_second_binding_gives_the_same_bytes(bare: bytes, signed: Path, tmp_path: Path) -> None:
    """Proof, signatures and manifest depend on files, head and key alone."""
    key = signing.signing_key(Secret(SECRET))
    again = proven_edition(tmp_path / "again", bare, head_of(), key)
    files = [path for path in again.folder.rglob("*") if path.is_file()]
    assert len(files) == 10
    for path in files:
        there = _folder(signed) / path.relative_to(again.folder)
        assert path.read_bytes() == there.read_bytes(), path.name


# -- what differs ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "stored", "made", "said"),
    [
        ("a.json", b'{"a":{"b":[1,2]}}', b'{"a":{"b":[1,3]}}', "a.b[1] is 2 in the edition and 3"),
        ("a.json", b'{"a":1}', b'{"b":1}', "a is 1 in the edition and not there now"),
        ("a.json", b"[1]", b"[1,2]", "length is 1 in the edition and 2 now"),
        ("a.json", b"{}", b"{ }", "written otherwise"),
        ("a.json", b"{}", b"not json", "line 1 is “{}” in the edition and “not json” now"),
        ("a.html", b"<p>\n1\n2\n", b"<p>\n1\n3\n", "line 3 is “2” in the edition and “3” now"),
        ("a.html", b"1\n", b"1\n2\n", "1 lines in the edition and 2 now"),
        ("a.svg", b"1\n", b"1\r\n", "byte 2 is the first that differs"),
        ("logo.png", b"\x89PNG1", b"\x89PNG2", "byte 5 is the first that differs"),
        ("a.pdf", b"%PDF", b"%PDF-", "no PDF, or a damaged one"),
    ],
)
def test_the_first_difference_is_named(name: str, stored: bytes, made: bytes, said: str) -> None:
    """By key, by line, by byte; a short one, whatever the file."""
    assert said in difference(name, stored, made)


def test_a_long_line_is_shown_around_the_difference() -> None:
    """A page is one file of a few very long lines."""
    line = b"x" * 100_000
    said = difference("a.html", line + b"1" + line, line + b"2" + line)
    assert len(said) < 250
    assert "1xx" in said
    assert "2xx" in said


def test_the_pages_of_a_pdf_are_counted(bare: bytes) -> None:
    """Pages first, then what is around them."""
    result = BytesIO()
    with pikepdf.open(BytesIO(bare)) as pdf:
        pdf.docinfo["/Title"] = "Other"
        pdf.save(result)
        assert "the pages are the same" in difference("a.pdf", bare, result.getvalue())
        del pdf.pages[2]
        pdf.save(result := BytesIO())
    assert "it has 3 pages in the edition and 2 now" in difference("a.pdf", bare, result.getvalue())


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(values, values)
def test_any_two_files_have_a_difference_to_tell(one: Any, other: Any) -> None:
    """A sentence for every pair, and “written otherwise” for equal values alone."""
    said = difference("a.json", json.dumps(one).encode(), json.dumps(other).encode())
    equal = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert ("written otherwise" in said) == equal


@given(st.lists(st.integers(1, 99), min_size=1, max_size=9))
def test_pages_are_listed_as_a_person_writes_them(numbers: list[int]) -> None:
    """Every number, in order, the last after “and”."""
    said = listed(numbers)
    assert [int(one.strip(",")) for one in said.split() if one.strip(",").isdigit()] == numbers
    assert (" and " in said) == (len(numbers) > 1)


# -- editions list and show -----------------------------------------------------------------


def _editions(*words: str) -> Result:
    return CliRunner().invoke(main, ["editions", *words])


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with an edition and its correction."""
    output = tmp_path_factory.mktemp("two")
    edition_of(output, NAME)
    edition_of(output, f"{NAME}-r2")
    return output


def test_editions_are_listed_with_what_became_of_them(two: Path, tmp_path: Path) -> None:
    """Which corrects which; nothing yet is no error."""
    lines = _editions("list", "--output", str(two)).output.splitlines()
    assert " ".join(lines[0].split()) == (
        "2026-01 as of 2026-01-05 published 2026-01-06 07:30 UTC en superseded by 2026-01-r2"
    )
    assert lines[1].endswith("corrects 2026-01")
    told = json.loads(_editions("list", "--output", str(two), "--json").output)
    assert [(one["name"], one["superseded_by"]) for one in told] == [
        (NAME, f"{NAME}-r2"),
        (f"{NAME}-r2", None),
    ]
    empty = _editions("list", "--output", str(tmp_path))
    assert (empty.exit_code, empty.output) == (0, "There is no edition yet.\n")


def test_an_edition_is_shown(two: Path) -> None:
    """What it was made from and with, and each file; 66 for one that is not there."""
    shown = _editions("show", f"{NAME}-r2", "--output", str(two)).output
    assert "reason         en The close was revised." in shown
    assert "code           cccccccc" in shown
    assert "charts/index.en.svg 7" in shown
    told = json.loads(_editions("show", NAME, "--output", str(two), "--json").output)
    assert told["files"]["charts/index.en.svg"] == 7
    assert told["signed"] is False
    assert _editions("show", "2026-02", "--output", str(two)).exit_code == 66


def test_the_present_program_is_what_a_head_would_say() -> None:
    """Version, code, libraries and fonts of this machine, as publishing writes them."""
    now = rebuilding.present(head_of(), None)
    head = head_of(
        program=now.program, code=now.code, libraries=dict(now.libraries), fonts=dict(now.fonts)
    )
    assert now.made(head)
    assert rebuilding.reasons(head, now) == ()
    assert "weasyprint" in now.libraries
    assert not now.made(head_of())


def test_without_the_fonts_files_can_be_checked(tmp_path: Path) -> None:
    """A machine that could not make the edition can still tell whether it is whole."""
    now = rebuilding.present(head_of(), tmp_path)
    assert now.fonts == {}
    assert "the font NotoSans-Regular is another file" in rebuilding.reasons(head_of(), now)


def test_a_ledger_as_long_as_it_was_is_handed_on(tmp_path: Path) -> None:
    """Rows put on record since do not enter an edition that is made again."""
    edition: Edition = edition_of(tmp_path)
    handed: list[Ledger] = []

    def rebuild(folder: Path, into: Path, ledger: Ledger) -> None:
        handed.append(ledger)

    longer: Any = Ledger((object(),), ("a" * 64,))  # type: ignore[arg-type]
    rebuilding.differences(edition, longer, rebuild)
    assert (handed[0].rows, handed[0].head) == ((), NOTHING)


def test_a_fault_of_the_rebuild_is_its_own(desk: Desk, signed: Path) -> None:
    """A model or a gate that refuses ends with its own sentence and code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reportgen.verifying.edition.differences", _refuse)
        done = desk(NAME, "--output", str(signed))
    assert done.exit_code == 65
    assert "the gate is shut" in done.output


def _refuse(*_: object) -> dict[str, str]:
    raise DataError("the gate is shut")


def test_no_scratch_folder_is_left(
    desk: Desk, signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was made again goes when it has been compared."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    desk(NAME, "--output", str(signed))
    assert list(scratch.iterdir()) == []
