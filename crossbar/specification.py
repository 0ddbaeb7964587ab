"""Specifications: what all that is set once, and then described and recorded, has in common."""

from __future__ import annotations

import functools
import inspect
from typing import Any, Self

from crossbar.checks import check_fields
from crossbar.contracts import Contract
from crossbar.errors import fail


class Specification(Contract):
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
        _require_frozen(cls)
        return super().__new__(cls, *given, **named)

    def __post_init__(self) -> None:
        """Check every field."""
        check_fields(self)

    def prove(self) -> None:
        """Raise unless its fields are within their limits."""
        super().prove()
        check_fields(self)


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
