"""Settings as text: TOML files, ``key=value`` and dotted names."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crossbar import textfiles
from crossbar.checks import require_path
from crossbar.errors import DataError, fail, message, nearest

Settings = dict[str, Any]
DEEPEST = 16  # levels of tables and lists, more than any setting has


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


def read(path: Path | str) -> Settings:
    """Return the settings of the TOML file ``path``.

    Raises
    ------
    DataError
        If it cannot be read, is no TOML or has no setting.
    """
    remedy = "Give the path of a TOML file, such as scripts/leti_cnn.toml."
    path = require_path("read.path", path)
    text = textfiles.read(path, "a readable file", remedy)
    try:
        settings = parsed(text)
    except ValueError as error:
        raise DataError(message(str(path), "TOML", str(error), "Correct that line.")) from None
    if not settings:
        remedy = "Write one, such as seed = 0; the others have defaults."
        raise DataError(message(str(path), "settings", "none", remedy))
    return settings


def written(settings: Settings, above: str = "") -> str:
    """Return ``settings``, plain values and tables of them, as the text of a TOML file.

    Examples
    --------
    >>> print(written({"level": 0.9, "device": {"kind": "cmos", "step g": [1, 2]}}))
    level = 0.9
    <BLANKLINE>
    [device]
    kind = "cmos"
    "step g" = [1, 2]
    """
    tables = {name: value for name, value in settings.items() if isinstance(value, dict)}
    plain = [f"{_key(name)} = {_value(value)}" for name, value in settings.items()
             if name not in tables]  # fmt: skip
    texts = ["\n".join(plain)] if plain else []
    for name, value in tables.items():
        path = f"{above}{_key(name)}"
        texts.append(f"[{path}]\n{written(value, f'{path}.')}".strip())
    return "\n\n".join(texts)


def _key(name: str) -> str:
    """Return a name as TOML writes it, in quotes where it has other signs than letters."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)


def _value(value: Any) -> str:
    """Return a plain value as TOML writes it."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def override(settings: Settings, assignments: Sequence[str]) -> Settings:
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

    Of a list of tables it is in the one of that name.

    >>> placed({"layers": [{"name": "fc", "units": 64}]}, "layers.fc.units", 32)
    {'layers': [{'name': 'fc', 'units': 32}]}
    """
    name, _, rest = key.partition(".")
    if not rest:
        return settings | {name: value}
    inner = settings.get(name, {})
    if isinstance(inner, list):
        return settings | {name: _placed_in(inner, rest, value, name)}
    section = inner if isinstance(inner, dict) else {"kind": inner}
    return settings | {name: placed(section, rest, value)}


def _placed_in(tables: list[Any], key: str, value: Any, where: str) -> list[Any]:
    """Return ``tables`` with ``value`` in the one whose name ``key`` begins with."""
    named = {one["name"]: one for one in tables if isinstance(one, dict) and "name" in one}
    name, _, rest = key.partition(".")
    if name not in named or not rest:
        expected = f"one of {where}.{{{', '.join(named)}}} and a setting of it"
        fail(f"{where}.{key}", expected, "an unknown name", nearest(name, named))
    changed = placed(named[name], rest, value)
    return [changed if one is named[name] else one for one in tables]


def leaves(settings: Settings, prefix: str = "") -> dict[str, Any]:
    """Return nested settings by dotted name.

    Examples
    --------
    >>> leaves({"seed": 0, "train": {"epochs": 2}})
    {'seed': 0, 'train.epochs': 2}
    """
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        path = f"{prefix}{name}"
        flat |= leaves(value, f"{path}.") if isinstance(value, dict) else {path: value}
    return flat
