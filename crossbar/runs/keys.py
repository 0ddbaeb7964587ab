"""The names of settings: all of them, the nearest to one that there is not, those of lists."""

from __future__ import annotations

import difflib
import enum
import functools
import inspect
import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Union, get_args, get_origin

from crossbar.devices import DEVICES, Preset
from crossbar.errors import UNKNOWN, Message, message
from crossbar.nn import NETWORKS
from crossbar.overlay import spelt, type_hints
from crossbar.parameters import parameters
from crossbar.registry import registry_of
from crossbar.runs.networks import GIVEN, Known
from crossbar.runs.settings import Common
from crossbar.runs.tile_settings import TileSettings

MOST = 4  # names in a hint
LATER = ("device.", "tile.", "faults.", "blocks.")  # what may change after training
ALIKE = 0.7  # ratio of difflib from which a name is taken for another one misspelt


@functools.cache
def keys() -> tuple[str, ...]:
    """Return the dotted name of every setting, of whichever kinds, the shortest first.

    Examples
    --------
    >>> {"train.epochs", "tile.adc.bits", "device.step.dw_min", "network.hidden"} <= set(keys())
    True
    """
    names = dict.fromkeys(name for name, _ in _settings())
    return tuple(sorted(("device.kind", "device.draw", *names), key=lambda name: name.count(".")))


@functools.cache
def lists() -> frozenset[str]:
    """Return the dotted names of the settings of which a list is one value.

    Examples
    --------
    >>> {"tile.size", "data.classes", "device.sigma_program"} <= lists(), "device.bits" in lists()
    (True, False)
    """
    return frozenset(name for name, hint in _settings()
                     if any(get_origin(one) is tuple for one in _members(hint)))  # fmt: skip


@functools.cache
def choices() -> dict[str, tuple[str, ...]]:
    """Return the names that a setting may have, by setting, of those that are named.

    Examples
    --------
    >>> choices()["network.dropout"], sorted(choices()["device.rounding"])
    (('exact', 'bernoulli'), ['deterministic', 'stochastic'])
    """
    named: dict[str, tuple[str, ...]] = {}
    for name, hint in (("network.kind", NETWORKS.contract), *_settings()):
        for one in _members(hint):
            if (registry := registry_of(one)) is not None:
                named[name] = named[f"{name}.kind"] = registry.names
            elif isinstance(one, type) and issubclass(one, enum.Enum):
                named[name] = tuple(spelt(member) for member in one)
            elif one is bool:
                named[name] = ("true", "false")
    return named


def hinted(error: Message, prefix: str = "") -> Message:
    """Return ``error`` about an unknown setting with the nearest names of all sections.

    Where its own section has a near one, it stays as it is, as do errors about anything else.
    ``prefix`` stands before every name, ``test.`` of what changes after training.
    """
    if error.got != UNKNOWN:
        return error
    remedy = f"Only other kinds have it. {error.remedy}"
    if error.field not in keys():
        known = keys() if not prefix else [key for key in keys() if key.startswith(LATER)]
        near = _near(error.field, known, likely="Did you mean" in error.remedy)
        if not near:
            return error
        *others, last = [f"'{prefix}{name}'" for name in near]
        remedy = f"Did you mean {', '.join(others)}{' or ' if others else ''}{last}?"
    return message(error.field, error.expected, error.got, remedy)


def _near(path: str, known: Sequence[str], *, likely: bool) -> list[str]:
    """Return which ``known`` settings ``path`` may stand for.

    Those that are merely alike are omitted if its section has a ``likely`` one.
    """
    of_layer = path.split(".")[:2] if path.startswith("layers.") else []
    section, _, name = path.removeprefix(".".join(of_layer)).strip(".").rpartition(".")
    known = [key for key in known if not of_layer or key.startswith(("device.", "tile."))]
    last = {key: key.rpartition(".")[2] for key in known}
    same = [key for key in known if last[key] == name]
    begun = [key for key in known if last[key].startswith(f"{name}_") or last[key] == f"{name}s"]
    inside = [key for key in begun if section and key.startswith(f"{section}.")]
    if same and same[0].count(".") == 1:
        near = same
    elif inside or same or not likely:
        near = sorted({*(inside or begun), *same}, key=known.index)
    else:
        near = []
    if not near and not likely:
        alike = difflib.get_close_matches(name, set(last.values()), n=1, cutoff=ALIKE)
        near = [key for key in known if last[key] in alike]
    near.sort(key=lambda key: not key.startswith(f"{section.partition('.')[0]}."))
    if of_layer:
        near = [".".join([*of_layer, key.removeprefix("tile.")]) for key in near]
    return near[:MOST]


def _settings() -> Iterator[tuple[str, Any]]:
    """Yield name and type of every setting."""
    for prefix, kind in [("", Common), ("tile.", TileSettings)]:
        yield from _below(kind, prefix, ())
    for prefix, registry in [("device.", DEVICES), ("network.", NETWORKS)]:
        for kind in _kinds(registry):
            yield from _below(kind, prefix, ())


def _kinds(registry: Any) -> Iterator[type[Any]]:
    """Yield the classes of what ``registry`` has; of a function that of its parameters."""
    for name in registry.names:
        entry = registry.resolve(name, registry.group)
        one = entry.device if isinstance(entry, Preset) else entry
        if inspect.isroutine(one):
            one = parameters(one, GIVEN, Known)
        yield one if isinstance(one, type) else type(one)


def _below(kind: type[Any], prefix: str, above: tuple[type[Any], ...]) -> Iterator[tuple[str, Any]]:
    """Yield the fields of ``kind`` and of what its parts may be."""
    if kind in above or not is_dataclass(kind):
        return
    hints = type_hints(kind)
    for one in fields(kind):
        yield prefix + one.name, hints[one.name]
        for hint in _members(hints[one.name]):
            registry = registry_of(hint)
            parts: Iterable[Any] = [hint] if registry is None else _kinds(registry)
            for part in parts:
                if isinstance(part, type):
                    yield from _below(part, f"{prefix}{one.name}.", (*above, kind))


def _members(hint: Any) -> tuple[Any, ...]:
    """Return the types of a union, or ``hint`` alone."""
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
