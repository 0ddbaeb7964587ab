"""What a weight matrix takes on a chip: arrays, cells, time, energy and area."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossbar.circuit.converter_tables import converter_lines
from crossbar.circuit.layout import Layout
from crossbar.converters import SerialDac
from crossbar.energy import Cost, Path, Row
from crossbar.energy.area import SAMPLE_AND_HOLD
from crossbar.energy.costs import JOULES
from crossbar.nn.layers.base import Matrix
from crossbar.runs.experiment import Experiment

CELLS, BLOCKS = "cells", "blocks"
CONVERTERS = {"dac": "drivers", "adc": "converters"}  # parts of energy and area, by event
HOLD = "sample and hold"


@dataclass(frozen=True, kw_only=True)
class MappedLayer:
    """What a weight matrix takes on the chip.

    Attributes
    ----------
    name
        Of the matrix: that of its layer, or ``LAYER.PART``.
    rows, cols
        Weights.
    copies
        Times that the matrix is on the chip, to read as many vectors at once.
    tiles
        Physical arrays; 0 in digital memory.
    cells
        Cells of all arrays, those of spare word lines among them, without reference columns.
    utilisation
        Share of the cells of the arrays that hold a weight; None in digital memory.
    reads, cycles
        Vectors that an input sends through it, and how many one after the other.
    conversions
        Conversions an input, by converter, as they were counted.
    latency : [s]
        Time of the cycles with their converters.
    energy : [J], area : [m2]
        Of an inference, and of what stands at and in the arrays; ``energy_parts`` and
        ``area_parts`` add up to them.
    """

    name: str
    rows: int
    cols: int
    copies: int
    tiles: int
    cells: int
    utilisation: float | None
    reads: int
    cycles: int
    conversions: Mapping[str, float]
    latency: float
    energy: float
    area: float
    energy_parts: Mapping[str, float]
    area_parts: Mapping[str, float]


def mapped_layer(
    plan: Experiment, path: Path, node: str, name: str, matrix: Matrix, rows: Sequence[Row],
    sources: dict[str, str],
) -> MappedLayer:  # fmt: skip
    """Return what ``matrix`` of the layer ``node`` takes, and add ``sources`` of its area."""
    energy = dict.fromkeys((CELLS, *CONVERTERS.values(), BLOCKS), 0.0)
    for row in rows:
        energy[CELLS if row.event in JOULES else CONVERTERS.get(row.event, BLOCKS)] += row.energy
    conversions = {k: sum(r.count for r in rows if r.event == k) for k in CONVERTERS}
    cycles = math.ceil(matrix.vectors / matrix.copies)
    tiles, cells, share, area = 0, 0, None, dict[str, float]()
    if plan.of(node).device is not None:
        tiles, cells, share = _arrays(plan, node, matrix)
        for part, (count, cost) in _areas(plan, node, matrix, cells).items():
            area[part] = count * cost.value
            sources[f"{name}, {part}"] = str(cost.source)
    return MappedLayer(
        name=name,
        rows=matrix.rows,
        cols=matrix.cols,
        copies=matrix.copies,
        tiles=tiles,
        cells=cells,
        utilisation=share,
        reads=matrix.vectors,
        cycles=cycles,
        conversions=conversions,
        latency=cycles * path.cycle(name),
        energy=sum(row.energy for row in rows),
        area=sum(area.values()),
        energy_parts=energy,
        area_parts=area,
    )


def _layout(plan: Experiment, node: str, matrix: Matrix) -> Layout:
    """Return the arrays of ``matrix``, with its spare word lines."""
    tile = plan.of(node).tile
    lines = matrix.rows + (tile.spare_rows or 0)
    return Layout(rows=lines, cols=matrix.cols, copies=matrix.copies, size=tile.size)


def _arrays(plan: Experiment, node: str, matrix: Matrix) -> tuple[int, int, float]:
    """Return arrays and cells of ``matrix``, and the share of the cells that hold weights."""
    tile, layout = plan.of(node).tile, _layout(plan, node, matrix)
    held, each = layout.rows * layout.cols * layout.copies, len(tile.mapping.signs)
    room = layout.arrays * math.prod(tile.size) if tile.size else held
    return layout.arrays, each * held, matrix.rows * matrix.cols * matrix.copies / room


def _areas(plan: Experiment, node: str, matrix: Matrix, cells: int) -> dict[str, tuple[int, Cost]]:
    """Return how many of what stand at and in the arrays of ``matrix``, and the area of each."""
    hardware, layout = plan.of(node), _layout(plan, node, matrix)
    assert hardware.device is not None  # or it has no arrays
    dacs, adcs, *_ = converter_lines(layout, hardware.tile.mapping.amplifiers)
    dac, adc = hardware.tile.dac or SerialDac(), hardware.tile.adc  # of one switch a line
    parts = {
        CELLS: (cells, hardware.device.cell_area),
        CONVERTERS["dac"]: (dacs.converters(dac.shared), dac.area),
        HOLD: (adcs.converters(), SAMPLE_AND_HOLD),
    }
    if adc is not None:
        parts[CONVERTERS["adc"]] = (adcs.converters(adc.shared), adc.area)
    return parts
