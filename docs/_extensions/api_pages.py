"""The reference of the package: a page for each of its rooms that says what is public."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import GenericAlias
from typing import Any, NamedTuple

import crossbar

PRIVATE = ("crossbar.cli",)  # reached by its commands


class Name(NamedTuple):
    """A public name: the room that documents it, and every room that exports it."""

    name: str
    home: str
    rooms: tuple[str, ...]


def rooms() -> tuple[str, ...]:
    """Return the packages that export names, the shortest path first."""
    below = pkgutil.walk_packages(crossbar.__path__, "crossbar.")
    packages = ["crossbar", *(module.name for module in below if module.ispkg)]
    exporting = [p for p in packages if p not in PRIVATE and exported(p)]
    return tuple(sorted(exporting, key=lambda room: (room.count("."), room)))


def exported(room: str) -> tuple[str, ...]:
    """Return the names that the package ``room`` exports, in order."""
    return tuple(sorted(getattr(importlib.import_module(room), "__all__", ())))


def public() -> tuple[Name, ...]:
    """Return every public name once; its home is the room with the shortest path."""
    exports: dict[tuple[str, int], list[str]] = {}
    for room in rooms():
        for name in exported(room):
            exports.setdefault((name, id(_value(room, name))), []).append(room)
    return tuple(Name(name, homes[0], tuple(homes)) for (name, _), homes in exports.items())


def _value(room: str, name: str) -> Any:
    return getattr(importlib.import_module(room), name)


def pages() -> dict[str, str]:
    """Return the text of every page by its path."""
    names, texts = public(), {}
    for room in rooms():
        own = [one.name for one in names if one.home == room]
        others = [one for one in names if room in one.rooms and one.home != room]
        texts[f"reference/api/{room}.rst"] = "\n".join(_page(room, own, others))
    listed = "\n".join(f"   {room}" for room in rooms())
    heading = (
        "Python\n======\n\nWhat the package and its rooms export. A name is documented once.\n"
    )
    texts["reference/api/index.rst"] = f"{heading}\n.. toctree::\n   :maxdepth: 1\n\n{listed}\n"
    return texts


def _page(room: str, own: list[str], others: list[Name]) -> Iterator[str]:
    yield from (room, "=" * len(room), "", inspect.getdoc(importlib.import_module(room)) or "", "")
    yield from (f".. currentmodule:: {room}", "", ".. autosummary::", "   :toctree: names", "")
    aliases = [name for name in own if isinstance(_value(room, name), GenericAlias)]
    yield from (f"   {name}" for name in own if name not in aliases)
    yield ""
    for name in aliases:
        yield from (f".. py:type:: {name}", f"   :canonical: {_value(room, name)}", "")
    if others:
        yield from ("Also exported here:", "")
        yield from (f"- :obj:`{one.home}.{one.name}`" for one in others)
        yield ""
