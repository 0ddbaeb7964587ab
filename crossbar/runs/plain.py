"""Specifications as plain names and values, for records and reports."""

from __future__ import annotations

import enum
import inspect
from dataclasses import fields, is_dataclass
from typing import Any


def describe(value: Any) -> Any:
    """Return a specification as plain names and values, for records and reports."""
    if is_dataclass(value) and not isinstance(value, type):
        kept = [f.name for f in fields(value) if f.metadata.get("record", True)]
        return {"type": type(value).__name__} | {n: describe(getattr(value, n)) for n in kept}
    if isinstance(value, enum.Enum):
        return value.name.lower()
    if isinstance(value, type) or inspect.isroutine(value):
        return value.__name__
    if isinstance(value, dict):
        return {k: describe(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [describe(v) for v in value]
    return value
