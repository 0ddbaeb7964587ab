"""Settings from TOML and ``key=value`` laid over the defaults of the dataclasses.

The names are those of the dataclass fields, joined by dots. Every mistake is reported under its
full name, with the nearest known one. (cattrs converts, but reports neither the dotted name nor
the nearest match and turns "8.5" into 8; this walk is what is needed of it.)
"""

from __future__ import annotations

import functools
import math
import tomllib
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from crossbar import textfiles
from crossbar.errors import CrossbarError, DataError, fail, message, nearest, shown
from crossbar.units import si

Settings = dict[str, Any]
Names = dict[Any, dict[str, Callable[..., Any]]]
DEEPEST = 16  # levels of tables and lists, more than any setting has


def overlay(base: Any, settings: Settings, names: Names, where: str = "") -> Any:
    """Return ``base`` (a dataclass instance) with ``settings`` laid over it.

    Parameters
    ----------
    base
        Instance that gives the defaults.
    settings
        Nested names and values, as from a TOML file.
    names
        For each type that a text may stand for: the names and what makes the value.
    where
        Dotted name of ``base``, for errors.

    Raises
    ------
    ConfigError
        If a name is unknown or a value has another type or unit, under its dotted name.
    """
    kind: Any = type(base)
    hints = type_hints(kind)
    settings = table(settings, where)
    known = {f.name: f for f in fields(base)}
    changes = {}
    for key, value in settings.items():
        path = f"{where}.{key}" if where else key
        if key not in known:
            section = f"a setting of [{where}]" if where else "a section or setting"
            fail(path, section, "an unknown name", nearest(key, known))
        unit = known[key].metadata.get("unit", "")
        changes[key] = _value(hints[key], value, getattr(base, key), unit, names, path)
    try:
        return replace(base, **changes)
    except CrossbarError as error:
        blamed = error.field.rpartition(".")[2]
        guilty = [blamed] if blamed in changes else list(changes)
        place = ", ".join(f"{where}.{key}" if where else key for key in guilty)
        raise type(error)(error.message.within(place)) from None


def table(given: Any, where: str) -> Settings:
    """Return ``given``, which is to be a table of settings.

    Raises
    ------
    ConfigError
        If it is a number, a text, a list or a date.
    """
    if not isinstance(given, dict):
        fail(where, "a table of settings", shown(given), f"Name what is in it: {where}.NAME=VALUE.")
    return given


@functools.cache
def type_hints(kind: Any) -> dict[str, Any]:
    """Return the types of the fields of ``kind``; resolving them costs a sweep milliseconds."""
    return get_type_hints(kind)


def _value(hint: Any, value: Any, now: Any, unit: str, names: Names, path: str) -> Any:
    """Return ``value`` as the type ``hint`` asks; ``now`` is the default in its place."""
    if get_origin(hint) in (Union, types.UnionType):
        if value is None or value == "none":
            return None
        hint = next(a for a in get_args(hint) if a is not type(None))
    if isinstance(value, dict):
        return _section(hint, value, now, names, path)
    if hint in names and isinstance(value, str):
        return _named(hint, value, names[hint], path)
    if hint is float:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            fail(path, f"a number{f' in {unit}' if unit else ''}", shown(value), "Give a number.")
        return si(value, unit, where=path)
    if hint in (int, bool, str):
        if type(value) is not hint:
            kind = {int: "a whole number", bool: "true or false", str: "text"}[hint]
            fail(path, kind, shown(value), f"Give {kind}.")
        return value
    if get_origin(hint) is tuple:
        return _sequence(hint, value, unit, names, path)
    kinds = ", ".join(names.get(hint, {})) or getattr(hint, "__name__", str(hint))
    return fail(path, f"one of: {kinds}", shown(value), "See `crossbar info`.")


def _section(hint: Any, value: Settings, now: Any, names: Names, path: str) -> Any:
    """Return the dataclass that a table of settings describes."""
    table = dict(value)
    if hint in names and "kind" in table:
        now = _named(hint, table.pop("kind"), names[hint], f"{path}.kind")
    if is_dataclass(now):
        return overlay(now, table, names, path)
    if not (isinstance(hint, type) and is_dataclass(hint)):
        fail(path, f"a value ({getattr(hint, '__name__', hint)})", "a table", "Give one value.")
    needed = [f for f in fields(hint) if f.default is MISSING and f.default_factory is MISSING]
    missing = [f.name for f in needed if f.name not in table]
    if missing:
        fail(path, f"the settings {', '.join(missing)} too", str(sorted(table)), "Add them.")
    hints = type_hints(hint)
    start = {
        f.name: _value(hints[f.name], table.pop(f.name), None, f.metadata.get("unit", ""), names,
                       f"{path}.{f.name}")
        for f in needed
    }  # fmt: skip
    return overlay(hint(**start), table, names, path)


def _named(hint: Any, value: Any, known: dict[str, Callable[..., Any]], path: str) -> Any:
    """Return what the name ``value`` stands for; the path of a table is read."""
    if isinstance(value, str) and textfiles.names_table(value) and "PATH.csv" in known:
        return known["PATH.csv"](value)
    if not isinstance(value, str) or value not in known:
        expected = f"one of: {', '.join(known)}"
        fail(path, expected, shown(value), nearest(str(value), known))
    return known[value]()


def _sequence(hint: Any, value: Any, unit: str, names: Names, path: str) -> tuple[Any, ...]:
    """Return a tuple from a list, a single value, or text with commas."""
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, (list, tuple)):
        value = [value]
    if not value:
        fail(path, "one value or more", "none", "Give some, or leave it out.")
    kinds = get_args(hint)
    if kinds[-1] is not Ellipsis and len(kinds) != len(value):
        fail(path, f"{len(kinds)} values", str(value), "For example [128, 64].")
    each = [kinds[0]] * len(value)
    return tuple(
        _value(kind, scalar(v) if isinstance(v, str) and kind is not str else v, None, unit, names,
               path)
        for kind, v in zip(each, value, strict=True)
    )  # fmt: skip


def scalar(text: str) -> Any:
    """Return ``text`` as a TOML value where it is one, else as text.

    Examples
    --------
    >>> [scalar(t) for t in ("8", "0.5", "true", "cmos", "5 uS", "[128, 64]")]
    [8, 0.5, True, 'cmos', '5 uS', [128, 64]]
    """
    try:
        alone, inside = parsed(f"value = {text}"), parsed(f"value = [{text}]")
    except ValueError:
        return text
    one = list(alone) == list(inside) == ["value"] and len(inside["value"]) == 1
    return alone["value"] if one else text  # neither a second setting nor a comment is lost


def parsed(text: str) -> Settings:
    """Return the settings of a TOML text.

    Raises
    ------
    ValueError
        If it is no TOML, has a number that none of ours can be, or more levels than settings have.
    """
    try:
        settings = tomllib.loads(text, parse_float=_finite)
    except RecursionError:
        raise ValueError(f"more than {DEEPEST} brackets in each other") from None
    level: list[Any] = [settings]
    for _ in range(DEEPEST):
        within = [one.values() if isinstance(one, dict) else one for one in level]
        level = [inner for one in within for inner in one if isinstance(inner, (dict, list))]
        if not level:
            return settings
    raise ValueError(f"more than {DEEPEST} tables or brackets in each other")


def _finite(text: str) -> float:
    """Return the number ``text``; infinity only where it says so."""
    number = float(text)
    if math.isinf(number) and "inf" not in text:
        raise ValueError(f"{text} is above the largest number, 1.8e308")
    return number


def read(path: Path) -> Settings:
    """Return the settings of the TOML file ``path``.

    Raises
    ------
    DataError
        If it cannot be read, is no TOML or has no setting.
    """
    remedy = "Give the path of a TOML file, such as scripts/leti_cnn.toml."
    text = textfiles.read(path, "a readable file", remedy)
    try:
        settings = parsed(text)
    except ValueError as error:
        raise DataError(message(str(path), "TOML", str(error), "Correct that line.")) from None
    if not settings:
        remedy = "Write one, such as seed = 0; the others have defaults."
        raise DataError(message(str(path), "settings", "none", remedy))
    return settings


def override(settings: Settings, assignments: list[str]) -> Settings:
    """Return ``settings`` with ``key=value`` assignments set in their places.

    Examples
    --------
    >>> override({"train": {"epochs": 30}}, ["train.epochs=2", "seed=0,1"])
    {'train': {'epochs': 2}, 'seed': '0,1'}
    """
    for assignment in assignments:
        key, separator, text = assignment.partition("=")
        if not separator or not key:
            remedy = "Write key=value without spaces, such as train.epochs=5."
            fail(f"'{assignment}'", "key=value", "no '='", remedy)
        key = key.strip()
        if key.count(".") > DEEPEST:
            got = f"{key.count('.') + 1} names"
            fail(key, f"at most {DEEPEST} names joined by dots", got, "See `crossbar info`.")
        settings = placed(settings, key, scalar(text.strip()))
    return settings


def placed(settings: Settings, key: str, value: Any) -> Settings:
    """Return ``settings`` with ``value`` under the dotted name ``key``.

    Where a plain name stands on the way, it becomes the kind of what is set.

    Examples
    --------
    >>> placed({"tile": {"mapping": "pair"}}, "tile.mapping.headroom", 2.0)
    {'tile': {'mapping': {'kind': 'pair', 'headroom': 2.0}}}
    """
    name, _, rest = key.partition(".")
    if not rest:
        return settings | {name: value}
    inner = settings.get(name, {})
    section = inner if isinstance(inner, dict) else {"kind": inner}
    return settings | {name: placed(section, rest, value)}


def leaves(settings: Settings, prefix: str = "") -> dict[str, Any]:
    """Return nested settings by dotted name.

    Examples
    --------
    >>> leaves({"seed": 0, "train": {"epochs": 2}})
    {'seed': 0, 'train.epochs': 2}
    """
    found: dict[str, Any] = {}
    for name, value in settings.items():
        path = f"{prefix}{name}"
        found |= leaves(value, f"{path}.") if isinstance(value, dict) else {path: value}
    return found
