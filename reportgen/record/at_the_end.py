"""Deciding events on one day: values, moves, decisions on rates, dated events."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from reportgen.record.events import DateIn, Decision, Ends, Move, Touch, Value
from reportgen.record.observed import PATIENCE, Undecided, at_end, stretch
from reportgen.record.on_the_way import touch
from reportgen.record.rows import Evidence, Reading
from reportgen.record.verdict import Case, Decided, Verdict

NO_FACT = "no_fact_on_record"
SETTLED = timedelta(days=5)
"""A policy rate has taken effect by then: BoJ and Federal Reserve change it within two days."""


def value(event: Value, case: Case) -> Verdict:
    """Decide the value of the last day."""
    found = case.of(event.series)
    if isinstance(found, Undecided):
        return found
    open_ = at_end(found, case.snapshot, case.end)
    if open_ is not None:
        return open_
    evidence = found.evidence(found.start, found.end)
    return Decided(case.end, None, found.end.value, (evidence,))


def ends(event: Ends, case: Case) -> Verdict:
    """Decide where a series stands on the last day."""
    verdict = value(Value(event.series), case)
    if isinstance(verdict, Undecided) or verdict.value is None:
        return verdict
    outcome = _beyond(verdict.value, event.bound, event.side)
    return Decided(verdict.day, outcome, None, verdict.evidence)


def move(event: Move, case: Case) -> Verdict:
    """Decide how far a sum has moved by the last day."""
    change, evidence = 0.0, []
    for term in event.terms:
        verdict = value(Value(term.series), case)
        if isinstance(verdict, Undecided):
            return verdict
        start, end = verdict.evidence[0].readings
        change += term.weight * (end.value - start.value)
        evidence.append(verdict.evidence[0])
    return Decided(case.end, _beyond(change, event.bound, event.side), None, tuple(evidence))


def _beyond(value: float, bound: float, side: str) -> bool:
    return value >= bound if side == "above" else value <= bound


# -- decisions and dates --------------------------------------------------------------------


def decision(event: Decision, case: Case) -> Verdict:
    """Decide what a central bank did, by the rate before and after."""
    before_it = event.day - timedelta(days=1)
    found = stretch(case.snapshot, event.series, before_it, event.day + SETTLED)
    if isinstance(found, Undecided):
        return found
    open_ = at_end(found, case.snapshot, event.day + SETTLED)
    if open_ is not None:
        return open_
    before = Reading("before", found.start.date, found.start.value)
    after = Reading("after", found.end.date, found.end.value)
    change = after.value - before.value
    move = "hold"
    if abs(change) >= event.step / 2:
        move = "cut" if change < 0 else "raise"
    return Decided(event.day, move == event.move, None, (found.evidence(before, after),))


def date_in(event: DateIn, case: Case) -> Verdict:
    """Decide whether a dated event came: by the list of events, or by what rules it out."""
    for one in case.snapshot.events:
        happened = one.code == event.code and one.status == "fact"
        if happened and case.start < one.date <= min(case.end, case.snapshot.as_of):
            fact = Reading("hit", one.date, one.value or 0.0)
            return Decided(one.date, True, None, (_listed(event.code, fact),))
    short = touch(Touch(event.series, event.bound, "above"), case)
    if isinstance(short, Decided) and short.outcome:
        # The condition is met: only the list of events can tell whether it came.
        return Undecided(NO_FACT, final=case.snapshot.as_of > case.end + PATIENCE)
    return short


def _listed(code: str, fact: Reading) -> Evidence:
    content = f"{code}|{fact.date}".encode()
    return Evidence(code, fact.date, fact.date, 1, hashlib.sha256(content).hexdigest(), (fact,))
