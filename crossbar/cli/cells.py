"""Cells by name, as the command line knows them."""

from __future__ import annotations

from crossbar.devices.equations import MEMRISTORS
from crossbar.devices.equations.base import CircuitCell
from crossbar.errors import closest, fail
from crossbar.overlay import overlay
from crossbar.spice.synapse.circuit import Synapse
from crossbar.toml import override

SYNAPSE = "cmos_synapse"
CELLS: dict[str, type[CircuitCell | Synapse]] = {**MEMRISTORS, SYNAPSE: Synapse}


def circuit_cell(name: str, parameters: list[str]) -> CircuitCell | Synapse:
    """Return the cell ``name`` with ``parameters``, each ``name=value``.

    Raises
    ------
    ConfigError
        If the cell or a parameter is unknown, or a value is out of range.
    """
    settings = override({}, parameters)
    if name not in CELLS:
        fail("CELL", f"one of: {', '.join(CELLS)}", repr(name), closest(name, CELLS, "Choose one."))
    cell: CircuitCell | Synapse = overlay(CELLS[name](), settings, name)
    return cell
