"""Specifications: what all that is set once, and then described and recorded, has in common."""

from __future__ import annotations

import enum
import functools
import inspect
from dataclasses import fields, is_dataclass
from typing import Any, Self

from crossbar.checks import Checked, check_fields
from crossbar.contracts import Contract
from crossbar.errors import fail, shown

PLAIN = (bool, int, float, str, enum.Enum, type, type(None))


class Specification(Checked, Contract):
    """An immutable object of some fields, a frozen dataclass.

    Its fields are checked against their types and limits when it is made. A class with a
    ``__post_init__`` of its own begins that with ``super().__post_init__()`` if it goes by them;
    they are checked in any case where the object is put to use.

    Raises
    ------
    ConfigError
        If a field has another type or is out of its limits, or the class is no frozen dataclass.
    """

    def __new__(cls, *given: Any, **named: Any) -> Self:
        """Return a new object, or raise unless its class is a frozen dataclass."""
        made = super().__new__(cls, *given, **named)
        _require_frozen(cls)
        return made

    def prove(self) -> None:
        """Raise unless its fields are within their limits, and records can hold them."""
        super().prove()
        check_fields(self)
        this: Any = self
        for one in fields(this):
            if one.metadata.get("record", True):
                _require_plain(f"{type(self).__name__}.{one.name}", getattr(self, one.name))


def _require_plain(where: str, value: Any) -> None:
    """Raise unless ``value`` is immutable and has a place in records."""
    if isinstance(value, tuple):
        for each in value:
            _require_plain(where, each)
    elif not (isinstance(value, PLAIN) or inspect.isroutine(value) or is_dataclass(value)):
        remedy = "Write a number, a text, a tuple[float, ...] or a frozen dataclass."
        fail(where, "a value that a record can hold", shown(value), remedy)


@functools.cache
def _require_frozen(kind: type[Any]) -> None:
    """Raise unless the class ``kind`` is a frozen dataclass, with all of its fields."""
    for base in kind.__mro__:
        parameters = vars(base).get("__dataclass_params__")
        if parameters is not None or inspect.get_annotations(base):
            break
    if not getattr(parameters, "frozen", False):
        got = "a class without @dataclass" if parameters is None else "one that is not frozen"
        remedy = "Write @dataclass(frozen=True, kw_only=True) above it."
        fail(kind.__name__, "a frozen dataclass", got, remedy)
