"""Which settings take several values at once: those whose field is a tuple."""

from __future__ import annotations

import functools
import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, Union, get_args, get_origin

from crossbar.devices import DEVICES, Preset
from crossbar.registry import registry_of
from crossbar.runs.hardware import TileSettings
from crossbar.runs.overlay import type_hints
from crossbar.runs.settings import Common


@functools.cache
def lists() -> frozenset[str]:
    """Return the dotted names of the settings of which a list is one value.

    Examples
    --------
    >>> {"tile.size", "data.classes", "device.sigma_program"} <= lists(), "device.bits" in lists()
    (True, False)
    """
    roots = [("", Common), ("tile.", TileSettings), *(("device.", k) for k in _kinds(DEVICES))]
    return frozenset(name for prefix, kind in roots for name in _below(kind, prefix, ()))


def _kinds(registry: Any) -> Iterator[type[Any]]:
    """Yield the classes of what ``registry`` has."""
    for name in registry.names:
        entry = registry.resolve(name, registry.group)
        one = entry.device if isinstance(entry, Preset) else entry
        yield one if isinstance(one, type) else type(one)


def _below(kind: type[Any], prefix: str, above: tuple[type[Any], ...]) -> Iterator[str]:
    """Yield the names of tuples among the fields of ``kind`` and of what its parts may be."""
    if kind in above or not is_dataclass(kind):
        return
    hints = type_hints(kind)
    for one in fields(kind):
        for hint in _members(hints[one.name]):
            if get_origin(hint) is tuple:
                yield prefix + one.name
            registry = registry_of(hint)
            parts = [hint] if registry is None else list(_kinds(registry))
            for part in parts:
                if isinstance(part, type):
                    yield from _below(part, f"{prefix}{one.name}.", (*above, kind))


def _members(hint: Any) -> tuple[Any, ...]:
    """Return the types of a union, or ``hint`` alone."""
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
