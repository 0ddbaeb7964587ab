"""What the settings of an experiment mean, noted in its records: words and units by name."""

from __future__ import annotations

from typing import Any

from crossbar.meaning import Meaning, meanings
from crossbar.runs.conditions import Conditions
from crossbar.runs.experiment import Experiment
from crossbar.runs.hardware import Hardware


def meanings_of(plan: Experiment) -> dict[str, Meaning]:
    """Return words and unit of every setting of ``plan`` by its dotted name, as records keep it."""
    known = {"device.kind": Meaning("device"), **_hardware(plan.hardware, "device", "tile")}
    for name, own in plan.layers.items():
        known |= _hardware(own, f"layers.{name}.device", f"layers.{name}")
    known |= meanings(plan.common) | plan.common.network.meanings("network")
    return known | meanings(Conditions(), "test")


def _hardware(hardware: Hardware, device: str, tile: str) -> dict[str, Meaning]:
    cells: Any = hardware.device
    return ({} if cells is None else meanings(cells, device)) | meanings(hardware.tile, tile)
