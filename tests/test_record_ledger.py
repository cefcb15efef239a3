"""The ledger: appended, never rewritten; every change of what is on record is found."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from forecasts import AS_OF, END, HASH, NOW, TOUCH, quantiles, stated
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.errors import CannotCreateError, DataError, DiskError, LockedError
from reportgen.record import ledger
from reportgen.record.events import Decision, Drawdown, Event, Fall, Move, Term, Touch, Value, slug
from reportgen.record.ledger import FILE, NOTHING, append, parse, read
from reportgen.record.rows import Corrected, Issued, Resolution, Resolved
from reportgen.record.statement import Quantiles, canonical

ROOT = Path(__file__).parent.parent
PROBABILITIES = (0.1, 0.2, 0.3, 0.4)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of four statements."""
    found = tmp_path / FILE
    append(found, lambda _: [Issued(one) for one in _four()], NOW)
    return found


def _four() -> list:  # type: ignore[type-arg]
    return [
        stated(Touch("nasdaq_composite", 900.0 + place, "below"), p)
        for place, p in enumerate(PROBABILITIES)
    ]


# -- statements ------------------------------------------------------------------------------


def test_an_id_is_made_of_the_statement_alone() -> None:
    """The same statement has the same id whenever it is made; any other one has another."""
    assert stated(p=0.2).id == stated(p=0.9).id
    others = {
        stated().id,
        stated(edition="2024-02").id,
        stated(forecaster="house", model="house").id,
        stated(horizon_end=date(2024, 3, 1)).id,
        stated(start=date(2024, 1, 9)).id,
        stated(Touch("nasdaq_composite", 900.0, "above")).id,
        stated(Touch("nasdaq_composite", 900.1, "below")).id,
        stated(Touch("sp500", 900.0, "below")).id,
    }
    assert len(others) == 8


def test_a_slug_names_every_part_of_an_event() -> None:
    """Events that differ in one part only have different slugs."""
    events: list[Event] = [
        Fall("sp500", 0.1, 10),
        Fall("sp500", 0.1, 5),
        Drawdown("sp500", 0.1, 10),
        Move((Term("a"), Term("b", -2.0)), 0.0, "above"),
        Move((Term("a"), Term("b", -1.0)), 0.0, "above"),
        Decision("effr", END, "cut"),
        Decision("effr", END, "raise"),
    ]
    assert len({slug(one) for one in events}) == len(events)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"p": 1.2}, "outside 0 to 1"),
        ({"p": float("nan")}, "outside 0 to 1"),
        ({"p": 0.2, "p_lo": 0.3, "p_hi": 0.4}, "outside its interval"),
        ({"p": 0.2, "horizon_end": AS_OF}, "must end after it starts"),
        ({"p": 0.2, "start": date(2023, 12, 1)}, "start on its as-of date"),
        ({"p": None, "quantiles": quantiles(1, 2, 3, 4, 5)}, "quantiles belong to a value"),
        ({"p": None, "event": Value("sp500")}, "quantiles belong to a value"),
    ],
)
def test_what_could_not_be_scored_is_not_stated(more: dict[str, object], said: str) -> None:
    """A statement that no closes could decide or score is refused, naming its id."""
    with pytest.raises(DataError, match=said):
        stated(**({"event": TOUCH} | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "values", [(1.0, 2.0, 2.0, 1.9, 3.0), (1.0, 2.0, float("nan"), 4.0, 5.0), (1.0, 2.0)]
)
def test_quantiles_must_be_a_distribution(values: tuple[float, ...]) -> None:
    """Crossing quantiles, no numbers, or too few of them are refused."""
    with pytest.raises(ValueError, match="quantile"):
        Quantiles((0.1, 0.25, 0.5, 0.75, 0.9), values)


# -- the chain -------------------------------------------------------------------------------


def test_an_absent_ledger_is_empty(tmp_path: Path) -> None:
    """Reading makes no file."""
    found = read(tmp_path / FILE)
    assert (found.rows, found.head, found.torn) == ((), NOTHING, 0)
    assert not (tmp_path / FILE).exists()


def test_rows_come_back_as_written(path: Path) -> None:
    """Statements, resolutions and corrections are read as they were appended, in order."""
    gone = Resolution(as_of=END, data_hash=HASH, state="void", day=END, reason="series_stopped")
    first = _four()[0].id
    append(path, lambda _: [Resolved(first, gone), Corrected(first, END, "A typing error.")], NOW)
    found = read(path)
    assert [row.number for row in found.rows] == [1, 2, 3, 4, 5, 6]
    assert found.rows[0].entry == Issued(_four()[0])
    assert found.rows[4].entry == Resolved(first, gone)
    assert found.rows[5].entry == Corrected(first, END, "A typing error.")
    assert found.rows[0].written == NOW


def test_appending_changes_no_byte_before(path: Path) -> None:
    """What was on record is the beginning of what is."""
    before = path.read_bytes()
    append(path, lambda _: [Issued(stated(edition="2024-02"))], NOW)
    assert path.read_bytes().startswith(before)
    assert path.read_bytes() != before


def test_each_line_is_canonical_json(path: Path) -> None:
    """Keys stand in order without spaces, so that a line has one form only."""
    for line in path.read_bytes().splitlines():
        assert json.dumps(json.loads(line), sort_keys=True, separators=(",", ":")) == line.decode()


def test_nothing_to_append_makes_no_row(path: Path) -> None:
    """A plan without entries leaves the file as it was."""
    before = path.read_bytes()
    assert append(path, lambda _: [], NOW) == read(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("line", [1, 2, 3, 4])
def test_a_changed_figure_is_found(path: Path, line: int) -> None:
    """One digit changed in a row: reading names the line and uses nothing."""
    lines = path.read_bytes().splitlines(keepends=True)
    figure = str(PROBABILITIES[line - 1]).encode()
    lines[line - 1] = lines[line - 1].replace(b'"p":' + figure, b'"p":0.9')
    path.write_bytes(b"".join(lines))
    with pytest.raises(DataError, match=f"line {line}: the row was changed"):
        read(path)


@pytest.mark.parametrize(
    ("tamper", "line"),
    [
        (lambda lines: lines[1:], 1),
        (lambda lines: [lines[0], *lines[2:]], 2),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], 2),
        (lambda lines: [lines[0], lines[0], *lines[1:]], 2),
    ],
    ids=["first removed", "second removed", "two exchanged", "one repeated"],
)
def test_a_row_moved_or_removed_is_found(path: Path, tamper, line: int) -> None:  # type: ignore[no-untyped-def]
    """The first line that no longer follows the one before is named."""
    path.write_bytes(b"".join(tamper(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(DataError, match=f"line {line}: the chain is broken"):
        read(path)


def test_a_row_forged_with_its_own_hash_breaks_the_next(path: Path) -> None:
    """Whoever changes a row and its hash has changed what the next row holds."""
    lines = path.read_bytes().splitlines(keepends=True)
    other = path.with_name("other.jsonl")
    append(other, lambda _: [Issued(stated(p=0.99))], NOW)
    path.write_bytes(other.read_bytes() + b"".join(lines[1:]))
    with pytest.raises(DataError, match="line 2: the chain is broken"):
        read(path)


@pytest.mark.parametrize("junk", [b"nonsense\n", b"{}\n", b"\n", b"\xff\xfe\n", b"null\n"])
def test_what_is_no_row_is_refused(path: Path, junk: bytes) -> None:
    """A line that is no row is named, whatever it holds."""
    path.write_bytes(path.read_bytes() + junk)
    with pytest.raises(DataError, match="line 5: this is no row"):
        read(path)


def test_spaces_count_as_a_change(path: Path) -> None:
    """The same row in another form is not the row that was written."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0].replace(b'{"previous"', b'{ "previous"') + b"".join(lines[1:]))
    with pytest.raises(DataError, match="line 1: the row was changed"):
        read(path)


def test_a_broken_ledger_is_not_written_to(path: Path) -> None:
    """Nothing is appended behind a line that was changed."""
    path.write_bytes(path.read_bytes().replace(b'"p":0.1', b'"p":0.9'))
    before = path.read_bytes()
    with pytest.raises(DataError):
        append(path, lambda _: [Issued(stated(edition="2024-02"))], NOW)
    assert path.read_bytes() == before


def test_a_row_of_a_newer_program_is_named(path: Path) -> None:
    """A sound chain whose row this program does not know says so, instead of guessing."""
    raw = canonical({"entry": {"kind": "revoked"}, "number": 5, "written": NOW})
    head = read(path).head
    line = canonical({"previous": head, "row": json.loads(raw), "sha256": ledger._hash(head, raw)})
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(DataError, match="line 5: the row is not as this program writes it") as told:
        read(path)
    assert "newer version" in told.value.hint


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_flipped_bit_goes_unnoticed(data: st.DataObject) -> None:
    """Any single bit changed in any whole line is refused, or is only the last line break."""
    entries = [Issued(one) for one in _four()[:2]]
    lines, _ = ledger.extended(ledger.Ledger(), entries, NOW)
    place = data.draw(st.integers(0, len(lines) - 2))
    changed = bytearray(lines)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found = parse(bytes(changed), FILE)
    except DataError:
        return
    # A bit that makes a line break splits a line; nothing but whole sound lines may be left.
    assert found.rows == parse(lines, FILE).rows[: len(found.rows)]
    assert found.torn > 0


# -- a run that is stopped, two runs at once, a full disk ------------------------------------


@pytest.mark.parametrize("left", [1, 20, 200])
def test_half_a_line_is_left_out_and_cut_off(path: Path, left: int) -> None:
    """Readers leave the piece out and touch nothing; the next run cuts it and goes on."""
    sound = read(path)
    torn = path.read_bytes() + path.read_bytes().splitlines()[0][:left]
    path.write_bytes(torn)
    found = read(path)
    assert (found.rows, found.torn, found.head) == (sound.rows, left, sound.head)
    assert path.read_bytes() == torn
    after = append(path, lambda _: [Issued(stated(edition="2024-02"))], NOW)
    assert len(after.rows) == 5
    assert (read(path).torn, len(read(path).rows)) == (0, 5)


def test_a_file_of_half_a_line_is_an_empty_ledger(tmp_path: Path) -> None:
    """The first run of all may be stopped too."""
    path = tmp_path / FILE
    path.write_bytes(b'{"previous":"000')
    assert read(path).rows == ()
    assert len(append(path, lambda _: [Issued(stated())], NOW).rows) == 1


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from forecasts import NOW, stated
from reportgen.record import ledger
from reportgen.record.events import Touch
from reportgen.record.rows import Issued
plain, left = os.pwrite, int(sys.argv[2])
def dying(file, data, at):
    plain(file, data[:left], at)
    os.kill(os.getpid(), signal.SIGKILL)
os.pwrite = dying
some = [stated(Touch("sp500", 100.0 + n, "below")) for n in range(5)]
ledger.append(Path(sys.argv[1]), lambda _: [Issued(one) for one in some], NOW)
"""


@pytest.mark.parametrize("left", [0, 7, 1000, 2500])
def test_kill_while_writing_loses_nothing(path: Path, left: int) -> None:
    """After kill -9 the rows before stand, whole new rows too; the next run adds the rest."""
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(left), str(ROOT / "tests")],
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes().startswith(before)
    found = read(path)
    known = {row.entry.statement.id for row in found.rows if isinstance(row.entry, Issued)}
    some = [stated(Touch("sp500", 100.0 + n, "below")) for n in range(5)]
    after = append(path, lambda _: [Issued(one) for one in some if one.id not in known], NOW)
    assert len(after.rows) == 9
    assert read(path) == after


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from forecasts import NOW, stated
from reportgen.record import ledger
from reportgen.record.events import Touch
from reportgen.record.rows import Issued
for n in range(15):
    one = stated(Touch(sys.argv[3], 100.0 + n, "below"))
    ledger.append(Path(sys.argv[1]), lambda _: [Issued(one)], NOW)
"""


def test_two_at_once_do_not_fork_the_chain(tmp_path: Path) -> None:
    """Two processes that append at the same time end in one chain with every row of both."""
    path = tmp_path / FILE
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(ROOT / "tests"), name], cwd=ROOT
        )
        for name in ("sp500", "nasdaq_100")
    ]
    assert [run.wait(60) for run in runs] == [0, 0]
    found = read(path)
    assert [row.number for row in found.rows] == list(range(1, 31))


def test_a_plan_sees_what_another_run_has_just_written(tmp_path: Path) -> None:
    """The plan is asked under the lock, so that the same edition issued twice adds nothing."""
    path = tmp_path / FILE

    def once(before: ledger.Ledger) -> list[Issued]:
        return [] if before.rows else [Issued(stated())]

    append(path, once, NOW)
    assert len(append(path, once, NOW).rows) == 1


def test_a_held_ledger_is_waited_for_and_then_given_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run that does not let go ends in the exit code for trying later."""
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(ledger, "PATIENCE", 0.1)
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(LockedError, match="Another run writes"):
            append(path, lambda _: [Issued(stated(edition="2024-02"))], NOW)


@pytest.mark.parametrize("written", [0, 500])
def test_a_full_disk_leaves_the_ledger_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """What was begun is taken back, and the sentence says so."""
    before, plain = path.read_bytes(), os.pwrite

    def full(file: int, data: bytes, at: int) -> int:
        plain(file, data[:written], at)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(DiskError, match="the disk is full"):
        append(path, lambda _: [Issued(stated(edition="2024-02"))], NOW)
    assert path.read_bytes() == before


def test_short_writes_are_finished(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that takes a few bytes at a time gets them all."""
    plain = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda file, data, at: plain(file, data[:100], at))
    append(path, lambda _: [Issued(stated(edition="2024-02"))], NOW)
    assert len(read(path).rows) == 5


def test_a_folder_that_refuses_is_named(tmp_path: Path) -> None:
    """A path through a file cannot be opened; the sentence names it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotCreateError, match="cannot be written to"):
        append(tmp_path / "file" / FILE, lambda _: [Issued(stated())], NOW)


def test_a_ledger_that_cannot_be_read_is_no_empty_one(tmp_path: Path) -> None:
    """A folder in the ledger's place is an error, not a new beginning."""
    (tmp_path / FILE).mkdir()
    with pytest.raises(DiskError, match="cannot be read"):
        read(tmp_path / FILE)
