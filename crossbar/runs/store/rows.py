"""What goes into the store and what comes out of it."""

from __future__ import annotations

import hashlib
import json
import math
import zlib
from dataclasses import dataclass, field
from typing import Any

from crossbar.types import Record

TRAINING, RUN = "training", "run"
TRAINED = "trained"  # name under which all settings of the training stand among those of a test


@dataclass(frozen=True)
class Point:
    """A point of a sweep, before its seeds.

    Attributes
    ----------
    parameters
        Value of everything that was swept, by dotted name.
    settings
        All settings, nested as in a TOML file; with them the run can be done again.
    resolved
        The same with every default in its place, for reports.
    trained
        Settings of the network that is trained first and shared; None where nothing is.
    """

    parameters: Record
    settings: Record
    resolved: Record = field(default_factory=dict)
    trained: Point | None = None

    @property
    def key(self) -> str:
        """Digest of the settings: equal settings are one point, whoever asks for them."""
        text = json.dumps(_alike(self.settings), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def _alike(value: Any) -> Any:
    """Return ``value`` with whole numbers in one form, 0 for 0.0 too."""
    if isinstance(value, dict):
        return {name: _alike(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_alike(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def level(name: str, settings: Record, resolved: Record) -> Any:
    """Return the value that the setting called ``name`` has at a point, whether it was set or not.

    Numbers and truth values as all settings with their defaults have them ("5 uS" is 5e-6), names
    as they were given, None for none. What comes after training has, unless it was set, the value
    of the training.

    Examples
    --------
    >>> whole = {"kind": "cmos", "device": {"bits": 4}, "test": {"age": None}}
    >>> whole["trained"] = {"kind": "cmos", "device": {"bits": 8}}
    >>> [level(name, {}, whole) for name in ("device.bits", "test.device.bits", "test.age")]
    [8, 4, None]
    >>> level("device.kind", {"device": {"kind": "cmos"}}, whole)
    'cmos'
    """
    plain = name.removeprefix("test.")
    whole = resolved.get(TRAINED, resolved) if plain == name else resolved
    known = [_at(whole, place) for place in dict.fromkeys((name, plain))]
    numbers = [value for value in known if isinstance(value, (int, float))]
    if numbers:
        return numbers[0]
    if plain == "device.kind" and "kind" in whole:
        return whole["kind"]
    texts = [_at(settings, place) for place in (name, plain)] + known
    given = [value for value in texts if value is not None and value != "none"]
    return given[0] if given else None


def _at(record: Record, name: str) -> Any:
    """Return what stands under the dotted ``name``, of a section its kind; None for nothing."""
    value: Any = record
    for part in name.split("."):
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return value.get("kind") if isinstance(value, dict) else value


@dataclass(frozen=True)
class Claimed:
    """A run that this session is to do.

    Attributes
    ----------
    run
        Number of the row.
    role
        ``run``, or ``training`` for a network that other runs share.
    settings, parameters, seed
        What to do.
    """

    run: int
    role: str
    settings: Record
    parameters: Record
    seed: int


@dataclass(frozen=True)
class Finished:
    """How a run ended: with ``metrics``, or with an ``error`` and its ``traceback``.

    Attributes
    ----------
    began, duration
        Time of day and length of the run [s].
    memory
        Most memory [MiB] that its process had taken until then.
    detail
        What reports need beside the metrics, such as energy with its sources.
    """

    run: int
    began: float
    duration: float
    host: str
    versions: Record
    memory: float = math.nan
    metrics: Record | None = None
    detail: Record | None = None
    error: str = ""
    traceback: str = ""


def packed(record: Record) -> bytes:
    """Return ``record`` as the store keeps what is long."""
    return zlib.compress(json.dumps(record, default=str).encode())


def unpacked(blob: bytes) -> Record:
    """Return the record that :func:`packed` packed."""
    record: Record = json.loads(zlib.decompress(blob))
    return record
