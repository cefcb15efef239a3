"""Which models the printed probability is made of."""

from __future__ import annotations

from reportgen.models import (
    climatology,
    conditional_climatology,
    parameter_draws,
    path_events,
    vix_blend,
)
from reportgen.models.spec import ModelSpec


def pooled_specs() -> tuple[ModelSpec, ...]:
    """Return the models behind the pooled probability and its interval."""
    return (
        path_events.SPEC,
        vix_blend.SPEC,
        climatology.SPEC,
        conditional_climatology.SPEC,
        parameter_draws.SPEC,
    )


def versions() -> dict[str, str]:
    """Return the version of each of them, by id."""
    return {spec.id: spec.version for spec in pooled_specs()}
