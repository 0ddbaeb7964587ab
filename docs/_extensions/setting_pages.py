"""The reference of settings: every key with unit, default and meaning, read from the code."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from command_pages import literal, plain

import crossbar.cli.installed  # noqa: F401 (every registry is that of an imported module)
from crossbar.devices import Preset
from crossbar.meaning import own_meanings
from crossbar.overlay import type_hints
from crossbar.parameters import parameters
from crossbar.registry import Registry, registries, registry_of
from crossbar.runs import hardware, networks
from crossbar.runs.column_settings import ColumnsRun
from crossbar.runs.conditions import Conditions
from crossbar.runs.hardware import kinds, usual
from crossbar.runs.networks import GIVEN, Architecture, Known
from crossbar.runs.results import DRAW
from crossbar.runs.settings import Common
from crossbar.runs.spiking_settings import NirSettings, SpikingRun
from crossbar.runs.tile_settings import TileSettings
from crossbar.spiking import Columns, Group, Synapses
from crossbar.units import text

# Registries whose kinds are named alone, without settings of their own, or in Python alone.
ELSEWHERE = ("metrics",)
ALSO = {
    "tile.programming": ("device.programming",),
    "tile.mapping": ("learner.mapping",),
    "learner": ("learner.rule",),
    "network.neuron": ("network.layers.NAME.neuron",),
    "network.neuron.surrogate": ("network.layers.NAME.neuron.surrogate",),
    "run.code": ("network.code", "network.layers.NAME.code"),
}
"""Other settings that take the kinds of a registry beside its own."""
NEEDED = "no default"
ARRAYS = {
    "groups.NAME": (
        ("current", "A", "none", "constant current, one or one a neuron"),
        ("charge", "C", "none", "charge that arrives at time 0, one or one a neuron"),
    ),
    "synapses.NAME": (
        ("weights", "", NEEDED, "matrix: numbers, a table or an archive"),
        ("delays", "s", "none", "one a line of the source or one a synapse, in place of delay"),
    ),
}
"""Settings of spiking networks that give arrays, and are no fields: unit, default, meaning."""


@dataclass(frozen=True)
class Key:
    """A setting: its dotted name, unit, default and meaning."""

    name: str
    unit: str
    default: str
    meaning: str


def sections() -> dict[str, tuple[Key, ...]]:
    """Return the settings by the heading that they stand under."""
    common: Any = Common
    whole = {"Run": (*_run(), *_keys(Common, "", below=False))}
    for one in fields(common):
        kind = type_hints(common)[one.name]
        if is_dataclass(kind) and registry_of(kind) is None and kind is not Architecture:
            whole[f"[{one.name}]"] = tuple(_keys(kind, f"{one.name}."))
    whole["[tile]"] = tuple(_keys(TileSettings, "tile."))
    whole["Conditions of a test"] = tuple(_keys(Conditions, "test."))
    for name, kind, of in (
        ("groups.NAME", Group, ""), ("synapses.NAME", Synapses, ""), ("run", SpikingRun, ""),
        ("nir", NirSettings, ""), ("columns", Columns, ""), ("run", ColumnsRun, " of columns"),
    ):  # fmt: skip
        arrays = (Key(f"{name}.{own}", *rest) for own, *rest in ARRAYS.get(name, ()))
        whole[f"[{name}]{of}"] = (*_keys(kind, f"{name}."), *arrays)
    for registry in registries():
        whole |= dict(_kinds(registry))
    return whole


def _run() -> Iterator[Key]:
    """Yield the kinds that sections of a file have."""
    usual_kinds = {"device": hardware.DEFAULT, "network": networks.DEFAULT}
    for registry in registries():
        name = registry.setting
        if "." not in name and registry.group not in ELSEWHERE:
            default = usual_kinds.get(name) or shown(getattr(Common(), name), "")
            yield Key(f"{name}.kind", "", default, registry.about)
    yield Key("device.draw", "", shown(None, ""), DRAW.words)


def _kinds(registry: Registry) -> Iterator[tuple[str, tuple[Key, ...]]]:
    """Yield the kinds of ``registry`` that have settings, as ``setting = names``, with these."""
    if registry.group in ELSEWHERE:
        return
    seen = {}
    for name in registry.names:
        entry = registry.resolve(name, registry.setting)
        entry = entry.device if isinstance(entry, Preset) else entry
        if inspect.isroutine(entry):
            entry = parameters(entry, GIVEN, Known)
        kind = entry if isinstance(entry, type) else type(entry)
        seen.setdefault(kind, []).append(name)
    if registry.reader is not None:
        for kind in registry.reader.makes:
            seen.setdefault(kind, []).append(registry.reader.written)
    for setting in (registry.setting, *ALSO.get(registry.setting, ())):
        prefix = f"{setting}." + ("NAME." if setting == "network.layers" else "")
        for kind, names in seen.items():
            if keys := tuple(_keys(kind, prefix)):
                yield f"{setting} = {', '.join(names)}", keys


def _keys(kind: Any, prefix: str, base: Any = None, *, below: bool = True) -> Iterator[Key]:
    """Yield the settings of the class ``kind``; ``base`` is an instance that has their defaults."""
    known, hints = own_meanings(kind), type_hints(kind)
    for one in fields(kind):
        hint, name = _alone(hints[one.name]), f"{prefix}{one.name}"
        default = _default(one) if base is None else getattr(base, one.name)
        registry, meaning = registry_of(hint), known[one.name]
        if get_origin(hint) is Callable or hint is Architecture:
            continue  # no value of a file
        if not (one.init and one.metadata.get("record", True)):
            continue  # an array of a file, or what follows from others
        if is_dataclass(hint) and registry is None:
            if below:
                yield from _keys(hint, f"{name}.", None if default in (None, MISSING) else default)
        elif below or registry is None:
            yield Key(name, meaning.unit, shown(default, meaning.unit), meaning.words)


def _alone(hint: Any) -> Any:
    """Return the type beside None, where a setting may be left without a value."""
    if get_origin(hint) not in (Union, UnionType):
        return hint
    first, *_ = (one for one in get_args(hint) if one is not type(None))
    return first


def _default(one: Any) -> Any:
    return one.default if one.default_factory is MISSING else one.default_factory()


def shown(value: Any, unit: str) -> str:
    """Return ``value`` as a settings file has it."""
    if value is MISSING:
        return NEEDED
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, enum.Enum):
        return value.name.lower().replace("_", "-")
    if isinstance(value, tuple):
        return "[" + ", ".join(shown(each, unit) for each in value) + "]"
    registry = next(filter(None, map(registry_of, type(value).__mro__)), None)
    if registry is not None:
        entries = {name: registry.resolve(name, name) for name in registry.names}
        return next(n for n, entry in entries.items() if entry == value or entry is type(value))
    if isinstance(value, float):
        return text(value, unit, 6) if unit not in ("", "%") else f"{value:g}"
    return str(value)


def pages() -> dict[str, str]:
    """Return the text of the page by its path."""
    parts = ["# Settings\n", INTRODUCTION]
    for heading, keys in sections().items():
        if " = " not in heading:
            parts += [f"## {plain(heading)}\n", _table(keys)]
    for registry in registries():
        parts.append(_names(registry))
        for heading, keys in _kinds(registry):
            parts += [f"### {plain(heading)}\n", _table(keys)]
    parts += ["## Numbers of the kinds of device\n", *map(_numbers, kinds())]
    return {"reference/settings.md": "\n".join(parts)}


INTRODUCTION = """\
A name is `section.name` in a TOML file and on the command line. A number may have its unit, as in
`"5 uS"`; a share may be in percent. `layers.NAME` takes the settings of `[tile]` directly, and
`layers.NAME.device` those of `device`, for one layer. Where a kind is named, so is `module:Class`
of your own.
"""


def _table(keys: tuple[Key, ...]) -> str:
    rows = (f"| {literal(k.name)} | {k.unit or '-'} | {literal(k.default)} | {plain(k.meaning)} |"
            for k in keys)  # fmt: skip
    return "\n".join(["| setting | unit | default | meaning |\n|---|---|---|---|", *rows, ""])


def _names(registry: Registry) -> str:
    """Return a table of what ``registry`` has, with what each is."""
    rows = (f"| {literal(name)} | {plain(registry.words(name))} |" for name in registry.names)
    head = f"## {registry.setting}\n\n{registry.about.capitalize()}.\n"
    return "\n".join([head, "| kind | what it is |\n|---|---|", *rows, ""])


def _numbers(kind: str) -> str:
    """Return a table of the numbers of a ``kind`` of device, each with its source."""
    known = usual(kind)
    rows = (f"| {literal(name)} | {literal(f'{known.numbers[name]}')} | {plain(str(source))} |"
            for name, source in known.sources.items())  # fmt: skip
    if not known.sources:
        return f"### {kind}\n\nWeights in digital memory: no numbers.\n"
    return "\n".join([f"### {kind}\n", "| number | value | source |\n|---|---|---|", *rows, ""])
