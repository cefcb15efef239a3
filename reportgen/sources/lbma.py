"""The London gold price from LBMA: one JSON list a fixing, its whole history."""

from __future__ import annotations

from reportgen.series import Endpoint
from reportgen.sources import wire
from reportgen.sources.base import (
    Answer,
    Door,
    Observations,
    Request,
    Scope,
    SourceError,
    observations,
)

NAME = "lbma"
PUBLISHER = "LBMA"
BASE_URL = "https://prices.lbma.org.uk"

REFERER = "https://www.lbma.org.uk/"
"""The publisher serves its prices to pages that come from here."""
CURRENCIES = ("usd", "gbp", "eur")
"""What ``v`` holds, in that order."""


def fetch(door: Door, endpoint: Endpoint, scope: Scope) -> tuple[Answer, ...]:
    """Return the one answer that holds the fixing ``endpoint.id``, such as ``gold_pm``."""
    request = Request(NAME, f"/json/{endpoint.id}.json", headers=(("Referer", REFERER),))
    return (door.get(request),)


def parse(bodies: tuple[bytes, ...], endpoint: Endpoint, scope: Scope) -> Observations:
    """Return the prices of an ounce in ``endpoint.field``, in dollars without one.

    Zero and null stand for a day without a price in that currency.

    Raises:
        SourceError: ``header`` for other fields than documented or an unknown currency,
            ``not_a_number`` where ``v`` holds none.
    """
    currency = endpoint.field or CURRENCIES[0]
    if currency not in CURRENCIES:
        raise SourceError(NAME, "header", f"{NAME}: there is no price in {currency}.")
    at = CURRENCIES.index(currency)
    rows = wire.items(wire.document(b"".join(bodies), NAME), "the answer", NAME)
    read = [
        (wire.iso_day(wire.member(row, "d", NAME), NAME), price)
        for row in rows
        if (price := _price(wire.member(row, "v", NAME), at))
    ]
    return observations(read, NAME)


def _price(prices: object, at: int) -> float | None:
    if not isinstance(prices, list):
        return wire.number(prices, NAME)
    if len(prices) <= at:
        raise SourceError(NAME, "header", f"{NAME}: a day has {len(prices)} prices.")
    return wire.number(prices[at], NAME)
