"""A statement: who says that what will happen by when, how likely, and made from what."""

from __future__ import annotations

import math
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Any, Literal

import msgspec

from reportgen.errors import DataError
from reportgen.record.events import Event, Value, slug

Forecaster = Literal["model", "climatology", "house", "tilt", "market", "quoted"]
"""``tilt`` is the model's figure shifted by the house's narrative, scored apart from both;
``market`` is read from prices and is no forecast of the report's own; ``quoted`` is somebody
else's probability, taken from the house view with its source."""

Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Quantiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A distribution by some of its quantiles.

    Args:
        probabilities: rising, inside 0 to 1.
        values: not falling, in the unit of the series.
    """

    probabilities: tuple[float, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        levels, values = self.probabilities, self.values
        if len(levels) != len(values) or not levels:
            raise ValueError("quantiles need as many values as probabilities")
        if not all(math.isfinite(one) for one in values):
            raise ValueError("a quantile is not a finite number")
        rising = all(a < b for a, b in zip((0.0, *levels), (*levels, 1.0), strict=True))
        if not rising or any(a > b for a, b in pairwise(values)):
            raise ValueError("quantiles are not in order")


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One statement of one forecaster in one edition.

    Args:
        id: made by ``statement_id``.
        edition: month of the edition.
        issued_at: until when the forecaster knew what had been published.
        as_of: last day of observations behind it.
        forecaster: who.
        model: id of the model; of the house or of a third party, its name.
        model_version: version of the model; empty for a view.
        config_hash: sha256 of the settings that enter the figures.
        data_hash: sha256 of the snapshot.
        event: what.
        start: the event counts from the day after.
        horizon_end: last day that counts.
        horizon: trading days of New York from the as-of date to that day.
        p: the probability; ``None`` for quantiles, and for a view stated without one.
        p_lo, p_hi: its interval, where one is stated.
        quantiles: of a ``Value`` event.
        climatology_p: share of all past windows in which the same came.
        climatology_quantiles: the same for quantiles.
        conditional_p: share of the past windows that began in a like state.
        diagnostics: codes of what was missing or replaced.
    """

    id: str
    edition: str
    issued_at: Moment
    as_of: date
    forecaster: Forecaster
    model: str
    model_version: str = ""
    config_hash: Sha256
    data_hash: Sha256
    event: Event
    start: date
    horizon_end: date
    horizon: Annotated[int, msgspec.Meta(ge=1)]
    p: Share | None = None
    p_lo: Share | None = None
    p_hi: Share | None = None
    quantiles: Quantiles | None = None
    climatology_p: Share | None = None
    climatology_quantiles: Quantiles | None = None
    conditional_p: Share | None = None
    diagnostics: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could not be decided or scored."""
        figures = (self.p, self.p_lo, self.p_hi, self.climatology_p, self.conditional_p)
        if not all(one is None or 0.0 <= one <= 1.0 for one in figures):
            raise ValueError("a probability lies outside 0 to 1")
        if self.p is not None and self.quantiles is not None:
            raise ValueError("a statement is a probability or quantiles, not both")
        if (self.quantiles is not None) != isinstance(self.event, Value):
            raise ValueError("quantiles belong to a value, and a value to quantiles")
        low, high = self.p_lo, self.p_hi
        if low is not None and high is not None and not low <= (self.p or low) <= high:
            raise ValueError("a probability lies outside its interval")
        if not self.as_of <= self.start < self.horizon_end:
            raise ValueError("a statement must end after it starts, and start on its as-of date")

    @property
    def key(self) -> tuple[str, str]:
        """Edition and event: what the forecasters of one edition can be compared on."""
        return self.edition, _what(self.event, self.start, self.as_of, self.horizon_end)


def statement(**fields: Any) -> Statement:
    """Return a statement with its id.

    Args:
        fields: the fields of ``Statement`` but ``id``.

    Raises:
        DataError: a figure that is no probability, quantiles out of order, an end before the
            start; names the event.
    """
    name = statement_id(**fields)
    try:
        return Statement(id=name, **fields)
    except ValueError as problem:
        raise DataError(f"The statement {name} cannot be issued: {problem}.") from None


def statement_id(
    *,
    edition: str,
    forecaster: str,
    model: str,
    event: Event,
    start: date,
    as_of: date,
    horizon_end: date,
    **_: object,
) -> str:
    """Return the id: the same for the same statement of an edition, whenever it is made."""
    return f"{edition}/{forecaster}/{model}/{_what(event, start, as_of, horizon_end)}"


def canonical(value: object) -> bytes:
    """Return a value as JSON: keys in order, no spaces; the same bytes for the same value."""
    return msgspec.json.encode(value, order="sorted")


def _what(event: Event, start: date, as_of: date, end: date) -> str:
    since = "" if start == as_of else f"{start}.."
    return f"{slug(event)}/{since}{end}"
