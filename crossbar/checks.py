"""Checks of public arguments: whole numbers, generators, arrays, parts and fields.

Each check returns its value as a plain number or an array, or raises an error in the form of
:func:`crossbar.errors.message`. :func:`check_fields` checks every field of a specification.
"""

from __future__ import annotations

import enum
import functools
import inspect
import math
import os
import types
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from crossbar.errors import (
    LONGEST,
    DataError,
    ShapeError,
    fail,
    message,
    plain,
    require_number,
    shown,
)

Part = TypeVar("Part")
Check: TypeAlias = Callable[[str, Any], Any]
Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


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


def require_part(where: str, value: Part, kind: type[Any]) -> Part:
    """Return ``value``, or raise unless it is a ``kind``."""
    if not isinstance(value, kind):
        if issubclass(kind, enum.Enum):
            members = " or ".join(str(member) for member in kind)
            fail(where, f"a member of {kind.__name__}", shown(value), f"Give {members}.")
        leaves = ", ".join(f"{leaf.__name__}(...)" for leaf in _leaves(kind))
        fail(where, _article(kind), shown(value), f"Give {leaves or _article(kind)}.")
    return value


def require_array(where: str, value: Any, shape: tuple[int | str, ...] | None = None) -> Array:
    """Return ``value`` as an array of finite real numbers, or raise.

    ``shape`` has the length of every axis, or a name for an axis of any length. None allows any
    shape.

    Raises
    ------
    ShapeError
        If it has another shape.
    DataError
        If it is empty, or holds text, complex numbers, objects, times, NaN or infinity.
    """
    array = real(where, value)
    if shape is not None:
        fits = len(shape) == array.ndim and all(
            isinstance(want, str) or want == got
            for want, got in zip(shape, array.shape, strict=True)
        )
        if not fits:
            expected = f"shape ({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
            raise ShapeError(message(where, expected, array.shape, "The batch axis is first."))
    if not array.size:
        got = f"none in shape {array.shape}"
        raise DataError(message(where, "at least one number", got, "Give some."))
    require_finite(where, array)
    return array


def real(where: str, value: Any) -> Array:
    """Return ``value`` as an array, or raise unless it holds real numbers."""
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):  # rows of different lengths
        array = np.empty(0, object)
    if array.dtype.kind not in "fiub":
        got = f"{shown(value)}" if array.dtype == object else f"numbers of type {array.dtype}"
        remedy = "Convert it with np.asarray(values, float)."
        raise DataError(message(where, "an array of real numbers", got, remedy))
    return array


def require_finite(where: str, array: Array) -> None:
    """Raise if a number in ``array`` is NaN or infinite."""
    # The sum of squares takes a fifth of the time of isfinite; it may overflow where all is well.
    if array.dtype.kind == "f" and not math.isfinite(np.vdot(array, array)):
        wrong = ~np.isfinite(array)
        if wrong.any():
            at = tuple(int(k) for k in np.argwhere(wrong)[0])
            got = f"{array[at]} at {at}"
            raise DataError(message(where, "finite numbers", got, "Remove or replace it."))


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


def entry(where: str, arrays: Any, name: str) -> Any:
    """Return what ``arrays`` has under ``name``, or raise."""
    if not isinstance(arrays, Mapping) or name not in arrays:
        known = ", ".join(map(str, arrays)) if isinstance(arrays, Mapping) else shown(arrays)
        remedy = "Give what arrays() returned."
        raise DataError(message(where, f"the entry '{name}'", known[:LONGEST] or "none", remedy))
    return arrays[name]


def require_entry(where: str, arrays: Any, name: str, shape: tuple[int, ...]) -> Array:
    """Return the finite numbers of ``shape`` that ``arrays`` has under ``name``, or raise."""
    return require_array(f"{where}, '{name}'", entry(where, arrays, name), shape)


def require_labels(where: str, value: Any, classes: int, samples: int) -> Array:
    """Return ``value`` as labels (samples,), or raise unless they are whole, 0 to classes - 1."""
    labels = np.asarray(value)
    expected = f"{samples} whole numbers from 0 to {classes - 1}"
    remedy = "Number the classes from 0: np.unique(names, return_inverse=True)[1]."
    if labels.dtype.kind not in "iu":
        got = f"labels of type {labels.dtype}"
        raise DataError(message(where, expected, got, remedy))
    if labels.shape != (samples,):
        raise ShapeError(message(where, expected, f"shape {labels.shape}", "Give one a sample."))
    if samples and not 0 <= labels.min() <= labels.max() < classes:
        got = f"labels from {labels.min()} to {labels.max()}"
        raise DataError(message(where, expected, got, remedy))
    return labels


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
    hints = get_type_hints(kind)
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


def _article(kind: type[Any]) -> str:
    """Return the name of ``kind`` with its article."""
    return f"{'an' if kind.__name__[0] in 'AEIOaeio' else 'a'} {kind.__name__}"
