"""Names for figures: every quantity learns its dotted path in the assessment, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from reportgen.facts.quantity import Day, Quantity

T = TypeVar("T")
Figure = Quantity | Day


def keyed(value: T, path: str = "") -> T:
    """Return a copy in which every ``Quantity`` and ``Day`` holds its path as ``key``.

    Members of a tuple are named by their ``code`` where they have one, else by position.
    """
    result: Any = value
    if isinstance(value, Quantity | Day):
        result = msgspec.structs.replace(value, key=path)
    elif isinstance(value, msgspec.Struct):
        changes = {name: keyed(part, _join(path, name)) for name, part in _fields(value)}
        result = msgspec.structs.replace(value, **changes)
    elif isinstance(value, tuple):
        result = tuple(keyed(part, _join(path, name)) for name, part in _members(value))
    elif isinstance(value, Mapping):
        result = {name: keyed(part, _join(path, str(name))) for name, part in value.items()}
    return result  # type: ignore[no-any-return]


def figures(value: object) -> Iterator[Figure]:
    """Yield every quantity and day inside ``value``, in the order it holds them."""
    if isinstance(value, Quantity | Day):
        yield value
    elif isinstance(value, msgspec.Struct):
        for _, part in _fields(value):
            yield from figures(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from figures(part)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from figures(part)


def _fields(struct: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    return ((name, getattr(struct, name)) for name in struct.__struct_fields__)


def _members(members: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    return ((getattr(part, "code", None) or str(i), part) for i, part in enumerate(members))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
