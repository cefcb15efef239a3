"""The first stage: the figures, the house view as it was known, and the edition's dates."""

from __future__ import annotations

from reportgen.pipeline.request import Gathered, Request


def gather(request: Request) -> Gathered:
    """Return the figures, the house view as it was known, and the edition's dates."""
    from reportgen import bundled
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
    if request.house is not None:
        held = read(request.house).stated_by(dates.dated)
    else:
        held = None if request.houseless else bundled.house_known(dates.dated)
    return Gathered(found, held, dates)
