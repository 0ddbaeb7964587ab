"""Objects that show themselves: in one line, as a table in a notebook, and as a figure."""

from __future__ import annotations

import enum
import html
import importlib
import inspect
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

import numpy as np

from crossbar.brief import LONGEST, array, brief, contents
from crossbar.docstrings import described
from crossbar.units import text

FIGURES = "crossbar.plots"  # the room of figures is above all others: by name alone
EACH = 5  # entries of a tuple that are shown
WIDE = 48  # characters of a value that has no short form
DEPTH = 3


class Displayed:
    """An object with a short ``repr``, a table for notebooks and a figure.

    A specification, which is a frozen dataclass, shows the fields that differ from their defaults;
    a state shows shapes and ranges of its arrays. Texts of records and keys of caches come from
    :func:`crossbar.runs.plain.describe` and from whole values, never from here.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__repr__" not in vars(cls):  # dataclass() then leaves that of the bases
            type.__setattr__(cls, "__repr__", cls.__repr__)

    def __repr__(self) -> str:
        return _specified(self) if _frozen(self) else brief(self)

    def _repr_html_(self) -> str:
        """Return the table that notebooks show."""
        own = type(self)._facts is not Displayed._facts
        facts = [] if _frozen(self) and not own else self._facts().items()
        rows = [(name, value, "") for name, value in facts] or _settings(self)
        body = "".join(
            f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
            f"<td style='text-align:left'>{html.escape(value)}</td>"
            f"<td style='text-align:left'>{html.escape(words)}</td></tr>"
            for name, value, words in rows
        )
        title = html.escape(type(self).__name__)
        return f"<table><caption><b>{title}</b></caption><tbody>{body}</tbody></table>"

    def _facts(self) -> dict[str, str]:
        """Return what the table of a state shows, by name."""
        return {name: _value(value, "") for name, value in contents(self).items()}

    def plot(self, **options: Any) -> Any:
        """Return a figure of the object, a ``matplotlib.figure.Figure``.

        :func:`crossbar.plots.plot` says what is drawn.

        Raises
        ------
        ConfigError
            If there is no figure of such an object.
        """
        return importlib.import_module(FIGURES).plot(self, **options)


def _frozen(one: Any) -> bool:
    """Return whether ``one`` is a specification."""
    parameters: Any = getattr(type(one), "__dataclass_params__", None)
    return parameters is not None and bool(parameters.frozen)


def _specified(one: Any) -> str:
    """Return ``one`` as a call of its class, with as many of its parts as a line has room for."""
    lines = (_call(one, depth) for depth in reversed(range(DEPTH)))
    line = next((line for line in lines if len(line) <= LONGEST), _call(one, 0))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 4]}...)"


def _call(one: Any, depth: int) -> str:
    """Return ``one`` as a call, with the settings of its parts down to ``depth``."""
    shown = [(f, getattr(one, f.name)) for f in fields(one) if f.repr and f.init]
    changed = [f"{f.name}={_short(v, depth)}" for f, v in shown if not _usual(f, v)]
    return f"{type(one).__name__}({', '.join(changed)})"


def _usual(one: Field[Any], value: Any) -> bool:
    """Return whether ``value`` is the default of its field."""
    if one.default_factory is not MISSING:
        return bool(value == one.default_factory())
    return one.default is not MISSING and bool(one.default == value)


def _short(value: Any, depth: int) -> str:
    """Return ``value`` in short; parts below ``depth`` by their names."""
    if isinstance(value, Displayed) and type(value).__repr__ is Displayed.__repr__:
        if depth or not _call(value, 0)[len(type(value).__name__) + 2 :]:
            return _call(value, depth - 1)
        return f"{type(value).__name__}(...)"
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, type) or inspect.isroutine(value):
        return str(value.__name__)
    if isinstance(value, np.ndarray):
        return f"<{array(value)}>"
    if isinstance(value, Mapping):
        return f"{{{_some([f'{k!r}: {_short(v, depth)}' for k, v in value.items()])}}}"
    if isinstance(value, tuple):
        comma = "," if len(value) == 1 else ""
        return f"({_some([_short(each, depth) for each in value])}{comma})"
    line = " ".join(repr(value).split())
    return line if len(line) <= WIDE else f"{line[: WIDE - 3]}..."


def _some(texts: list[str]) -> str:
    """Return the first of ``texts`` and the last, where there are many."""
    if len(texts) > EACH:
        texts = [*texts[: EACH - 2], f"... {len(texts) - EACH + 1} more ...", texts[-1]]
    return ", ".join(texts)


def _settings(one: Any) -> list[tuple[str, str, str]]:
    """Return name, value and meaning of every field of a specification."""
    kind: Any = type(one)
    words = described(kind)
    return [
        (f.name, _value(getattr(one, f.name), f.metadata.get("unit", "")),
         f.metadata.get("words") or words.get(f.name, ""))
        for f in fields(one) if f.repr
    ]  # fmt: skip


def _value(value: Any, unit: str) -> str:
    """Return ``value`` as a table shows it, numbers with their unit."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        line = _short(value, 1)
        return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."
    return text(float(value), unit) if unit else f"{value:.6g}"
