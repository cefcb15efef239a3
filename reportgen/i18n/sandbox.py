"""What a template may touch: plain data and records, nothing that acts.

Texts of clients, analysts and publishers are values and never templates. Should one of them ever
be taken for a template, or a template be changed by somebody else, it finds figures and words,
and no way from them to a file, a process or the rest of the program.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence, Set
from dataclasses import is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec
from jinja2.environment import TemplateModule
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, TemplateReference, Undefined
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace

_PLAIN = (str, bytes, int, float, Decimal, date, time, timedelta, Sequence, Set, Mapping)
_TEMPLATES_OWN = (
    TemplateModule,
    TemplateReference,
    BlockReference,
    LoopContext,
    Macro,
    Undefined,
    Cycler,
    Joiner,
    Namespace,
)
_NEVER = (types.ModuleType, type, types.FunctionType, types.MethodType, Context)


class PlainData(SandboxedEnvironment):
    """Jinja's sandbox, and of objects only those that hold data.

    Its lists may be added to: they are the template's own, what it is given is frozen.

    Args:
        helpers: classes that are no records and may be used all the same.
        settings: of the environment.
    """

    def __init__(self, *, helpers: tuple[type, ...], **settings: Any) -> None:
        super().__init__(**settings)
        self._helpers = helpers
        self._judged: dict[type, bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Tell whether a template may look at this of an object."""
        kind = type(obj)
        if kind not in self._judged:
            self._judged[kind] = self._holds_data(kind)
        return self._judged[kind] and super().is_safe_attribute(obj, attr, value)

    def is_safe_callable(self, obj: Any) -> bool:
        """Tell whether a template may call this: its own macros, our functions, no class."""
        if isinstance(obj, type):
            return obj is dict or issubclass(obj, _TEMPLATES_OWN)
        return super().is_safe_callable(obj)

    def _holds_data(self, kind: type) -> bool:
        if issubclass(kind, _NEVER):
            return False
        if is_dataclass(kind) or issubclass(kind, msgspec.Struct | Enum):
            return True
        return issubclass(kind, (*_PLAIN, *_TEMPLATES_OWN, *self._helpers))
