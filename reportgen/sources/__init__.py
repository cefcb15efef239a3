"""The publishers the report asks; a new one is a module beside these and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from reportgen.sources import (
    arch_data,
    bis,
    boj,
    cboe,
    cftc,
    folder,
    fred,
    fred_api,
    lbma,
    sec,
    treasury,
    yahoo,
)
from reportgen.sources.base import Source

SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        fred.NAME: fred,
        fred_api.NAME: fred_api,
        cboe.NAME: cboe,
        treasury.NAME: treasury,
        cftc.NAME: cftc,
        sec.NAME: sec,
        bis.NAME: bis,
        boj.NAME: boj,
        lbma.NAME: lbma,
        yahoo.NAME: yahoo,
        folder.NAME: folder,
        arch_data.NAME: arch_data,
    }
)
"""Every source by the name the catalogue gives it."""
