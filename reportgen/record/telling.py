"""The record for the terminal: counts and scores as plain values, and as lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from reportgen.record.distributions import distribution_scores
from reportgen.record.history import accounts
from reportgen.record.ledger import Ledger
from reportgen.record.scoreboard import counts, probability_scores


def summary(ledger: Ledger, as_of: date | None = None) -> dict[str, Any]:
    """Return what is on record and how good it was.

    Args:
        ledger: the ledger.
        as_of: as it stood on that day; ``None`` for all there is.
    """
    found = accounts(ledger.rows, as_of)
    last = [one.resolution.as_of for one in found if one.resolution]
    day = as_of or max([*last, *(one.statement.as_of for one in found)], default=date.min)
    return {
        "rows": len(ledger.rows),
        "head": ledger.head,
        "torn_bytes": ledger.torn,
        "as_of": day.isoformat() if found else None,
        "editions": sorted({one.statement.edition for one in found}),
        "statements": asdict(counts(found)),
        "probabilities": [
            {
                "forecaster": one.forecaster,
                "horizon": one.horizon or "all",
                "set": one.scope,
                "statements": one.statements,
                "came": one.events,
                "mean": one.mean,
                "brier": one.brier,
                "base_brier": one.base_brier,
                "skill": one.skill,
                "log": one.log,
            }
            for one in probability_scores(found, day)
        ],
        "distributions": [
            {
                "forecaster": one.forecaster,
                "horizon": one.horizon or "all",
                "statements": one.statements,
                "skill": one.skill,
                "within_80": one.wide,
                "within_50": one.narrow,
                "kupiec_p": one.coverage.test.p_value,
                "pit": list(one.pit.counts),
            }
            for one in distribution_scores(found)
        ],
    }


def lines(told: dict[str, Any]) -> Iterator[str]:
    """Yield the summary as a terminal shows it."""
    if not told["editions"]:
        yield "Nothing is on record."
        return
    number = told["statements"]
    yield (
        f"{told['rows']} rows, head {told['head'][:16]}…; as of {told['as_of']}: "
        f"{number['issued']} statements of {len(told['editions'])} months, "
        f"{number['decided']} decided, {number['open']} open, {number['void']} void, "
        f"{number['withdrawn']} withdrawn, {number['late']} written down late."
    )
    if told["probabilities"]:
        yield "forecaster   horizon set       n  came  stated  Brier  base   skill   log"
    for one in told["probabilities"]:
        yield (
            f"{one['forecaster']:<12} {one['horizon']:>7} {one['set']:<8} "
            f"{one['statements']:>3} {one['came']:>5} {one['mean']:>7.3f} {one['brier']:>6.4f} "
            f"{_or_dash(one['base_brier'], '6.4f')} {_or_dash(one['skill'], '+6.2f')} "
            f"{one['log']:>6.3f}"
        )
    if told["distributions"]:
        yield "quantiles    horizon   n  skill  in 80%  in 50%  Kupiec p"
    for one in told["distributions"]:
        yield (
            f"{one['forecaster']:<12} {one['horizon']:>7} {one['statements']:>3} "
            f"{_or_dash(one['skill'], '+6.2f')} {one['within_80']:>6.0%} {one['within_50']:>7.0%} "
            f"{one['kupiec_p']:>9.3f}"
        )


def _or_dash(value: float | None, form: str) -> str:
    width = int(form.strip("+").partition(".")[0])
    return "–".rjust(width) if value is None else f"{value:>{form}}"
