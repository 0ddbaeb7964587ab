"""What the checks are made of: devices and tiles whose reads draw nothing, lines drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crossbar.circuit.blocks import CIRCUIT
from crossbar.circuit.mapping import Offset
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS, CmosSynapse, Deterministic, Memristor
from crossbar.spice.blocks import FULL
from crossbar.substrates.tile import Tile
from crossbar.wires import Wires


def synapse() -> CmosSynapse:
    """Return the CMOS synapse of the preset, with its mismatch, without noise of reads."""
    device = PRESETS["cmos"].device
    assert isinstance(device, CmosSynapse)
    return replace(device, sigma_read=0.0, rounding=Deterministic())


def memristor() -> Memristor:
    """Return the ReRAM cell of the preset, with its spreads, without noise of reads."""
    device = PRESETS["reram"].device
    assert isinstance(device, Memristor)
    return replace(device, sigma_read=0.0)


def synapse_tile(wires: Wires | None = None) -> Tile:
    """Return a tile of CMOS synapses with blocks as calibrated, whose reads draw nothing."""
    return Tile(
        device=synapse(),
        mapping=Offset(),
        reading=Reading(v_read=FULL, temperature=0.0),
        blocks=CIRCUIT.quiet,
        wires=wires,
        dtype=np.float64,
    )


def drawn_wires(rng: np.random.Generator) -> Wires:
    """Return line resistances of 1 to 5 ohm a cell, with 5 to 20 ohm at the ends."""
    segment, end = rng.uniform(1.0, 5.0, 2).round(3), rng.uniform(5.0, 20.0, 2).round(3)
    return Wires(
        r_wl=float(segment[0]),
        r_bl=float(segment[1]),
        r_driver=float(end[0]),
        r_sense=float(end[1]),
    )
