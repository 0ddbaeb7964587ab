"""Specifications as the settings that make them again."""

from __future__ import annotations

import enum
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from crossbar.overlay import spelt
from crossbar.registry import registries
from crossbar.toml import Settings


def as_settings(specification: Any) -> Settings:
    """Return the table of settings that stands for ``specification``.

    Every field is in it, those at their defaults too, so that it means the same whatever the
    defaults become. :func:`crossbar.overlay.made` makes the specification of it.
    """
    owners = (one for one in registries() if isinstance(specification, one.contract))
    kind = next((one.name_of(type(specification)) for one in owners), None)
    table = {} if kind is None else {"kind": kind}
    named = [one for one in fields(specification) if one.init]
    return table | {one.name: _setting(getattr(specification, one.name)) for one in named}


def _setting(value: Any) -> Any:
    """Return the value of a field as settings write it."""
    if value is None:
        return "none"
    if isinstance(value, enum.Enum):
        return spelt(value)
    if is_dataclass(value) and not isinstance(value, type):
        return as_settings(value)
    if isinstance(value, (tuple, list)):
        return [_setting(each) for each in value]
    return value.tolist() if isinstance(value, (np.generic, np.ndarray)) else value
