"""What every contract asks of a class that keeps it, and what is said of one that does not.

Names, kinds and parameters are looked at when a class is defined, completeness when it is made, and
answers when an object of a class from outside the package is put to use, by trying it once.
"""

from __future__ import annotations

import difflib
import functools
import inspect
import sys
from abc import ABC
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from operator import attrgetter
from types import FunctionType
from typing import Any, Self, TypeVar

import numpy as np

from crossbar.displayed import Displayed
from crossbar.errors import CrossbarError, article, fail, reason, shown, users_lines

Answer = TypeVar("Answer")
ALIKE = 0.85  # ratio of difflib from which a name is taken for another one misspelt
ROUNDING = 1e-12


class _Parameters:
    """What a class is made with, for ``help``, which ``Contract.__new__`` would hide."""

    def __get__(self, one: object, kind: Any) -> inspect.Signature:
        return inspect.signature(functools.partial(kind.__init__, None))


class Contract(Displayed, ABC):
    """A class that classes of the package and from outside complete.

    Raises
    ------
    ConfigError
        If a class has a method of the contract with other parameters, as a property or under a
        name that is nearly the same; if an object is made of a class that lacks a method.
    """

    __signature__ = _Parameters()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in {**vars(cls), **inspect.get_annotations(cls)}:
            if not name.startswith("_"):
                _require_kept(cls, name)

    def __new__(cls, *_: Any, **__: Any) -> Self:
        """Return a new object, or raise if its class lacks a method."""
        if lacking := ", ".join(sorted(cls.__abstractmethods__)):
            contract = next(base for base in cls.__mro__ if not outside(base))
            expected, got = f"a complete {contract.__name__}", f"one without {lacking}"
            fail(cls.__name__, expected, got, "Write what is missing.")
        return super().__new__(cls)

    def prove(self) -> None:
        """Raise unless an object of a class from outside keeps the contract, by trying it.

        It is called where the object is put to use.
        """


def _require_kept(kind: type[Any], name: str) -> None:
    """Raise unless the class ``kind`` has the attribute ``name`` as its contract has it."""
    where, own = f"{kind.__name__}.{name}", vars(kind).get(name)
    bases = [base for base in kind.__mro__[1:] if not outside(base)]
    theirs = next((vars(base)[name] for base in bases if name in vars(base)), None)
    typed = inspect.get_annotations(kind)
    if name in getattr(kind, "__dataclass_fields__", {}) and name not in typed:
        fail(where, "a field with its type", "a value alone", f"Write {name}: TYPE = VALUE.")
    elif isinstance(theirs, property) and inspect.isfunction(own):
        fail(where, "a property", "a method", "Write @property above it.")
    elif inspect.isfunction(theirs):
        if not inspect.isroutine(own):
            got = "a property" if isinstance(own, property) else "a field"
            fail(where, "a method", got, "Take @property away, or another name.")
        if inspect.isfunction(own):
            _require_parameters(where, theirs, own)
    elif theirs is None and outside(kind) and isinstance(own, (FunctionType, property)):
        known = {each for base in bases for each in vars(base) if each[0] != "_"}
        close = difflib.get_close_matches(name, known - {*vars(kind)}, n=1, cutoff=ALIKE)
        if close and not (close[0].startswith(name) or name.startswith(close[0])):  # no plural
            remedy = f"Rename it to {close[0]}, or to _{name} if it is yours alone."
            fail(where, "no name that is nearly one of the contract", close[0], remedy)


def _require_parameters(where: str, theirs: Any, own: Any) -> None:
    """Raise unless the function ``own`` can be called as the one that it takes the place of."""
    wanted, given = inspect.signature(theirs), inspect.signature(own)
    each = wanted.parameters.values()
    needed = [p for p in each if p.default is p.empty]
    free = any(p.kind is p.VAR_POSITIONAL for p in each)
    try:
        for called in (each, needed):
            positions = [None for p in called if p.kind not in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
            names = {p.name: None for p in called if p.kind is p.KEYWORD_ONLY}
            (given.bind_partial if free else given.bind)(*positions, **names)
    except TypeError:
        expected = f"the parameters {_brief(wanted)}"
        fail(where, expected, _brief(given), "Give it the parameters of the contract.")


def _brief(signature: inspect.Signature) -> str:
    """Return ``signature`` without types."""
    each = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    return str(inspect.Signature(each))


def outside(kind: Any) -> bool:
    """Return whether the class or function ``kind`` is defined outside the package."""
    home: str = kind.__module__
    return home.partition(".")[0] != "crossbar"


def foreign(value: Any) -> bool:
    """Return whether ``value``, or a part of it, is of a class from outside the package."""
    if outside(type(value)):
        return True
    parts = fields(value) if is_dataclass(value) else ()
    return any(isinstance(part, Contract) and foreign(part)
               for part in (getattr(value, f.name) for f in parts))  # fmt: skip


def answer(owner: Any, name: str, *given: Any, of: str = "", **keywords: Any) -> Any:
    """Return the attribute ``name`` of ``owner``, or what that method gives for ``given``.

    ``of`` ends the name of the method in an error.

    Raises
    ------
    ConfigError
        If it fails, or changes an array that it is given.
    """
    where = named(owner, name, of)
    arrays = [value for value in given if isinstance(value, np.ndarray)]
    before = [array.copy() for array in arrays]
    value = call(where, type(owner), lambda: getattr(owner, name))
    if given or keywords or inspect.isroutine(value):
        value = call(where, type(owner), functools.partial(value, *given, **keywords))
    if not all(map(np.array_equal, arrays, before)):
        remedy = "Change a copy: x = x.copy()."
        fail(where, "arguments that it leaves as they are", "one that it changed", remedy)
    return value


def call(where: str, by: Any, function: Callable[[], Answer]) -> Answer:
    """Return what ``function`` gives, or raise in one line if it fails and ``by`` is from outside.

    A line of the user's where it fails counts as well.
    Warnings of NumPy are omitted: the answer is judged, not how it comes about.
    """
    try:
        with np.errstate(all="ignore"):
            return function()
    except CrossbarError:
        raise
    except Exception as error:
        if not (outside(by) or users_lines(error)):
            raise
        fail(where, "an answer", reason(error), "Correct the code.")


def require_numbers(
    where: str, value: Any, shape: tuple[int, ...], *, low: float | None = None, remedy: str = ""
) -> Any:
    """Return ``value``, or raise unless it is an array of ``shape`` of finite real numbers.

    They are at least ``low``, but for rounding.
    """
    expected = f"an array of shape {shape}"
    if not isinstance(value, np.ndarray) or value.shape != shape:
        got = shown(value)
        fail(where, expected, got, remedy or "Return a number for each: np.full_like(x, value).")
    if value.dtype.kind not in "fiub":
        fail(where, "real numbers", f"numbers of type {value.dtype}", "Return real numbers.")
    if not np.isfinite(value).all():
        wrong = value[~np.isfinite(value)][0]
        fail(where, "finite numbers", f"{wrong}", "Look for a division by 0 or a root below 0.")
    if low is not None and value.min(initial=low) < low - ROUNDING:
        fail(where, f"numbers of at least {low:g}", f"{value.min():g}", remedy or "Raise it.")
    return value


def require_instance(where: str, value: Any, kind: type[Answer], remedy: str) -> Answer:
    """Return ``value``, what a method gave, or raise unless it is a ``kind``."""
    if not isinstance(value, kind):
        fail(where, article(kind), shown(value), remedy)
    return value


def require_begun(made: Any, attribute: str, given: str) -> None:
    """Raise unless ``made`` has the ``attribute`` that the constructor of its contract sets."""
    if not hasattr(made, attribute):
        expected = f"the beginning super().__init__({given})"
        fail(named(made, "__init__"), expected, "none", "Write it first.")


def forwarded(part: str, name: str, contract: type[Any]) -> Any:
    """Return the property ``name`` of a ``contract`` that a part of an object answers for it."""
    return property(attrgetter(f"{part}.{name}"), doc=getattr(contract, name).__doc__)


def public(kind: type[Any], *, depth: int = 1) -> str:
    """Return the name by which the class ``kind`` is imported: the shortest, ``crossbar.nn.Layer``.

    Its module has ``depth`` parts or more.

    Examples
    --------
    >>> from crossbar.nn.layers.base import Layer
    >>> public(Layer)
    'crossbar.nn.Layer'
    """
    parts = kind.__module__.split(".")
    homes = [".".join(parts[:k]) for k in range(depth, len(parts) + 1)]
    known = (h for h in homes if getattr(sys.modules.get(h), kind.__name__, None) is kind)
    home = next(known, kind.__module__)  # of a class inside a function
    return f"{home}.{kind.__name__}"


def named(owner: Any, name: str, of: str = "") -> str:
    """Return the name of a method in an error: ``Class.method``, and what it is ``of``."""
    return f"{type(owner).__name__}.{name}{of and f' of {of}'}"
