"""Short texts of objects that hold arrays: class, shapes and ranges."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from crossbar.units import text

LONGEST = 200  # characters


def brief(state: Any) -> str:
    """Return one line for an object: its numbers, and shape and range of its arrays.

    Frozen dataclasses that hold arrays assign it to ``__repr__``.

    Examples
    --------
    >>> array(np.array([[1.0, 2.5]]))
    '(1, 2) 1 to 2.5'
    """
    shown = []
    for name, value in contents(state).items():
        if isinstance(value, np.ndarray):
            shown.append(f"{name} {array(value)}")
        elif isinstance(value, (int, float, str)):
            shown.append(f"{name}={value!r:.40}")
    line = f"<{type(state).__name__} {', '.join(shown)}>"
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 4]}...>"


def contents(state: Any) -> dict[str, Any]:
    """Return the values of a dataclass that it shows, or the public ones of another object."""
    if is_dataclass(state):
        return {f.name: getattr(state, f.name) for f in fields(state) if f.repr}
    return {name: value for name, value in vars(state).items() if not name.startswith("_")}


def array(values: np.ndarray[Any, Any]) -> str:
    """Return the shape of ``values`` and, if they are numbers, their range."""
    numbers = values.dtype.kind in "fiu" and values.size
    return f"{values.shape}" + (f" {values.min():.4g} to {values.max():.4g}" if numbers else "")


def siemens(values: np.ndarray[Any, Any]) -> str:
    """Return the range of conductances.

    Examples
    --------
    >>> siemens(np.array([1e-6, 4e-5]))
    '1 uS to 40 uS'
    """
    return f"{text(float(values.min()), 'S')} to {text(float(values.max()), 'S')}"
