"""What stands around cells of a kind unless settings say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crossbar.sources import Source, assumed

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Periphery:
    """Settings of the tile that suit a device.

    Parameters
    ----------
    settings
        As in the section ``[tile]``: ``{"mapping": "offset", "reading": {"v_read": 0.35}}``.
    sources
        Sources of their numbers, ``{"reading.v_read": published(...)}``.
    """

    settings: Settings = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)


PAIR = Periphery(
    {"mapping": {"kind": "pair", "headroom": 5.0}},
    {"mapping.headroom": assumed("room for weights of pairs to grow, five times the initial ones")},
)
"""A pair of cells a weight, which suits what is moved by pulses."""

QUIET = Periphery(
    {"reading": {"temperature": 0.0}}, {"reading.temperature": assumed("no thermal noise")}
)
"""Reads without thermal noise, for reference calculations."""
