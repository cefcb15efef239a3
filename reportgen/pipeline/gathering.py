"""The first stage: the figures, the house view as it was known, and the edition's dates."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.pipeline.request import Gathered, Request

if TYPE_CHECKING:
    from reportgen.period import EditionDates

PERIOD = r"\d{4}-(0[1-9]|1[0-2])"


def gather(request: Request) -> Gathered:
    """Return the figures, the house view as it was known, and the edition's dates."""
    from reportgen.gather import Wish, material
    from reportgen.house import read
    from reportgen.period import edition_dates

    found = material(
        Wish(
            data=request.data,
            as_of=request.as_of,
            now=request.now,
            output=request.output,
            settings=request.settings,
            keyed=request.keyed,
            known_at=request.known_at,
        )
    )
    dates = request.dates or edition_dates(found.snapshot.as_of, request.period)
    path = house_file(request, dates)
    held = read(path).stated_by(dates.dated) if path else None
    return Gathered(found, held, dates, path if held else None)


def house_file(request: Request, dates: EditionDates) -> Path | None:
    """Return the file of the house view an edition takes.

    That asked for; else the house's own of the month or of the newest month before; else the
    newest bundled one of which something was stated by the day of the edition.
    """
    from reportgen import bundled

    if request.houseless:
        return None
    if request.house is not None:
        return request.house
    own = Path(request.settings.paths.house)
    names = [path for path in own.glob("*.toml") if re.fullmatch(PERIOD, path.stem)]
    held = [path for path in names if path.stem <= dates.period]
    return max(held) if held else bundled.house_file_known(dates.dated)
