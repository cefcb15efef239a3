"""The back matter: model cards, the data appendix, what others said."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from reportgen import models
from reportgen.assess import market
from reportgen.assess.desk import Desk
from reportgen.assess.eras import SAME_DAY_OPTIONS, appeared, existed, not_yet
from reportgen.assess.record import record
from reportgen.assess.tilt import tilts_anything
from reportgen.errors import DataError
from reportgen.facts import Computed, Quantity, Range, Unit
from reportgen.facts.back import (
    Alarm,
    Back,
    ModelCard,
    Quotation,
    SeriesNote,
    SeriesPart,
    SeriesRow,
)
from reportgen.house import PUBLISHER
from reportgen.models.known import known
from reportgen.models.spec import ModelSpec
from reportgen.record.ledger import Ledger
from reportgen.series import SeriesSpec, catalogue, release_exceptions

if TYPE_CHECKING:
    from reportgen.house import HouseEntry
    from reportgen.period import EditionDates
    from reportgen.snapshot import SeriesData

TILT = "M1h"
SUBJECTS = {"M4": ("skew",), "M7": ("microsoft_capex",)}
"""Series without which a model has no subject."""
BY_CALENDAR = Computed("calendar")


def back(desk: Desk, dates: EditionDates) -> Back:
    """Return the back matter of an edition.

    Raises:
        DataError: two models of one number disagree about themselves.
    """
    rows = tuple(series_row(desk, name) for name in catalogue() if desk.has(name))
    return Back(
        record=record(dates.period, desk.as_of, desk.window_end, Ledger()),
        cards=model_cards(desk),
        series=rows,
        missing=tuple(one.name for one in _lacking(desk)),
        not_yet=not_yet(desk.as_of),
        stale=sum(row.state == "stale" for row in rows),
        alarms=alarms(desk, rows),
        quotations=quotations(desk),
    )


def alarms(desk: Desk, rows: tuple[SeriesRow, ...]) -> tuple[Alarm, ...]:
    """Return the important series that are stale or missing, in the order of the catalogue."""
    stale = {row.code: row for row in rows if row.state == "stale"}
    missing = {one.id for one in _lacking(desk)}
    found = []
    for one in catalogue().values():
        if one.important and one.id in stale:
            found.append(Alarm(one.id, one.name, one.frequency, "stale", stale[one.id].observed))
        elif one.important and one.id in missing:
            found.append(Alarm(one.id, one.name, one.frequency, "missing"))
    return tuple(found)


def _lacking(desk: Desk) -> tuple[SeriesSpec, ...]:
    """Return the series that were published at the as-of date but are not in the snapshot.

    Optional ones, which only some readers hold, are not missed.
    """
    return tuple(one for name, one in catalogue().items() if _missed(desk, name))


def _missed(desk: Desk, series: str) -> bool:
    """Tell whether a series was published at the as-of date and is not in the snapshot."""
    optional = catalogue()[series].optional
    return not optional and existed(series, desk.as_of) and not desk.has(series)


# -- model cards ----------------------------------------------------------------------------


def model_cards(desk: Desk) -> dict[str, ModelCard]:
    """Return a card for every model whose subject exists, in the order of their numbers."""
    return {spec.id: _card(desk, spec) for spec in model_specs() if _of_its_time(desk, spec.id)}


@cache
def model_specs() -> tuple[ModelSpec, ...]:
    """Return what each model declares, in the order of the numbers; plain arithmetic is first.

    Raises:
        DataError: two modules declare the same number differently.
    """
    found: dict[str, ModelSpec] = {}
    for spec in (market.SPEC, *_declared()):
        if found.setdefault(spec.id, spec) != spec:
            raise DataError(f"Model {spec.id} is declared twice, and differently.")
    return tuple(sorted(found.values(), key=_number))


def _number(spec: ModelSpec) -> tuple[int, str]:
    """Return number and letter of a model, so that M1e follows M1 and M10 follows M9."""
    digits = re.match(r"M(\d+)", spec.id)
    if digits is None:
        raise DataError(f"{spec.id} is not the number of a model.")
    return int(digits[1]), spec.id


def _declared() -> Iterator[ModelSpec]:
    for module in pkgutil.iter_modules(models.__path__, f"{models.__name__}."):
        declared = getattr(importlib.import_module(module.name), "SPEC", None)
        if isinstance(declared, ModelSpec):
            yield declared


def _card(desk: Desk, spec: ModelSpec) -> ModelCard:
    """Return a model's card; what it lacks is decided by the snapshot alone."""
    known = catalogue()
    return ModelCard(
        code=spec.id,
        version=spec.version,
        inputs=tuple(known[name].name for name in spec.inputs if desk.has(name)),
        lacking=tuple(known[name].name for name in spec.inputs if _missed(desk, name)),
        references=tuple(one for one in spec.references if appeared(one, desk.as_of)),
    )


def _of_its_time(desk: Desk, model: str) -> bool:
    """Tell whether the subject of a model existed at the as-of date; a tilt's, if it is stated."""
    if model == TILT:
        return tilts_anything(desk)
    if model == "M6":
        return desk.as_of >= SAME_DAY_OPTIONS and known("hedging_flow", desk.as_of)
    return all(existed(name, desk.as_of) for name in SUBJECTS.get(model, ()))


# -- what others said ----------------------------------------------------------------------


def quotations(desk: Desk) -> tuple[Quotation, ...]:
    """Return the unexpired figures of others in the house view, the oldest statement first."""
    if desk.house is None:
        return ()
    others = [
        one
        for name, one in desk.house.entries.items()
        if one.by != PUBLISHER and one.unit and desk.holds(name)
    ]
    return tuple(_quotation(desk, one) for one in sorted(others, key=lambda one: one.stated))


def _quotation(desk: Desk, entry: HouseEntry) -> Quotation:
    if entry.value is None:
        figure = desk.assumed_range(entry.id)
    else:
        figure = Range(desk.assumed(entry.id), desk.assumed(entry.id))
    return Quotation(entry.id, figure, entry.by, entry.stated, entry.valid_until, entry.note)


# -- data appendix --------------------------------------------------------------------------


def series_row(desk: Desk, name: str) -> SeriesRow:
    """Return one series as the snapshot shows it: last value, age, provenance, notes."""
    data, fresh = desk.snapshot.data(name), desk.snapshot.freshness(name)
    return SeriesRow(
        code=name,
        name=data.spec.name,
        publisher=data.publisher,
        publisher_id=data.publisher_id,
        frequency=data.spec.frequency,
        state="stale" if fresh.stale else "fresh",
        first=data.dates[0].item(),
        count=int(data.dates.size),
        last=desk.observed(name),
        observed=desk.observed_day(name),
        released=fresh.last.released,
        age=_days(fresh.age_days),
        allowed=_days(fresh.allowed_days),
        licence=data.spec.licence,
        reason=_reason(name, fresh.last.date, desk.as_of),
        notes=_notes(data),
        parts=_parts(data),
    )


def _reason(series: str, last: date, as_of: date) -> str:
    """Return why observations after ``last`` were late or never came; empty when nothing says."""
    for one in release_exceptions():
        days = (*one.released, *one.never)
        if series in one.series and any(last < day <= as_of for day in days):
            return one.reason
    return ""


def _days(count: int) -> Quantity:
    return Quantity(float(count), Unit.DAYS, BY_CALENDAR)


def _notes(data: SeriesData) -> tuple[SeriesNote, ...]:
    return tuple(SeriesNote(one.code, one.first, one.last, one.count) for one in data.notes)


def _parts(data: SeriesData) -> tuple[SeriesPart, ...]:
    return tuple(
        SeriesPart(one.first, one.last, one.publisher, one.publisher_id) for one in data.parts
    )
