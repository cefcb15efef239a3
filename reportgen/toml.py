"""Read a TOML file into a frozen structure, strictly: what is not known is refused by name."""

from __future__ import annotations

import difflib
import re
import tomllib
import types
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec

from reportgen.errors import ConfigError, MissingInputError

T = TypeVar("T")


def load(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises:
        MissingInputError: there is no such file, or it cannot be read.
        ConfigError: it is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MissingInputError(f"{path}: there is no such file.") from None
    except OSError as problem:
        raise MissingInputError(f"{path}: cannot be read ({problem.strerror}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path}: this is not valid TOML: {problem}.") from None


def convert(data: Mapping[str, Any], kind: type[T], where: str, key: str = "") -> T:
    """Return ``data`` as a ``kind``; ``key`` is the dotted place of ``data`` in the file.

    Args:
        data: tables and values as ``tomllib`` gives them.
        kind: a frozen ``msgspec.Struct``.
        where: the file, as the reader knows it.
        key: where in the file ``data`` stands; empty for all of it.

    Raises:
        ConfigError: an unknown key (with the nearest known one), a missing key, a value of the
            wrong type or out of range; the sentence names file and key.
    """
    _refuse_unknown(data, kind, where, key)
    try:
        return msgspec.convert(data, type=kind)
    except msgspec.ValidationError as problem:
        raise ConfigError(_sentence(str(problem), where, key)) from None


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a hint naming the nearest known word, or the known words when none is near."""
    words = sorted(known)
    near = difflib.get_close_matches(word, words, n=1)
    if near:
        return f"Did you mean {near[0]}?"
    return f"Known here: {', '.join(words)}." if words else ""


def join(*parts: str) -> str:
    """Return the dotted key of its parts."""
    return ".".join(part for part in parts if part)


def _refuse_unknown(data: Mapping[str, Any], kind: Any, where: str, key: str) -> None:
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    for name, value in data.items():
        if name not in fields:
            raise ConfigError(f"{where}: unknown key {join(key, name)}.", suggestion(name, fields))
        inner = _struct_in(fields[name])
        if inner is not None and isinstance(value, Mapping):
            _refuse_unknown(value, inner, where, join(key, name))


def _struct_in(annotation: Any) -> Any | None:
    """Return the structure an annotation (perhaps ``X | None``) stands for, if it is one."""
    options = (
        get_args(annotation)
        if get_origin(annotation) in (Union, types.UnionType)
        else (annotation,)
    )
    found = [one for one in options if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    return found[0] if found else None


def _sentence(problem: str, where: str, key: str) -> str:
    """Turn msgspec's message into one that names file and key."""
    found = re.fullmatch(r"(.*?)(?: - at (?:`key` in )?`\$\.?([^`]*)`)?", problem)
    text, inside = (found[1], found[2] or "") if found else (problem, "")
    missing = re.fullmatch(r"Object missing required field `(.+)`", text)
    if missing:
        return f"{where}: the key {join(key, inside, missing[1])} is missing."
    text = text.replace("`", "").rstrip(".")
    return f"{where}: {join(key, inside) or 'the file'}: {text[:1].lower()}{text[1:]}."
