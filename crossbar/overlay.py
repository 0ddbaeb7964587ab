"""Settings laid over the defaults of dataclasses, with the registries of what a kind may be.

The names are those of the dataclass fields, joined by dots. Every mistake is reported under its
full name, with the nearest known one. (cattrs converts, but reports neither the dotted name nor
the nearest match and turns "8.5" into 8; this walk is what is needed of it.)
"""

from __future__ import annotations

import enum
import functools
import inspect
import types
from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass, replace
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

import numpy as np

from crossbar.checks import check_fields
from crossbar.contracts import call
from crossbar.errors import UNKNOWN, CrossbarError, closest, fail, nearest, shown
from crossbar.parameters import parameters
from crossbar.registry import Registry, registry_of
from crossbar.toml import Settings, scalar
from crossbar.units import si


def overlay(base: Any, settings: Settings, where: str = "") -> Any:
    """Return ``base`` (a dataclass instance) with ``settings`` laid over it.

    A field whose type is a contract with a registry takes a kind of it, or a table of a kind and
    the fields that this kind has.

    Parameters
    ----------
    base
        Instance that gives the defaults.
    settings
        Nested names and values, as from a TOML file.
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
    known = {f.name: f for f in fields(base)} if is_dataclass(base) else {}
    changes = {}
    for key, value in settings.items():
        path = f"{where}.{key}" if where else key
        if key not in known:
            _unknown(path, key, known, where, kind)
        unit = known[key].metadata.get("unit", "")
        changes[key] = _value(hints[key], value, getattr(base, key), unit, path)
    if not changes:
        return base
    try:
        changed = call(kind.__name__, kind, lambda: replace(base, **changes))
        check_fields(changed)  # a class of the user's need not do so itself
        return changed
    except CrossbarError as error:
        blamed = error.field.rpartition(".")[2]
        guilty = [blamed] if blamed in changes else list(changes)
        place = ", ".join(f"{where}.{key}" if where else key for key in guilty)
        raise type(error)(error.message.within(place)) from None


def _unknown(path: str, key: str, known: Iterable[str], where: str, kind: Any) -> NoReturn:
    """Raise as there is no setting ``key`` in the section ``where``, with the nearest ``known``.

    The section is of the class ``kind``.
    """
    section = f"a setting of [{where}]" if where else "a section or setting"
    remedy = nearest(key, known)
    if isinstance(getattr(kind, key, None), (int, float, str, tuple)):
        remedy = f"Write its type in the class, {key}: TYPE = VALUE."
    fail(path, section, UNKNOWN, remedy)


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


def _value(hint: Any, value: Any, now: Any, unit: str, path: str) -> Any:
    """Return ``value`` as the type ``hint`` asks; ``now`` is the default in its place."""
    if get_origin(hint) in (Union, types.UnionType):
        if value is None or value == "none":
            return None
        hint = _member(get_args(hint), value)
    if isinstance(value, dict):
        return _section(hint, value, now, path)
    registry = registry_of(hint)
    if registry is not None:
        return made(registry, value, {}, path)
    if get_origin(hint) is type and (registry := registry_of(get_args(hint)[0])) is not None:
        return registry.resolve(value, path)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return _member_of(hint, value, path)
    if hint is float:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            fail(path, f"a number{f' in {unit}' if unit else ''}", shown(value), "Give a number.")
        return si(value, unit, where=path)
    if hint in (int, bool, str):
        kind = {int: "a whole number", bool: "true or false", str: "text"}[hint]
        return value if type(value) is hint else fail(path, kind, shown(value), f"Give {kind}.")
    if get_origin(hint) is tuple:
        return _sequence(hint, value, unit, path)
    if get_origin(hint) is np.ndarray and isinstance(value, list):
        return value  # its class makes the array, and checks it
    name = getattr(hint, "__name__", str(hint))
    if not is_dataclass(hint):
        remedy = "Settings give numbers, text, true or false, lists, enumerations and kinds."
        fail(path, f"no setting for a field of the type {name}", shown(value), remedy)
    return fail(path, f"a table of the settings of {name}", shown(value), "See `crossbar info`.")


def _member(hints: tuple[Any, ...], value: Any) -> Any:
    """Return the one of the types ``hints`` that ``value`` is written for: the first if none is."""
    able = [hint for hint in hints if hint is not type(None)]
    if isinstance(value, (list, tuple)):
        return next((hint for hint in able if get_origin(hint) is tuple), able[0])
    return next((hint for hint in able if hint is type(value)), able[0])


def spelt(member: enum.Enum) -> str:
    """Return a member of an enumeration as settings name it."""
    return member.name.lower().replace("_", "-")


def _member_of(kind: type[enum.Enum], value: Any, path: str) -> enum.Enum:
    """Return the member of an enumeration that ``value`` names, in lower case."""
    known = {spelt(member): member for member in kind}
    if not isinstance(value, str) or value not in known:
        remedy = closest(str(value), known, "Choose one.")
        fail(path, f"one of: {', '.join(known)}", shown(value), remedy)
    return known[value]


def _section(hint: Any, value: Settings, now: Any, path: str) -> Any:
    """Return what a table of settings describes."""
    table = dict(value)
    registry = registry_of(hint)
    if registry is not None:
        if "kind" in table:
            return made(registry, table.pop("kind"), table, path, f"{path}.kind")
        if now is None and registry.default is not None:
            return made(registry, registry.default, table, path)
    if is_dataclass(now):
        return overlay(now, table, path)
    if registry is None and isinstance(hint, type) and is_dataclass(hint):
        return built(hint, table, path)
    if registry is None:
        fail(path, f"a value ({getattr(hint, '__name__', hint)})", "a table", "Give one value.")
    return fail(f"{path}.kind", registry.expected(), "none", "Say which, beside the settings.")


def made(
    registry: Registry, kind: Any, table: Settings, path: str, where: str | None = None
) -> Any:
    """Return what ``kind`` of ``registry`` stands for, with the settings ``table`` laid over it.

    A class is made, and a function called, with its fields or keyword parameters as settings.
    ``where`` is the dotted name of the kind, which is ``path`` unless it stands in a table.

    Raises
    ------
    ConfigError
        If there is no such kind or no such setting, or a setting that it needs is missing.
    """
    where = path if where is None else where
    entry = registry.resolve(kind, where)
    if isinstance(entry, type):
        return built(entry, table, path)
    if isinstance(entry, functools.partial):  # the reader of a file
        return overlay(entry(), table, path)
    if not inspect.isroutine(entry):
        return overlay(entry, table, path)
    chosen = built(parameters(entry), table, path)
    given = {f.name: getattr(chosen, f.name) for f in fields(chosen)}
    result = call(where, entry, lambda: entry(**given))
    if not isinstance(result, registry.contract):
        name = registry.contract.__name__
        fail(where, f"a function that returns a {name}", shown(result), "Correct the function.")
    return result


def built(kind: Any, settings: Settings, path: str) -> Any:
    """Return the instance of the class ``kind`` that ``settings`` describe."""
    own = fields(kind) if is_dataclass(kind) else ()
    needed = [f for f in own if f.init and f.default is MISSING and f.default_factory is MISSING]
    missing = [f.name for f in needed if f.name not in settings]
    if missing:
        for key in settings.keys() - {f.name for f in own}:  # perhaps one of them, misspelt
            _unknown(f"{path}.{key}", key, missing, path, kind)
        given = ", ".join(sorted(settings)) or "none"
        fail(path, f"the settings {', '.join(missing)} too", given, "Add them.")
    hints, rest = type_hints(kind), dict(settings)
    start = {
        f.name: _value(hints[f.name], rest.pop(f.name), None, f.metadata.get("unit", ""),
                       f"{path}.{f.name}")
        for f in needed
    }  # fmt: skip
    try:
        base = call(kind.__name__, kind, lambda: kind(**start))
        if start:
            check_fields(base)
    except CrossbarError as error:
        blamed = error.field.rpartition(".")[2]
        place = f"{path}.{blamed}" if blamed in start else path
        raise type(error)(error.message.within(place)) from None
    return overlay(base, rest, path)


def _sequence(hint: Any, value: Any, unit: str, path: str) -> tuple[Any, ...]:
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
        _value(kind, scalar(v) if isinstance(v, str) and kind is not str else v, None, unit, path)
        for kind, v in zip(each, value, strict=True)
    )
