"""A small archive to make a site of: three months in three languages, one of them corrected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sealed import head_of, stage_of

from reportgen.archive import sealing
from reportgen.archive.editions import Edition
from reportgen.facts.headlines import FILE, FORMAT, Headline, Headlines, to_json
from reportgen.facts.quantity import Unit
from reportgen.i18n import LANGUAGES
from reportgen.render.edition import file_name

CODES = tuple(one.code for one in LANGUAGES)
WORDS = {
    "zh": ("流动性", "准备金余额下降，流动性趋紧。"),
    "ja": ("流動性", "準備預金残高が減り、流動性は引き締まった。"),
    "en": ("Liquidity", "Reserve balances fell by ＄２００ billion; liquidity is tighter."),
}
"""By language: heading and text of the section on liquidity."""
HOSTILE = "<script>alert(\"1\")</script> & 'x' {{ 7 * 7 }} 5 % ]]>"
"""What nobody should write as the reason of a correction."""
RECORD: Mapping[str, Any] = {
    "rows": 90,
    "head": "a" * 64,
    "torn_bytes": 0,
    "as_of": "2025-12-05",
    "editions": ["2025-10"],
    "statements": {"issued": 82, "decided": 40, "open": 41, "void": 1, "late": 0, "withdrawn": 0},
    "probabilities": [
        {
            **{"forecaster": who, "horizon": horizon, "set": "due", "statements": 36},
            **{"came": 9, "mean": 0.3, "brier": 0.15, "base_brier": 0.2, "skill": 0.25},
            "log": 0.5,
        }
        for who, horizon in (("model", 21), ("model", "all"), ("climatology", "all"))
    ],
    "distributions": [],
}


def report_of(name: str, language: str) -> bytes:
    """Return a report of one section, with links to those in the other languages."""
    heading, text = WORDS[language]
    links = "".join(
        f'<a href="{file_name(name, other, "html")}">{other}</a>'
        for other in CODES
        if other != language
    )
    return (
        f"<!doctype html><html lang={language}><head><title>{name}</title><style>p{{}}</style>"
        f'</head><body><nav class="languages">{links}</nav><header><h1>{name}</h1></header><main>'
        f'<section class="section" id="liquidity"><h2>{heading}</h2><p>{text}</p>'
        f'<section class="subsection" id="reserves"><h3>QT</h3><p>A <b>bo</b>ld 80% word</p>'
        f"</section><p>Behind the inner section</p></section></main></body></html>\n"
    ).encode()


def headlines_of(name: str, as_of: date, bear: float | None = 0.28) -> Headlines:
    """Return the headlines of an edition."""
    period, _, revision = name.partition("-r")

    def chance(code: str, value: float) -> Headline:
        return Headline(
            code=code,
            kind="probability",
            unit=Unit.PROBABILITY,
            value=value,
            low=value - 0.04,
            high=value + 0.15,
            base=value + 0.02,
            house_low=0.25 if code == "flash" else None,
            house_high=0.3 if code == "flash" else None,
        )

    risk = Headline(code="risk_debt_limit", kind="grade", unit=Unit.PROBABILITY, state="low")
    close = Headline(code="close", kind="value", unit=Unit.POINTS, value=20_000 + as_of.month)
    chances = [chance("flash", 0.514), chance("severe", 0.06)]
    if bear is not None:
        chances.append(chance("bear", bear))
    return Headlines(
        format=FORMAT,
        name=name,
        period=period,
        revision=int(revision or 1),
        as_of=as_of,
        dated=as_of,
        window_end=as_of + timedelta(days=360),
        state="in_line",
        verdict={code: f"{WORDS[code][1]} <{name}>" for code in CODES},
        headlines=(*chances, close, risk),
        record=dict(RECORD),
    )


def published(output: Path, name: str, *, bear: float | None = 0.28, **changes: Any) -> Edition:
    """Put an edition with reports, headlines and manifest into the archive.

    Args:
        output: the output folder.
        name: of the edition.
        bear: probability of a bear market; ``None`` in one.
        changes: to the head of its manifest.
    """
    head = head_of(name, **({"languages": CODES, "formats": ("html", "pdf")} | changes))
    files: dict[str, bytes] = {FILE: to_json(headlines_of(name, head.as_of, bear))}
    for code in head.languages:
        files[file_name(name, code, "html")] = report_of(name, code)
        files[file_name(name, code, "pdf")] = b"%PDF-1.7 " + name.encode()
    stage = stage_of(output, name, **files)
    sealing.seal(stage, head)
    return sealing.place(stage, output, name)


def archive(output: Path) -> Path:
    """Put the editions of three months into an archive; that of November is corrected."""
    first = published(output, "2025-10", bear=0.21)
    chained = {"previous": first.name, "previous_sha256": first.sha256}
    published(output, "2025-11", bear=None, **chained)
    revised = head_of("2025-11-r2").correction
    assert revised is not None
    second = published(
        output,
        "2025-11-r2",
        bear=None,
        correction=type(revised)(
            corrects="2025-11",
            revision=2,
            replaces=revised.replaces,
            day=date(2025, 11, 20),
            reason={"en": HOSTILE, "zh": f"表12有误。{HOSTILE}"},
        ),
        published=datetime(2025, 11, 20, 7, 30, tzinfo=UTC),
        **chained,
    )
    published(output, "2025-12", previous=second.name, previous_sha256=second.sha256)
    return output
