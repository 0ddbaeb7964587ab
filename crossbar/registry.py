"""Registries: what a ``kind`` in the settings may name, of the package and from outside.

A kind is a registered name, the name of an entry point of an installed package, or
``module:Class``, where the module is imported from the current folder or from ``PYTHONPATH``. It is
kept as this text, so that another process, a resumed run and a record find the same class again.
"""

from __future__ import annotations

import functools
import inspect
import re
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NamedTuple, TypeVar

from crossbar.contracts import public
from crossbar.errors import article, closest, fail, shown
from crossbar.references import referred

Entry = TypeVar("Entry")
NONE = "none"
REFERENCE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_REGISTRIES: dict[type[Any], Registry] = {}


class Reader(NamedTuple):
    """How a file that settings name in place of a kind becomes what they mean.

    Attributes
    ----------
    written
        How such a file is written in a list of kinds: ``PATH.csv``.
    names
        Whether a text is the path of one.
    read
        What makes an instance of the path.
    makes
        Classes of such instances, where they are few: their fields may be set beside the path.
    """

    written: str
    names: Callable[[str], bool]
    read: Callable[[str], Any]
    makes: tuple[type[Any], ...] = ()


class Registry:
    """What stands for one contract, by name: its classes, instances, functions that return one.

    Parameters
    ----------
    contract
        The class that what is registered derives from, is an instance of, or returns.
    group
        Name of the extension point, such as ``steps``; entry points of installed packages are
        those of the group ``crossbar.steps``.
    about
        What is registered here, in a few words.
    setting
        Dotted name of the setting that takes a kind of it, for errors.
    also
        A class whose instances may be registered too, such as a preset that holds its sources.
    default
        Kind that a table of settings has if it names none and the field is empty.

    Examples
    --------
    In ``crossbar.devices`` a name is registered where its class is defined::

        STEPS = Registry(Step, "steps", "how a pulse moves a conductance", setting="device.step")

        @STEPS.register("soft-bounds")
        class SoftBounds(Step): ...

        STEPS.resolve("soft-bounds", "device.step")  # SoftBounds
        STEPS.resolve("my_lab.devices:MyStep", "device.step")  # imported
    """

    def __init__(
        self,
        contract: type[Any],
        group: str,
        about: str,
        *,
        setting: str = "",
        also: type[Any] | None = None,
        default: str | None = None,
    ) -> None:
        self.contract = contract
        self.group = group
        self.about = about
        self.setting = setting or group
        self.default = default
        self.reader: Reader | None = None
        self._types = (contract,) if also is None else (contract, also)
        self._entries: dict[str, Any] = {}
        self._words: dict[str, str] = {}
        _REGISTRIES[contract] = self

    def __repr__(self) -> str:
        return f"Registry({self.group}: {', '.join(self.names)})"

    def register(self, name: str, *, words: str = "") -> Callable[[Entry], Entry]:
        """Return the decorator that registers a class, a function or an instance as ``name``.

        Parameters
        ----------
        name
            As settings give it.
        words
            One line for lists; without it the first line of the docstring.

        Raises
        ------
        ConfigError
            If another has the name, or what it is to stand for is none of the contract.
        """

        def enter(entry: Entry) -> Entry:
            where = f"{self.group}.{name}"
            if name in self._entries and not _same(self._entries[name], entry):
                fail(where, "a name of its own", "one that is taken", "Choose another.")
            self._entries[name] = self._checked(entry, where)
            self._words[name] = words
            return entry

        return enter

    @property
    def names(self) -> tuple[str, ...]:
        """Every name: those registered, in their order, then those of installed packages."""
        return (*self._entries, *(n for n in _points(self.group) if n not in self._entries))

    def expected(self, beside: Sequence[str] = ()) -> str:
        """Return what a kind may be, for an error, after other names that the setting takes."""
        written = () if self.reader is None else (self.reader.written,)
        return f"one of: {', '.join((*beside, *self.names, *written, 'module:Class'))}"

    def words(self, name: str) -> str:
        """Return one line about what ``name`` stands for."""
        entry = self.resolve(name, self.group)
        text = self._words.get(name) or inspect.getdoc(entry) or ""
        return text.strip().partition("\n")[0].replace("`", "")

    def resolve(self, kind: Any, where: str, beside: Sequence[str] = ()) -> Any:
        """Return the class, function or instance that ``kind`` stands for.

        Parameters
        ----------
        kind
            A name, ``module:Class``, or a path where the registry has a reader.
        where
            Dotted name of the setting, for errors.
        beside
            Other names that the setting takes, for errors.

        Raises
        ------
        ConfigError
            If there is no such name, module or class, the module fails to import, or what is
            there is none of the contract.
        """
        if kind is None and NONE in self._entries:  # as the command line reads it
            return self._entries[NONE]
        if isinstance(kind, str):
            if kind in self._entries:
                return self._entries[kind]
            if self.reader is not None and self.reader.names(kind):
                return functools.partial(self.reader.read, kind)
            point = _points(self.group).get(kind)
            reference = kind if point is None else point.value
            if REFERENCE.fullmatch(reference):
                return self._checked(referred(reference, where), where)
        known = (*beside, *self.names)
        remedy = closest(str(kind), known, "`crossbar info` says what each is.")
        return fail(where, self.expected(beside), shown(kind), remedy)

    def name_of(self, kind: type[Any]) -> str:
        """Return how settings name the class ``kind``: as it is registered, or ``module:Class``."""
        names = (name for name, entry in self._entries.items() if entry is kind)
        return next(names, ":".join(public(kind, depth=2).rsplit(".", 1)))

    def _checked(self, entry: Any, where: str) -> Any:
        """Return ``entry``, or raise unless the contract can be had of it."""
        name, one = self.contract.__name__, article(self.contract)
        kind = entry if isinstance(entry, type) else type(entry)
        fits = isinstance(entry, self._types) or inspect.isroutine(entry)
        if not (issubclass(kind, self.contract) if kind is entry else fits):
            got, remedy = _elsewhere(kind, shown(entry))
            expected = f"{one}, its class or a function that returns one"
            if kind is entry:
                expected = f"a class of {one}"
            fail(where, expected, got, remedy or f"Derive it from {public(self.contract)}.")
        if missing := sorted(getattr(entry, "__abstractmethods__", ())):
            got = f"{entry.__name__} without {', '.join(missing)}"
            fail(where, f"a complete {name}", got, "Write what is missing.")
        return entry


def _elsewhere(kind: type[Any], got: str) -> tuple[str, str]:
    """Return what an object of another contract is, as ``got`` names it, and where it belongs."""
    for other in _REGISTRIES.values():
        if issubclass(kind, other.contract):
            return f"{got}, {article(other.contract)}", f"It is a kind of {other.setting}."
    return got, ""


def registry_of(contract: Any) -> Registry | None:
    """Return the registry of the class ``contract``; None where it has none."""
    return _REGISTRIES.get(contract) if isinstance(contract, type) else None


def names_file(text: str) -> bool:
    """Return whether ``text`` is the path of a file that stands in place of a kind."""
    return any(one.reader is not None and one.reader.names(text) for one in registries())


def registries() -> tuple[Registry, ...]:
    """Return every registry of the modules that are imported, by the names of their groups."""
    return tuple(sorted(_REGISTRIES.values(), key=lambda one: one.group))


def _same(one: Any, other: Any) -> bool:
    """Return whether two entries are one, be it that their module was imported again."""
    names = ("__module__", "__qualname__")
    return one is other or all(getattr(one, n, one) == getattr(other, n, other) for n in names)


def _points(group: str) -> dict[str, EntryPoint]:
    """Return the entry points of installed packages by name."""
    return _points_on(tuple(sys.path), f"crossbar.{group}")


@functools.lru_cache(maxsize=256)
def _points_on(path: tuple[str, ...], group: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=group)}
