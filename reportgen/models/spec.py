"""What every model declares about itself, and where its random numbers come from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import numpy as np


@dataclass(frozen=True)
class ModelSpec:
    """The identity of a model; its words (question, formula, failure) stand in the catalogues.

    Args:
        id: the model's number in the published method, for example ``"M4"``.
        version: raised whenever the same inputs would give other figures.
        inputs: ids of the catalogue for the series behind the model's figures.
        references: the publications the method is taken from, as cited.
    """

    id: str
    version: str
    inputs: tuple[str, ...]
    references: tuple[str, ...]


def seed_of(as_of: date, spec: ModelSpec) -> int:
    """Return the seed of a simulation: a hash of as-of date, model id and version.

    It depends on nothing else, so cutting or adding later data changes no draw.
    """
    text = f"{as_of.isoformat()}|{spec.id}|{spec.version}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def generator(as_of: date, spec: ModelSpec) -> np.random.Generator:
    """Return the random generator of a model at an as-of date (PCG64)."""
    return np.random.Generator(np.random.PCG64(seed_of(as_of, spec)))
