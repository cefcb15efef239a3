"""Text, tables, JSON, days and numbers as they come over the wire."""

from __future__ import annotations

import math
from typing import Any

import pytest

from reportgen.sources import SOURCES, wire
from reportgen.sources.base import Fault, SourceError


def refused(call: Any, *arguments: Any) -> Fault:
    """Return the fault a reader raises."""
    with pytest.raises(SourceError) as caught:
        call(*arguments)
    return caught.value.fault


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html>\n<html>",
        b"\n  <HTML lang='en'>",
        b"\xef\xbb\xbf<!doctype HTML public",
        b"<head><title>503</title>",
        b"<title>Error</title>",
        b"<p>Error: get an api key first</p>",
        b"<!-- blocked --><html>",
        b"<?xml version='1.0'?>\n<!DOCTYPE html><html xmlns='x'>",
    ],
)
def test_web_pages_are_recognised(body: bytes) -> None:
    """Whatever their status and content type say."""
    assert wire.looks_like_html(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"DATE,CLOSE\n",
        b'{"html":"<html>"}',
        b"observation_date,<html>\n",
        b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>",
        b"<paragraph>",
    ],
)
def test_other_bodies_are_no_web_pages(body: bytes) -> None:
    """Data that speak of a page are none, nor is every XML."""
    assert not wire.looks_like_html(body)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3.000", 3.0),
        ("-0.511", -0.511),
        (" 12 ", 12.0),
        (".5", 0.5),
        ("1e-3", 0.001),
        (7, 7.0),
        (0.25, 0.25),
        (None, None),
        ("", None),
        (".", None),
        ("NaN", None),
        ("nan", None),
        ("null", None),
        ("N/A", None),
    ],
)
def test_numbers_and_what_stands_for_none(value: object, expected: float | None) -> None:
    """Every usual mark of a missing value, where all of them are allowed."""
    assert wire.number(value, "test", wire.MISSING) == expected


@pytest.mark.parametrize(
    "value",
    [
        *("", ".", "NaN", "inf", "-Infinity", "1,5", "1_000", "0x10", "١٢", "1 2", "1e999", "--1"),
        *(True, False, math.nan, math.inf, 10**400, [], {}),
    ],
)
def test_no_number_is_made_up(value: object) -> None:
    """Where no mark is allowed, whatever is not a finite decimal is refused."""
    assert refused(wire.number, value, "test") == "not_a_number"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": NaN}', "not_a_number"),
        (b"[Infinity]", "not_a_number"),
        (b"[-Infinity]", "not_a_number"),
        (b'{"a": 1', "truncated"),
        (b'{"a": "begun', "truncated"),
        (b'{"a": tru', "truncated"),
        (b'{"a":', "truncated"),
        (b"[1,2", "truncated"),
        ('{"a": "é'.encode()[:-1], "truncated"),
        (b"[1,2]]", "unreadable"),
        (b"{'a': 1, 'b': 2222222222}", "unreadable"),
        (b"plain words", "unreadable"),
        (b"[" * 100_000, "unreadable"),
        (b"1" * 5_000, "unreadable"),
        (b"\xff\xfe", "unreadable"),
        (b" \n ", "empty"),
        (b"<html>", "html"),
        (b"PK\x03\x04", "archive"),
    ],
)
def test_json_without_surprises(body: bytes, expected: str) -> None:
    """No NaN comes in, and a document that was cut is told from one that never was."""
    assert refused(wire.document, body, "test") == expected


def test_days() -> None:
    """Both ways to write the fifth of December."""
    assert wire.iso_day("2025-12-05", "test") == "2025-12-05"
    assert wire.us_day("12/05/2025", "test") == "2025-12-05"
    assert wire.us_day("1/4/1999", "test") == "1999-01-04"
    for text in ("today", "now", "NaT", "2025-12", "2025-12-5", "0000-01-01", "2025-12-05T00"):
        assert refused(wire.iso_day, text, "test") == "unreadable", text


def test_what_is_quoted_in_an_error_is_short_and_printable() -> None:
    """A body cannot write control characters or pages of text into a log."""
    assert wire.quoted("a\x1b[2Jb\n") == "a?[2Jb?"
    assert len(wire.quoted("x" * 10_000)) < 200
    assert wire.quoted({"key": "value"}) == "'dict'"


def test_every_source_has_its_own_name() -> None:
    """The catalogue's name of a source is the module's."""
    for name, source in SOURCES.items():
        assert name == source.NAME
        assert source.BASE_URL == "" or source.BASE_URL.startswith("https://")
