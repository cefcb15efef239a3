"""The data sets of the arch package as a source, and the same reading for the bundled figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from publishers import SCOPE, PreparedDoor, endpoint, fault, pairs, parsed

from reportgen import arch_data
from reportgen.errors import DataError, MissingInputError
from reportgen.sources import SOURCES
from reportgen.sources.base import SourceError

NASDAQ = endpoint("arch", "nasdaq")
BODY = b"Date,Open,High,Low,Close,Adj Close,Volume\n1/4/1999,2207.5,2233.2,2192.6,2208.05004,1,1\n"


def test_days_of_the_package_and_two_decimals() -> None:
    """The noise of single precision is rounded away."""
    assert pairs(parsed(NASDAQ, BODY)) == [("1999-01-04", 2208.05)]


def test_the_data_set_is_read_without_a_network() -> None:
    """Twenty years of closes, among them the end of 1999 and the peak of 10 March 2000 (Nasdaq)."""
    answers = SOURCES["arch"].fetch(PreparedDoor([]), NASDAQ, SCOPE)
    found = dict(pairs(parsed(NASDAQ, answers[0].body)))
    assert found["1999-12-31"] == 4069.31
    assert found["2000-03-10"] == 5048.62
    assert max(found) == "2018-12-31"


def test_a_data_set_that_is_not_there() -> None:
    """The source refuses it by name, the bundled figures with a hint."""
    with pytest.raises(SourceError) as caught:
        SOURCES["arch"].fetch(PreparedDoor([]), endpoint("arch", "nikkei"), SCOPE)
    assert caught.value.fault == "unknown_series"
    with pytest.raises(MissingInputError, match="nikkei"):
        arch_data.content("nikkei")


def test_a_damaged_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be unpacked is no data set."""
    (tmp_path / "nasdaq.csv.gz").write_bytes(b"\x1f\x8b\x08 not really")
    monkeypatch.setattr(arch_data, "dataset", lambda name: tmp_path / f"{name}.csv.gz")
    with pytest.raises(SourceError) as caught:
        SOURCES["arch"].fetch(PreparedDoor([]), NASDAQ, SCOPE)
    assert caught.value.fault == "unreadable"


@pytest.mark.parametrize(
    "body",
    [
        b"Date,Open\n1/4/1999,1\n",
        b"Date,Close\n1999-01-04,1\n",
        b"Date,Close\n1/4/1999,nan\n",
        b"Date,Close\n1/4/1999\n",
        b"Date,Close\n1/4/1999,high\n",
        b"\xff",
        b'Date,Close\n"1/4/1999,1\n',
    ],
)
def test_another_form_is_refused(body: bytes) -> None:
    """One sentence for whatever the package does not document."""
    assert fault(NASDAQ, body) == "unreadable"
    with pytest.raises(DataError):
        arch_data.closes(body)


def test_no_row_is_empty() -> None:
    """A header alone holds nothing."""
    assert fault(NASDAQ, b"Date,Close\n") == "empty"
