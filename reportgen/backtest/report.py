"""What a backtest leaves behind: a JSON, tables as CSV and text, and reliability diagrams."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from reportgen.backtest.bars import Bar, bars
from reportgen.backtest.diagrams import reliability_svg
from reportgen.backtest.scoring import EventScore, Interval, Scorecard
from reportgen.errors import CannotCreateError, DiskError
from reportgen.facts.evidence import Evidence, SkillFigure


def write(card: Scorecard, folder: Path) -> tuple[Path, ...]:
    """Write all files of a scorecard and return their paths.

    Raises:
        CannotCreateError, DiskError: the folder cannot be made or written to.
    """
    files: dict[str, bytes] = {
        "scores.json": msgspec.json.format(msgspec.json.encode(card), indent=1),
        "skill.csv": _csv(_skill_rows(card)),
        "coverage.csv": _csv(_coverage_rows(card)),
        "summary.txt": summary(card).encode(),
    }
    found = evidence(card)
    if found is not None:
        files["evidence.json"] = msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"
    for one in card.events:
        files[f"reliability-{one.event}-{one.horizon}.svg"] = reliability_svg(one)
    return _written(folder, files)


def evidence(card: Scorecard) -> Evidence | None:
    """Return the few figures an edition prints; None where a skill has no interval."""
    tails = {one.stated: one for one in card.day_tails if one.window == "10y"}
    skills = [_skill_figure(one) for one in card.events]
    whole = [one for one in skills if one is not None]
    if not whole or len(whole) < len(skills) or set(tails) != {0.01, 0.05}:
        return None
    return Evidence(
        key=card.key,
        versions=card.versions,
        first=card.first,
        last=card.last,
        known=card.known,
        skills=tuple(whole),
        days=tails[0.01].days,
        below_1=round(tails[0.01].share, 6),
        below_5=round(tails[0.05].share, 6),
    )


def _skill_figure(one: EventScore) -> SkillFigure | None:
    pool = one.skill["pool"]
    if pool.skill is None or pool.low is None or pool.high is None:
        return None
    return SkillFigure(
        event=one.event,
        horizon=one.horizon,
        origins=one.origins,
        came=one.events,
        stated=round(one.mean_pool, 6),
        skill=round(pool.skill, 6),
        low=round(pool.low, 6),
        high=round(pool.high, 6),
    )


def summary(card: Scorecard) -> str:
    """Return the skill table, coverage and bars as text."""
    lines = [
        f"Backtest on {card.name}: {card.origins} month ends, {card.first} to {card.last}, "
        f"{card.paths:,} paths a window; key {card.key}",
        "",
        "Brier skill against expanding climatology, 90 % block-bootstrap intervals",
        f"{'event':6}{'days':>5}{'n':>6}{'came':>6}{'base':>7}{'mean p':>8}{'AUC':>6}"
        f"{'climat.':>9}   {'pool':22}{'paths':22}{'conditional':22}{'beyond conditional'}",
    ]
    for one in card.events:
        auc = "  -" if one.auc is None else f"{one.auc:.2f}"
        lines.append(
            f"{one.event:6}{one.horizon:>5}{one.origins:>6}{one.events:>6}{one.base_rate:>7.3f}"
            f"{one.mean_pool:>8.3f}{auc:>6}{one.brier_climatology:>9.4f}   "
            + "".join(f"{_span(one.skill[name]):22}" for name in ("pool", "paths", "conditional"))
            + _span(one.beyond_conditional)
        )
    lines += ["", "Single windows and the benchmark of independent normal returns"]
    for one in card.events:
        others = {k: v for k, v in one.skill.items() if k not in ("pool", "paths", "conditional")}
        lines.append(
            f"{one.event:6}{one.horizon:>5}   "
            + "  ".join(f"{name} {_signed(found.skill)}" for name, found in others.items())
        )
    lines += ["", "Reliability of the pool, fifths: stated -> came"]
    for one in card.events:
        steps = "  ".join(f"{point.forecast:.2f}->{point.frequency:.2f}" for point in one.points)
        decades = "  ".join(f"{name}s {_signed(skill)}" for name, skill in one.by_decade.items())
        lines.append(f"{one.event:6}{one.horizon:>5}   {steps}   by decade: {decades}")
    lines += ["", "Twenty-day returns"]
    for month in card.month:
        skill = _signed(month.crps_skill)
        lines.append(
            f"{month.window:10}n {month.origins}  CRPS {month.crps:.5f}  skill {skill}  "
            f"uniform p {month.uniform_p:.3f}  deciles {' '.join(map(str, month.deciles))}"
        )
    for title, rows in (("20 d", card.month_tails), ("1 d", card.day_tails)):
        for tail in rows:
            independent = "-" if tail.independence_p is None else f"{tail.independence_p:.3f}"
            lines.append(
                f"{title:5}{tail.window:10}{100 * (1 - tail.stated):.0f} %  n {tail.days}  "
                f"below {100 * tail.share:.2f} %  Kupiec p {tail.kupiec_p:.3f}  "
                f"independence p {independent}"
            )
    for width in card.intervals:
        lines.append(
            f"interval {width.horizon:>4} d: n {width.origins}, holds every window "
            f"{100 * width.holds:.0f} %, mean width {100 * width.width:.1f} points, "
            f"narrowest {100 * width.narrowest:.1f}"
        )
    found = bars(card)
    if found:
        lines += ["", "Bars", *(_bar_line(one) for one in found)]
    return "\n".join(lines) + "\n"


def _bar_line(one: Bar) -> str:
    sign = "<=" if one.at_most else ">="
    word = "holds " if one.holds else "MISSED"
    return f"{word}  {one.name}: {one.value:+.3f} {sign} {one.bound:+.3f}"


def _span(one: Interval) -> str:
    if one.low is None or one.high is None:
        return _signed(one.skill)
    return f"{_signed(one.skill)} [{one.low:+.2f}, {one.high:+.2f}]"


def _signed(value: float | None) -> str:
    return "-" if value is None else f"{value:+.2f}"


def _skill_rows(card: Scorecard) -> Iterable[Mapping[str, object]]:
    for one in card.events:
        for name, found in one.skill.items():
            yield {
                "event": one.event,
                "horizon": one.horizon,
                "forecaster": name,
                "origins": one.origins,
                "events": one.events,
                "skill": found.skill,
                "low": found.low,
                "high": found.high,
            }


def _coverage_rows(card: Scorecard) -> Iterable[Mapping[str, object]]:
    for days, rows in ((20, card.month_tails), (1, card.day_tails)):
        for one in rows:
            yield {"days": days, **msgspec.structs.asdict(one)}


def _csv(rows: Iterable[Mapping[str, object]]) -> bytes:
    table = list(rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, table[0] if table else ["empty"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue().encode()


def _written(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CannotCreateError(f"{folder} cannot be created: {problem.strerror}.") from None
    paths = []
    for name, content in files.items():
        path, partial = folder / name, folder / f".{name}.part"
        try:
            partial.write_bytes(content)
            partial.replace(path)
        except OSError as problem:
            partial.unlink(missing_ok=True)
            raise DiskError(f"{path} cannot be written: {problem.strerror}.") from None
        paths.append(path)
    return tuple(paths)
