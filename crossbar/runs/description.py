"""Specifications and experiments as plain names and values, for records and reports."""

from __future__ import annotations

import enum
from dataclasses import fields, is_dataclass
from typing import Any

from crossbar.runs.experiment import Experiment
from crossbar.runs.hardware import Hardware
from crossbar.runs.toml import Settings


def configuration(plan: Experiment) -> Settings:
    """Return every setting of ``plan``, defaults included, as plain values."""
    common = plan.common
    described = {"device": describe(plan.device), "tile": describe(plan.tile)}
    if plan.layers:
        described["layers"] = {n: layer_record(one) for n, one in plan.layers.items()}
    return described | {k: describe(getattr(common, k)) for k in common.__dataclass_fields__}


def layer_record(hardware: Hardware) -> Settings:
    """Return the hardware of a layer under the names of its settings."""
    return {"device": describe(hardware.device), **describe(hardware.tile)}


def describe(value: Any) -> Any:
    """Return a specification as plain names and values, for records and reports."""
    if is_dataclass(value) and not isinstance(value, type):
        described = {"type": type(value).__name__}
        return described | {f.name: describe(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, enum.Enum):
        return value.name.lower()
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, dict):
        return {k: describe(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [describe(v) for v in value]
    return value
