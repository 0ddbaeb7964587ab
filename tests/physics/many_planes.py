"""Weights of several cells, and every cell that a read of them meets."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from crossbar.circuit.array import Array
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import Mapping, half
from crossbar.circuit.planes import Plane
from crossbar.circuit.reading import Reading
from crossbar.circuit.slices import BitSlices, OffsetSlices
from crossbar.devices import Memristor, PcmFlicker

K_B, Q_E = 1.380649e-23, 1.602176634e-19  # SI, exact
ROWS, COLS = 7, 3


@dataclass(frozen=True, kw_only=True)
class Held(Mapping):
    """Cells of any planes at random conductances, moved by their significance to hold a weight."""

    planes: tuple[Plane, ...] = ()

    def counts(self):
        return [p.significance * sign for p in self.planes for sign in p.signs]

    def scale(self, window):
        return 0.1 * half(window) * np.abs(self.counts()).sum() / self.limit

    def targets(self, weights, window):
        rng, counts = np.random.default_rng(9), self.counts()
        each = [0.3 * half(window) * rng.uniform(-1, 1, weights.shape) for _ in counts]
        missing = self.scale(window) * weights - sum(
            n * g for n, g in zip(counts, each, strict=True)
        )
        share = missing / np.square(counts).sum()
        return [window[1] + g + n * share for n, g in zip(counts, each, strict=True)]


COARSE, FINE = Plane(signs=(1, -1), significance=4.0), Plane(signs=(1, -1))
MAPPINGS = {
    "together": Held(w_max=1.0, planes=(COARSE, FINE)),
    "apart": Held(w_max=1.0, planes=(COARSE, replace(FINE, amplifier=1))),
    "four of one": Held(w_max=1.0, planes=(Plane(signs=(1, 1, -1, -1)),)),
    "references": Held(
        w_max=1.0,
        planes=(
            Plane(signs=(-1, 1), significance=0.5),
            Plane(signs=(1, 1), significance=2.0, reference=True, amplifier=1),
            Plane(signs=(1, 1, -1), reference=True, amplifier=1),
        ),
    ),
    "slices": BitSlices(w_max=1.0, bits=2, slices=3),
    "offset slices": OffsetSlices(w_max=1.0, bits=3, slices=2),
}
LAYOUTS = {"one": {}, "copies": {"copies": 2}, "split": {"size": (4, 2)}}
every_mapping = pytest.mark.parametrize("mapping", MAPPINGS.values(), ids=MAPPINGS)
QUIET = Reading(temperature=0.0)
NOISES = {
    "absolute": ({"sigma_read": 0.02}, QUIET),
    "relative": ({"sigma_read_value": 0.05}, QUIET),
    "flicker": ({"flicker": PcmFlicker()}, QUIET),
    "thermal": ({}, Reading(temperature=300.0)),
    "shot": ({}, Reading(temperature=300.0, fano=0.7)),
}
both_ways = pytest.mark.parametrize("back", [False, True], ids=["forward", "back"])


def build(
    mapping, noise="absolute", *, rows=ROWS, cols=COLS, wires=None, device=None, **layout
) -> Array:
    """Return an array of random weights with one kind of noise."""
    parts, reading = NOISES[noise]
    device = device or replace(Memristor(sigma_read=0.0), **parts)
    shape, rng = Layout(rows=rows, cols=cols, **layout), np.random.default_rng(1)
    array = Array.fabricate(device, mapping, shape, reading, wires, rng=rng, dtype=np.float64)
    array.program(np.random.default_rng(2).uniform(-1, 1, (rows, cols)), rng=rng)
    return array


class Cell:
    """One cell: its conductance, the lines it is on, and how its current enters the outputs."""

    def __init__(self, g, volts, output, factor, flicker, turn):
        self.g, self.volts, self.output, self.factor = g, volts, output, factor
        self.flicker, self.turn = flicker, turn


def every_cell(array: Array, v: np.ndarray, back: bool) -> list[Cell]:
    """Return all cells that a read of ``v`` (copies, inputs) [V] meets, one by one.

    The current of a cell is ``factor * g * volts`` in each of its outputs (copy, line); a cell of a
    reference line is in several at once. In a transposed read the cells of one plane are driven in
    each turn, and the others on the word line add thermal noise to it.
    """
    layout, planes, cells = array.layout, array.mapping.planes, iter(array.cells)
    down, across = layout.row_slices(), layout.col_slices()
    got, rows = [], None if array.reference is None else iter(array.reference.of_planes())
    for turn, plane in enumerate(planes):
        s = plane.significance
        for sign in plane.signs:
            own = next(cells)
            noise = own.flicker()
            for i, j in np.ndindex(own.g.shape):
                copy, word = divmod(i, layout.rows)
                flicker = noise[i, j] if noise.size else 0.0
                volts = v[copy, j if back else word]
                output = [(copy, word if back else j)]
                got.append(Cell(own.g[i, j], volts, output, s * sign, flicker, turn))
        if rows is None:
            continue
        beside = next(rows)
        if back:
            for sign, own in zip(plane.signs, beside, strict=False):
                noise = own.flicker()
                for r, j in np.ndindex(own.g.shape):
                    copy = r if layout.copies > 1 else 0
                    output = [divmod(i, layout.rows) for i in range(*down[r].indices(10**6))]
                    flicker = noise[r, j] if noise.size else 0.0
                    got.append(Cell(own.g[r, j], v[copy, j], output, -s * sign, flicker, turn))
    if array.reference is not None and not back:
        own = array.reference.column
        noise, held = own.flicker(), [p for p in planes if p.reference]
        times = sum(p.significance * sum(p.signs) for p in held)
        for i, k in np.ndindex(own.g.shape):
            copy, word = divmod(i, layout.rows)
            output = [(copy, j) for j in range(*across[k].indices(10**6))]
            flicker = noise[i, k] if noise.size else 0.0
            got.append(Cell(own.g[i, k], v[copy, word], output, -times, flicker, None))
    return got
