"""Linear arrays, ideal and with line resistance: the simulator's currents against ngspice's."""

from __future__ import annotations

from functools import partial

import numpy as np

from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.random import Streams
from crossbar.spice.arrays import currents
from crossbar.spice.validation.check import Check, Row
from crossbar.spice.validation.objects import drawn_wires, memristor
from crossbar.substrates.tile import Tile

SIZES = (8, 16, 32)
READS = 4
TOLERANCE = 1e-6  # of the largest current; reltol 1e-9 and 12 digits of a resistance give 1e-11


def array_checks(size: int) -> list[Check]:
    """Return the checks of square arrays of 8, 16, 32 lines up to ``size``, and of ``size``."""
    sides = sorted({n for n in SIZES if n < size} | {size})
    return [
        Check(f"array {n}x{n}, {kind} lines", partial(_array, n=n, ideal=ideal))
        for kind, ideal in (("ideal", True), ("resistive", False))
        for n in sides
    ]


def _array(name: str, streams: Streams, n: int, *, ideal: bool) -> list[Row]:
    """Compare an array of n word lines and n bit lines, two cells of a weight side by side."""
    rng = streams(name)
    wires = None if ideal else drawn_wires(rng)
    tile = Tile(
        device=memristor(),
        mapping=DifferentialPair(),
        reading=Reading(temperature=0.0),
        wires=wires,
        dtype=np.float64,
    )
    array = tile.program(rng.uniform(-1, 1, (n, n // 2)), rng=rng).array
    volts = rng.uniform(-1, 1, (READS, n)) * tile.reading.v_read
    behaviour = array.currents(volts[:, None, :], rng=rng)[:, 0]
    ((_, _, _, g),) = array.physical()
    lines = currents(g, volts, wires)
    circuit = np.einsum("nkp,p->nk", lines.reshape(READS, -1, 2), array.mapping.signs)
    error = np.abs(circuit - behaviour).max() / np.abs(behaviour).max()
    detail = f"{READS} reads of differential pairs of ReRAM cells"
    if wires is not None:
        detail += f"; {wires.r_wl:g} and {wires.r_bl:g} ohm a cell along word and bit lines"
    metric = "largest current error / I_max"
    return [Row(check=name, metric=metric, error=float(error), tolerance=TOLERANCE, note=detail)]
