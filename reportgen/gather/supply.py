"""What each rung has of a series: live or stored answers, bundled figures; examined alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from reportgen.errors import DataError
from reportgen.gather.checks import Examined, examined, freshness
from reportgen.gather.fetching import Address, Fetched, address
from reportgen.gather.findings import Unsound
from reportgen.series import NEW_YORK, Endpoint, SeriesSpec
from reportgen.snapshot import SeriesData, Snapshot, series_data
from reportgen.snapshot.checks import check_series
from reportgen.sources.base import Observations, Scope, Source, SourceError
from reportgen.store import Kept, Store

Rung = Literal["folder", "live", "other", "cache", "bundled"]
"""The ladder, best first: the reader's own file, the first source, another one, the last good
answer, the figures that come with the program."""

LATER = Scope(date.max, datetime(9000, 1, 1, tzinfo=NEW_YORK))
"""A day on which everything has been published."""


@dataclass(frozen=True)
class Tried:
    """What one rung gave for one series.

    Args:
        rung: which.
        endpoint: where; ``None`` for the bundled figures.
        outcome: ``fresh``, ``stale``; ``absent`` where nothing was known by then, ``not_asked``;
            or the code of the fault that kept it out.
        detail: a sentence for the person at the terminal; empty when there is nothing to say.
        found: the examined observations, where there are any.
        retrieved: day the observations were retrieved (ISO), or ``bundled``.
        held: the bundled series with its provenance.
        reach: last day in the whole answer, before anything was cut.
    """

    rung: Rung
    endpoint: Endpoint | None
    outcome: str
    detail: str = ""
    found: Examined | None = None
    retrieved: str = ""
    held: SeriesData | None = None
    reach: date | None = None

    def as_json(self) -> dict[str, object]:
        """Return what was tried as plain values."""
        return {
            "rung": self.rung,
            "source": self.endpoint.name if self.endpoint else "",
            "endpoint": self.endpoint.id if self.endpoint else "",
            "outcome": self.outcome,
            "detail": self.detail,
        }

    @property
    def last(self) -> date | None:
        """The last day observed."""
        return None if self.found is None else self.found.data.dates[-1].item()


@dataclass
class Supply:
    """Everything that can be had for one gathering; each answer is parsed and examined once.

    Args:
        scope: for which day.
        sources: the sources by name.
        store: answers of earlier gatherings.
        bundled: the figures that come with the program.
        own: the reader's own files, by series id.
        fetched: what was asked for, by address; grows as more is asked.
    """

    scope: Scope
    sources: Mapping[str, Source]
    store: Store
    bundled: Snapshot
    own: Mapping[str, Endpoint]
    fetched: dict[Address, Fetched] = field(default_factory=dict)
    _tried: dict[tuple[str, Rung, Endpoint | None], Tried] = field(default_factory=dict)

    def is_local(self, endpoint: Endpoint) -> bool:
        """Tell whether an endpoint is on this machine: a file, or a package's data set."""
        return not self.sources[endpoint.name].BASE_URL

    def live(self, spec: SeriesSpec, endpoint: Endpoint, rung: Rung) -> Tried:
        """Return what the publisher's answer gives; what passes is remembered as good."""
        key = (spec.id, rung, endpoint)
        if key not in self._tried:
            self._tried[key] = self._live(spec, endpoint, rung)
        return self._tried[key]

    def cached(self, spec: SeriesSpec, endpoint: Endpoint) -> Tried:
        """Return what the last good answer of the endpoint gives."""
        key: tuple[str, Rung, Endpoint | None] = (spec.id, "cache", endpoint)
        if key not in self._tried:
            self._tried[key] = self._cached(spec, endpoint)
        return self._tried[key]

    def held(self, spec: SeriesSpec) -> Tried:
        """Return what comes with the program, as it could be known."""
        if not self.bundled.has(spec.id):
            return Tried("bundled", None, "absent")
        data = self.bundled.data(spec.id).visible(self.scope.as_of, self.scope.known_at)
        if not data.dates.size:
            return Tried("bundled", None, "absent")
        found = Examined(Observations(data.dates, data.numbers, data.released), ())
        outcome = self._outcome(spec, found)
        return Tried("bundled", None, outcome, "", found, data.retrieved, data)

    def _live(self, spec: SeriesSpec, endpoint: Endpoint, rung: Rung) -> Tried:
        got = self.fetched.get(address(endpoint))
        if got is None:
            return Tried(rung, endpoint, "not_asked")
        if got.problem is not None:
            return Tried(rung, endpoint, got.problem.fault, got.problem.message)
        bodies = tuple(one.body for one in got.answers)
        day = got.retrieved.date().isoformat() if got.retrieved else ""
        tried = self._parsed(spec, endpoint, rung, (bodies, day))
        if not self.is_local(endpoint):
            self._remember(endpoint, got, tried)
        return tried

    def _cached(self, spec: SeriesSpec, endpoint: Endpoint) -> Tried:
        good = self.store.good(endpoint.name, _series_of(endpoint))
        bodies = None if good is None else self.store.bodies(good)
        if good is None or bodies is None:
            return Tried("cache", endpoint, "absent")
        day = max(one.retrieved for one in good.answers).date().isoformat()
        return self._parsed(spec, endpoint, "cache", (bodies, day))

    def _parsed(
        self, spec: SeriesSpec, endpoint: Endpoint, rung: Rung, sent: tuple[tuple[bytes, ...], str]
    ) -> Tried:
        bodies, day = sent
        try:
            raw = self.sources[endpoint.name].parse(bodies, endpoint, self.scope)
            found = examined(raw, spec, endpoint, self.scope)
            _refuse_unsound(spec, found, endpoint)
        except SourceError as problem:
            if problem.fault == "empty" and self._comes_later(bodies, endpoint):
                return Tried(rung, endpoint, "absent")
            return Tried(rung, endpoint, problem.fault, problem.message)
        except Unsound as problem:
            return Tried(rung, endpoint, problem.code, problem.message)
        reach = max(raw.dates.tolist(), default=None)
        if not found.data.dates.size:
            return Tried(rung, endpoint, "absent", reach=reach)
        return Tried(rung, endpoint, self._outcome(spec, found), "", found, day, reach=reach)

    def _outcome(self, spec: SeriesSpec, found: Examined) -> str:
        return "stale" if freshness(found.data, spec, self.scope.as_of).stale else "fresh"

    def _comes_later(self, bodies: tuple[bytes, ...], endpoint: Endpoint) -> bool:
        """Tell whether an answer that holds nothing known by then holds something all the same."""
        try:
            return self.sources[endpoint.name].parse(bodies, endpoint, LATER).dates.size > 0
        except SourceError:
            return False

    def _remember(self, endpoint: Endpoint, got: Fetched, tried: Tried) -> None:
        """Keep an answer that passed as good; one that did not is asked for anew next time."""
        if tried.found is None:
            if tried.outcome != "absent":
                for one in got.answers:
                    self.store.forget(one.url)
            return
        assert tried.reach is not None
        kept = [
            Kept(url=one.url, status=one.status, retrieved=one.retrieved, sha256=one.sha256)
            for one in got.answers
        ]
        self.store.mark_good(endpoint.name, _series_of(endpoint), tried.reach, kept)


def _series_of(endpoint: Endpoint) -> str:
    """Return what a source calls one series: two of one answer may differ in soundness."""
    return f"{endpoint.id} {endpoint.field}".rstrip()


def _refuse_unsound(spec: SeriesSpec, found: Examined, endpoint: Endpoint) -> None:
    """Refuse what no snapshot would hold, such as a release before the day it describes.

    Raises:
        SourceError: ``unreadable``, with the sentence of the check.
    """
    data = found.data
    try:
        check_series(
            spec.id,
            series_data(spec, data.dates, data.numbers, retrieved="", released=data.released),
        )
    except DataError as problem:
        raise SourceError(endpoint.name, "unreadable", problem.message) from None
