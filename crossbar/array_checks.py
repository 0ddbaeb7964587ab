"""Checks of arrays: real, finite, of a shape, labels, and what a state is restored from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from crossbar.errors import (
    LONGEST,
    DataError,
    ShapeError,
    message,
    shown,
)

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


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
