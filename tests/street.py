"""Every publisher of the catalogue on this machine: made-up figures in the documented formats.

A server has all of them, each below its own name: ``/fred/graph/fredgraph.csv?id=...``. Figures
are smooth and plausible and have nothing to do with any market.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from math import sin
from urllib.parse import quote, unquote, urlencode
from zoneinfo import ZoneInfo

import numpy as np
from loopback import Route

from reportgen.config import Settings, SourceSettings, SourcesSettings
from reportgen.series import Endpoint, SeriesSpec, catalogue
from reportgen.sessions import sessions
from reportgen.sources import SOURCES
from reportgen.sources.base import Answer, Request, Scope, SourceError
from reportgen.sources.manners import Limits
from reportgen.sources.treasury import PARTS, TABLES, TOTAL
from reportgen.store import Store

LAST = date(2025, 12, 5)
"""The last day of every daily history."""

SESSIONS = 300
TUESDAY, WEDNESDAY, FRIDAY = 1, 2, 4
ENDS = {"cftc": TUESDAY, "NFCI": FRIDAY}
"""Weekday of a weekly history, where it is no Wednesday."""

PUBLISHERS = ("fred", "cboe", "treasury", "cftc", "sec", "bis", "lbma", "yahoo")
ONE_EACH = {
    "fred": "usdjpy",
    "cboe": "vix",
    "treasury": "federal_debt",
    "cftc": "yen_noncommercial_long",
    "sec": "microsoft_capex",
    "bis": "boj_policy_rate",
    "lbma": "gold",
    "yahoo": "hang_seng",
}
"""A series of each publisher."""

QUICK = Limits(connect=0.5, read=0.3, answer=0.4, request=0.7, attempts=2, backoff=0.01, failures=2)
"""Limits in fractions of a second, for faults that cost time."""

PATIENT = Limits(attempts=2, backoff=0.01, failures=2)
"""Limits for faults that cost none: a busy machine may be slow."""

Rows = list[tuple[date, float]]
Routes = dict[str, Route | tuple[Route, ...]]


# -- histories --------------------------------------------------------------------------------


@cache
def history(identity: str) -> tuple[tuple[date, float], ...]:
    """Return the made-up figures of a series in the catalogue's unit, two decimals."""
    spec = catalogue()[identity]
    level = np.sqrt(spec.low * spec.high) if spec.low > 0 else (spec.low + spec.high) / 2
    phase = zlib.crc32(identity.encode()) % 7
    return tuple(
        (day, round(float(level) * (1 + 0.004 * sin(0.7 * at + phase)), 2))
        for at, day in enumerate(_days(spec))
    )


def known(identity: str, scope: Scope | None) -> Rows:
    """Return the part of a history that had been published; all of it without a scope."""
    rows, spec = history(identity), catalogue()[identity]
    if scope is None:
        return list(rows)
    days = np.array([day for day, _ in rows], dtype="datetime64[D]")
    seen = spec.release.known(spec.release_days(days), scope.known_at)
    seen &= days <= np.datetime64(scope.as_of, "D")
    return [row for row, visible in zip(rows, seen, strict=True) if visible]


def _days(spec: SeriesSpec) -> list[date]:
    if spec.calendar:
        days = sessions(spec.calendar, LAST - timedelta(days=600), LAST)
        return [day.item() for day in days[-SESSIONS:]]
    if spec.frequency == "monthly":
        return [date(2023 + at // 12, at % 12 + 1, 1) for at in range(8, 35)]
    if spec.frequency == "quarterly":
        begun = [date(2022 + at // 4, at % 4 * 3 + 1, 1) for at in range(1, 16)]
        return [day - timedelta(days=1) for day in begun]
    if spec.frequency == "weekly" and spec.sampled is None and spec.source is not None:
        weekday = ENDS.get(spec.source.name, ENDS.get(spec.source.id, WEDNESDAY))
        last = LAST - timedelta(days=(LAST.weekday() - weekday) % 7)
        return [last - timedelta(weeks=back) for back in range(59, -1, -1)]
    days_back = (LAST - timedelta(days=back) for back in range(430, -1, -1))
    return [day for day in days_back if day.weekday() <= FRIDAY][-SESSIONS:]


# -- what each publisher sends ----------------------------------------------------------------


def _in_their_unit(spec: SeriesSpec, endpoint: Endpoint, scope: Scope | None) -> Rows:
    return [(day, value / endpoint.factor) for day, value in known(spec.id, scope)]


def _fred(spec: SeriesSpec, endpoint: Endpoint, scope: Scope | None) -> bytes:
    lines = [f"observation_date,{endpoint.id}"]
    lines += [f"{day},{value:.2f}" for day, value in known(spec.id, scope)]
    return ("\n".join(lines) + "\n").encode()


def _cboe(spec: SeriesSpec, endpoint: Endpoint, scope: Scope | None) -> bytes:
    of_candles = endpoint.field == "CLOSE"
    lines = ["DATE,OPEN,HIGH,LOW,CLOSE" if of_candles else f"DATE,{endpoint.field}"]
    for day, value in known(spec.id, scope):
        shown = [f"{value:.6f}"] * (4 if of_candles else 1)
        lines.append(",".join((f"{day:%m/%d/%Y}", *shown)))
    return ("\n".join(lines) + "\n").encode()


def _treasury(spec: SeriesSpec, endpoint: Endpoint, scope: Scope | None) -> bytes:
    rows = [
        {
            "record_date": str(day),
            TOTAL: f"{dollars:.2f}",
            PARTS[0]: f"{dollars * 0.75:.2f}",
            PARTS[1]: f"{dollars * 0.25:.2f}",
        }
        for day, dollars in _in_their_unit(spec, endpoint, scope)
    ]
    return json.dumps({"data": rows, "meta": {"count": len(rows), "total-pages": 1}}).encode()


def _cftc(spec: SeriesSpec, endpoint: Endpoint, scope: Scope | None) -> bytes:
    both = zip(
        known("yen_noncommercial_long", scope),
        known("yen_noncommercial_short", scope),
        strict=True,
    )
    rows = [
        {
            "report_date_as_yyyy_mm_dd": f"{day}T00:00:00.000",
            "market_and_exchange_names": "JAPANESE YEN - CHICAGO MERCANTILE EXCHANGE",
            "noncomm_positions_long_all": f"{bought:.0f}",
            "noncomm_positions_short_all": f"{sold:.0f}",
        }
        for (day, bought), (_, sold) in both
    ]
    return json.dumps(rows).encode()


def _sec(spec: SeriesSpec, endpoint: Endpoint, scope: Scope | None) -> bytes:
    """Facts from the year's first day on, as companies file them, 30 days after the quarter."""
    company, _, tag = endpoint.id.partition("/")
    facts, year = [], 0.0
    for end, value in history(spec.id):
        year = (0.0 if end.month == 3 else year) + round(value / endpoint.factor)
        filed = end + timedelta(days=30)
        if scope is None or filed <= scope.known_at.date():
            start = f"{end.year}-01-01"
            facts.append({"start": start, "end": str(end), "val": year, "filed": str(filed)})
    return json.dumps({"cik": int(company), "tag": tag, "units": {"USD": facts}}).encode()


def _bis(spec: SeriesSpec, endpoint: Endpoint, scope: Scope | None) -> bytes:
    frequency, area = endpoint.id.split(".")
    lines = ["FREQ,REF_AREA,UNIT_MEASURE,UNIT_MULT,TIME_PERIOD,OBS_VALUE,OBS_STATUS"]
    for day, value in known(spec.id, scope):
        lines.append(f"{frequency},{area},368,0,{day},{value},A")
        if day.weekday() == FRIDAY and day < LAST:
            lines.append(f"{frequency},{area},368,0,{day + timedelta(days=1)},NaN,M")
    return ("\n".join(lines) + "\n").encode()


def _lbma(spec: SeriesSpec, endpoint: Endpoint, scope: Scope | None) -> bytes:
    rows = [
        {"is_cms_locked": 0, "d": str(day), "v": [value, value * 0.75, value * 0.85]}
        for day, value in known(spec.id, scope)
    ]
    return json.dumps(rows).encode()


def _yahoo(spec: SeriesSpec, endpoint: Endpoint, scope: Scope | None) -> bytes:
    zone = ZoneInfo("Asia/Hong_Kong" if spec.calendar == "XHKG" else "America/New_York")
    rows = known(spec.id, scope)
    opened = [datetime(day.year, day.month, day.day, 9, 30, tzinfo=zone) for day, _ in rows]
    result = {
        "meta": {
            "symbol": endpoint.id,
            "dataGranularity": "1d",
            "exchangeTimezoneName": zone.key,
        },
        "timestamp": [int(moment.timestamp()) for moment in opened],
        "indicators": {"quote": [{"close": [value for _, value in rows]}]},
    }
    return json.dumps({"chart": {"result": [result], "error": None}}).encode()


BODY: Mapping[str, Callable[[SeriesSpec, Endpoint, Scope | None], bytes]] = {
    "fred": _fred,
    "cboe": _cboe,
    "treasury": _treasury,
    "cftc": _cftc,
    "sec": _sec,
    "bis": _bis,
    "lbma": _lbma,
    "yahoo": _yahoo,
}
PATH: Mapping[str, Callable[[Endpoint], str]] = {
    "fred": lambda end: f"/graph/fredgraph.csv?id={end.id}",
    "cboe": lambda end: f"/api/global/us_indices/daily_prices/{end.id}_History.csv",
    "treasury": lambda end: f"/services/api/fiscal_service{TABLES[end.id].path}",
    "cftc": lambda end: "/resource/6dca-aqww.json",
    "sec": lambda end: f"/api/xbrl/companyconcept/CIK{end.id.replace('/', '/us-gaap/')}.json",
    "bis": lambda end: f"/api/v1/data/WS_CBPOL/{end.id}/all",
    "lbma": lambda end: f"/json/{end.id}.json",
    "yahoo": lambda end: f"/v8/finance/chart/{end.id}",
}


def routes(scope: Scope | None = None, delay: float = 0.0) -> Routes:
    """Return what every publisher answers; with a scope only what had been published by then."""
    return {
        f"/{end.name}{PATH[end.name](end)}": Route(
            body, etag=f'"{zlib.crc32(body):x}"', delay=delay
        )
        for spec, end in _endpoints()
        for body in (BODY[end.name](spec, end, scope),)
    }


def route_of(identity: str, number: int = 0) -> str:
    """Return the key in ``routes`` of one endpoint of a series."""
    end = catalogue()[identity].endpoints[number]
    return f"/{end.name}{PATH[end.name](end)}"


def _endpoints() -> Iterator[tuple[SeriesSpec, Endpoint]]:
    for spec in catalogue().values():
        for end in spec.endpoints:
            if end.name in BODY:
                yield spec, end


# -- ways to them -----------------------------------------------------------------------------


def bases(url: str) -> dict[str, str]:
    """Return where each source is found on a server."""
    return {name: f"{url}/{name}" for name in SOURCES}


def sources_settings(url: str, folder: str = "") -> SourcesSettings:
    """Return settings by which every publisher, Yahoo included, is on a server."""
    reached = {
        name: SourceSettings(base_url=f"{url}/{name}") for name in (*PUBLISHERS, "boj", "fred_api")
    }
    return SourcesSettings(contact="desk@house.example", budget=20, folder=folder, **reached)


def settings(url: str, folder: str = "") -> Settings:
    """Return the configuration of a house whose publishers are all on a server."""
    return Settings(sources=sources_settings(url, folder))


def environment(url: str) -> dict[str, str]:
    """Return the variables by which a command finds every publisher, Yahoo included."""
    found = {
        f"REPORTGEN_SOURCES__{name.upper()}__BASE_URL": f"{url}/{name}"
        for name in (*PUBLISHERS, "boj", "fred_api")
    }
    found["REPORTGEN_SOURCES__CONTACT"] = "desk@house.example"
    found["REPORTGEN_SOURCES__YAHOO__ENABLED"] = "true"
    return found


@dataclass
class Shelf:
    """A door without a network.

    Args:
        routes: what it gives.
        kept: where it keeps what it gives; ``None`` for nowhere.
        dead: sources that cannot be reached.
        off: sources that are switched off.
        asked: the source of every request.
        now: when the answers come.
    """

    routes: Routes
    kept: Store | None = None
    dead: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)
    now: datetime = datetime(2025, 12, 9, 12, tzinfo=UTC)

    def get(self, request: Request) -> Answer:
        """Return an answer, or the error of a publisher that is not there."""
        if request.source in self.off:
            raise SourceError(request.source, "switched_off", f"{request.source}: is off.")
        self.asked.append(request.source)
        path = f"/{request.source}{unquote(request.path)}"
        query = urlencode(request.params, quote_via=quote, safe="*:,$")
        route = self.routes.get(f"{path}?{unquote(query)}", self.routes.get(path))
        if request.source in self.dead or not isinstance(route, Route):
            raise SourceError(request.source, "unreachable", f"{request.source}: is not there.")
        answer = Answer(request.source, f"{path}?{query}", 200, route.body, self.now)
        if self.kept is not None:
            self.kept.keep(answer, "", "")
        return answer
