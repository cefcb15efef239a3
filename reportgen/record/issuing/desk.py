"""The desk statements are written at: an edition's assessment, its figures, and their hashes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from reportgen.record.events import Event
from reportgen.record.sessions import session_after, session_by, sessions_between
from reportgen.record.statement import Forecaster, Quantiles, Statement, statement

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.snapshot import Snapshot

BASE_RATES = "M1e"
"""The climatology: shares of past windows."""
TILT = "M1h"
"""The narrative tilt: it carries the number of the model it stands beside and is no part of it."""


@dataclass(frozen=True)
class Chance:
    """A probability and what stands beside it.

    Args:
        p: the forecaster's; ``None`` for a view without one.
        low, high: its interval.
        climatology: share of all past windows.
        conditional: share of past windows that began in a like state.
    """

    p: float | None
    low: float | None = None
    high: float | None = None
    climatology: float | None = None
    conditional: float | None = None


@dataclass(frozen=True)
class IssueDesk:
    """Everything statements are made from.

    Args:
        assessment: of the edition.
        snapshot: the figures it was made from.
        config_hash: sha256 of the settings that enter its figures.
    """

    assessment: Assessment
    snapshot: Snapshot
    config_hash: str

    @property
    def as_of(self) -> date:
        """Last day of observations."""
        return self.assessment.edition.as_of.day

    @property
    def window_end(self) -> date:
        """Last day of the forecast window."""
        return self.assessment.edition.window_end.day

    def after(self, sessions: int) -> date:
        """Return the trading day so many after the as-of date."""
        return session_after(self.as_of, sessions)

    def sessions(self, end: date) -> int:
        """Return the trading days from the as-of date to a day."""
        return len(sessions_between(self.as_of, end))

    def made(
        self, forecaster: Forecaster, model: str, event: Event, end: date, **more: Any
    ) -> Statement:
        """Return a statement of this edition.

        Args:
            forecaster: who.
            model: id of the model, or a name.
            event: what.
            end: last day that counts; the last trading day up to it is taken.
            more: fields of ``Statement`` in place of the edition's own.
        """
        edition, last = self.assessment.edition, session_by(end)
        fields: dict[str, Any] = {
            "edition": edition.period,
            "issued_at": edition.known_at,
            "as_of": self.as_of,
            "start": self.as_of,
            "model_version": self.version(model),
            "config_hash": self.config_hash,
            "data_hash": edition.snapshot,
            "horizon": self.sessions(last),
        }
        return statement(
            forecaster=forecaster,
            model=model,
            event=event,
            horizon_end=last,
            **(fields | more),
        )

    def pair(
        self, model: str, event: Event, end: date, chance: Chance, *codes: str
    ) -> Iterator[Statement]:
        """Yield a model's statement, and climatology's on the same event where there is one.

        Args:
            model: id of the model.
            event: what.
            end: last day that counts.
            chance: probability, interval and base rates.
            codes: diagnostics of the model.
        """
        yield self.made("model", model, event, end, **figures_of(chance), diagnostics=codes)
        base = chance.climatology
        if base is not None:
            alone = Chance(base, climatology=base, conditional=chance.conditional)
            yield self.made("climatology", BASE_RATES, event, end, **figures_of(alone))

    def quantile_pair(
        self,
        model: str,
        event: Event,
        end: date,
        stated: Quantiles,
        past: Quantiles,
        *codes: str,
    ) -> Iterator[Statement]:
        """Yield a model's quantiles, and those of all past changes."""
        both = {"climatology_quantiles": past}
        yield self.made("model", model, event, end, quantiles=stated, diagnostics=codes, **both)
        yield self.made("climatology", BASE_RATES, event, end, quantiles=past, **both)

    def version(self, model: str) -> str:
        """Return the version of a model, or of its parts where it has letters; empty for a name."""
        cards = self.assessment.back.cards
        if model in cards:
            return cards[model].version
        letters = rf"{re.escape(model)}[a-z]"
        parts = [code for code in cards if code != TILT and re.fullmatch(letters, code)]
        return " ".join(f"{code}={cards[code].version}" for code in parts)


def figures_of(chance: Chance) -> dict[str, float | None]:
    """Return a probability and what stands beside it as fields of ``Statement``."""
    return {
        "p": chance.p,
        "p_lo": chance.low,
        "p_hi": chance.high,
        "climatology_p": chance.climatology,
        "conditional_p": chance.conditional,
    }
