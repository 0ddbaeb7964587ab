"""Checks of public arguments: whole numbers, generators, parts and fields.

Each check returns its value as a plain number, or raises an error in the form of
:func:`crossbar.errors.message`. :func:`check_fields` checks every field of a specification.
"""

from __future__ import annotations

import enum
import functools
import inspect
import os
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from crossbar.contracts import Contract, foreign
from crossbar.errors import (
    article,
    fail,
    plain,
    require_number,
    shown,
)

Part = TypeVar("Part")
Check: TypeAlias = Callable[[str, Any], Any]


def require_whole(
    where: str,
    value: Any,
    *,
    low: int,
    high: int | None = None,
    remedy: str = "Give a whole number inside the range.",
) -> int:
    """Return ``value`` as a Python int, or raise unless it is whole and low <= it <= high.

    NumPy integers and integer arrays without dimensions are whole numbers; 8.0 and True are not.
    """
    number = plain(value)
    if type(number) is int and number >= low and (high is None or number <= high):
        return number
    span = f"of at least {low}" if high is None else f"from {low} to {high}"
    return fail(where, f"a whole number {span}", shown(value), remedy)


def require_generator(where: str, rng: Any) -> None:
    """Raise unless ``rng`` is a NumPy generator."""
    if not isinstance(rng, np.random.Generator):
        remedy = "Give np.random.default_rng(seed), or a generator of crossbar.Streams(seed)."
        fail(f"{where}.rng", "a numpy.random.Generator", shown(rng), remedy)


SHOWN = 8  # classes that an error names


def require_part(where: str, value: Part, kind: type[Any]) -> Part:
    """Return ``value``, or raise unless it is a ``kind`` that keeps its contract.

    What is, or holds, an object of a class from outside the package is tried once.
    """
    if not isinstance(value, kind):
        if issubclass(kind, enum.Enum):
            members = " or ".join(str(member) for member in kind)
            fail(where, f"a member of {kind.__name__}", shown(value), f"Give {members}.")
        given: Any = value
        own = isinstance(given, type) and issubclass(given, kind)
        leaves = [f"{leaf.__name__}(...)" for leaf in ([given] if own else _leaves(kind))]
        several = ", ".join(leaves[:SHOWN]) + (" or another one" if len(leaves) > SHOWN else "")
        inner = [one.name for one in (fields(given) if is_dataclass(given) and not own else ())
                 if isinstance(getattr(given, one.name, None), kind)]  # fmt: skip
        remedy = f"its {inner[0]}" if inner else several or article(kind)
        fail(where, article(kind), shown(value), f"Give {remedy}.")
    if isinstance(value, Contract) and foreign(value):
        value.prove()
    return value


def require_path(where: str, value: Any) -> Path:
    """Return ``value`` as a path, or raise unless it names one."""
    if not isinstance(value, (str, os.PathLike)) or not os.fspath(value):
        fail(where, "a path", shown(value), 'Give one such as "runs/first".')
    return Path(value)


def require_calls(where: str, **functions: Any) -> None:
    """Raise unless all ``functions`` can be called."""
    for name, function in functions.items():
        if not callable(function):
            remedy = "Give a function, not its result."
            fail(f"{where}.{name}", "a function", shown(function), remedy)


class Checked:
    """A dataclass whose fields are checked when it is made, see :func:`check_fields`."""

    def __post_init__(self) -> None:
        check_fields(self)


def check_fields(spec: Any) -> None:
    """Check every field of the dataclass ``spec`` against its type and limits, and convert it.

    ``__post_init__`` calls this. Numbers become plain Python numbers, and sequences of numbers
    become tuples, so that repr, equality, hash, JSON and TOML are those of plain values. The limits
    of a number are those of :func:`crossbar.units.quantity`.

    Raises
    ------
    ConfigError
        If a field has another type or is out of its limits.
    """
    kind: Any = type(spec)
    for name, check in _checks(kind):
        given = getattr(spec, name)
        settled = check(f"{kind.__name__}.{name}", given)
        if settled is not given:
            object.__setattr__(spec, name, settled)


@functools.cache
def _checks(kind: Any) -> tuple[tuple[str, Check], ...]:
    """Return the check of every field of the dataclass ``kind``."""
    try:
        hints = get_type_hints(kind)
    except NameError as error:
        remedy = "Import it, not under TYPE_CHECKING alone."
        fail(kind.__name__, "types of fields that its module knows", str(error), remedy)
    return tuple((f.name, _check(hints[f.name], dict(f.metadata))) for f in fields(kind))


def _check(hint: Any, metadata: dict[str, Any]) -> Check:
    """Return the function that checks and converts a value of the type ``hint``."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _optional(arguments, metadata)
    limits = metadata.get("limits", {})
    if hint is float:
        return functools.partial(require_number, unit=metadata.get("unit", ""), **limits)
    if hint is int:
        return functools.partial(require_whole, **({"low": 0} | limits))
    if origin is tuple:
        return functools.partial(_sequence, arguments, metadata)
    if origin is type:
        return functools.partial(_subclass, arguments)
    if inspect.isclass(origin or hint) and (origin or hint) is not object:
        return functools.partial(_part, origin or hint)
    return lambda where, value: value


def _optional(arguments: tuple[Any, ...], metadata: dict[str, Any]) -> Check:
    """Return the check of a union: None, a sequence or text where it has one, else its first."""
    none = type(None)
    others = [a for a in arguments if a is not none]
    if all(get_origin(a) is type for a in others):
        return functools.partial(_subclass, tuple(k for a in others for k in get_args(a)))
    checks = {get_origin(a) or a: _check(a, metadata) for a in others}
    first = next(iter(checks.values()))

    def check(where: str, value: Any) -> Any:
        if value is None and none in arguments:
            return None
        kind = tuple if isinstance(value, (list, np.ndarray)) and np.ndim(value) else type(value)
        return checks.get(kind, first)(where, value)

    return check


def _part(kind: type[Any], where: str, value: Any) -> Any:
    """Return ``value``, a NumPy boolean or text as one of Python; raise unless it is a ``kind``."""
    value = plain(value) if kind in (bool, str) else value
    return require_part(where, value, kind)


def _subclass(kinds: tuple[type[Any], ...], where: str, value: Any) -> Any:
    """Return ``value``, or raise unless it is a subclass of one of ``kinds``."""
    if not (isinstance(value, type) and issubclass(value, kinds)):
        names = " or ".join(kind.__name__ for kind in kinds)
        fail(where, f"the class {names}", shown(value), f"Give {names} itself.")
    return value


def _sequence(
    arguments: tuple[Any, ...], metadata: dict[str, Any], where: str, value: Any
) -> tuple[Any, ...]:
    """Return ``value`` as a tuple, with every element checked."""
    values = value.tolist() if isinstance(value, np.ndarray) else value
    free = arguments[-1] is Ellipsis
    if not isinstance(values, (list, tuple)) or not (free or len(values) == len(arguments)):
        expected = "a tuple of values" if free else f"{len(arguments)} values"
        fail(where, expected, shown(value), "Give a tuple such as (128, 64).")
    kinds = arguments[:1] if free else arguments
    checks = [_check(kind, metadata) for kind in kinds] * (len(values) if free else 1)
    each = tuple(check(where, one) for check, one in zip(checks, values, strict=True))
    same = type(value) is tuple and all(a is b for a, b in zip(each, value, strict=True))
    return value if same else each


def _leaves(kind: type[Any]) -> list[type[Any]]:
    """Return the classes of ``kind`` that have instances: itself, or its subclasses."""
    if not (inspect.isabstract(kind) or getattr(kind, "_is_protocol", False)):
        return [kind]
    return [leaf for below in kind.__subclasses__() for leaf in _leaves(below)]
