"""What a weight matrix takes on a chip: arrays, cells, time, energy and area."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossbar.circuit.converter_tables import converter_lines
from crossbar.converters import SerialDac
from crossbar.energy import Cost, Row
from crossbar.energy.area import SAMPLE_AND_HOLD
from crossbar.energy.costs import JOULES
from crossbar.nn.layers.place import Matrix
from crossbar.runs.hardware import Hardware

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
        ``area_parts`` add up to them, and ``area_sources`` says where these areas are from.
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
    area_sources: Mapping[str, str]


def mapped_layer(
    hardware: Hardware, name: str, matrix: Matrix, cycle: float, rows: Sequence[Row]
) -> MappedLayer:
    """Return what ``matrix`` takes in ``hardware``.

    ``cycle`` [s] is the time of one of its cycles, and ``rows`` the energy that was counted on it.
    """
    energy = dict.fromkeys((CELLS, *CONVERTERS.values(), BLOCKS), 0.0)
    for row in rows:
        energy[CELLS if row.event in JOULES else CONVERTERS.get(row.event, BLOCKS)] += row.energy
    cycles = math.ceil(matrix.vectors / matrix.copies)
    tiles, cells, share = _arrays(hardware, matrix)
    areas = _areas(hardware, matrix, cells)
    area = {part: count * cost.value for part, (count, cost) in areas.items()}
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
        conversions={k: sum(r.count for r in rows if r.event == k) for k in CONVERTERS},
        latency=cycles * cycle,
        energy=sum(row.energy for row in rows),
        area=sum(area.values()),
        energy_parts=energy,
        area_parts=area,
        area_sources={part: str(cost.source) for part, (_, cost) in areas.items()},
    )


def _arrays(hardware: Hardware, matrix: Matrix) -> tuple[int, int, float | None]:
    """Return arrays and cells of ``matrix``, and the share of the cells that hold weights."""
    if hardware.device is None:
        return 0, 0, None
    tile = hardware.tile
    layout = tile.layout(matrix.rows, matrix.cols, matrix.copies)
    held, each = layout.rows * layout.cols * layout.copies, len(tile.mapping.signs)
    room = layout.arrays * math.prod(tile.size) if tile.size else held
    return layout.arrays, each * held, matrix.rows * matrix.cols * matrix.copies / room


def _areas(hardware: Hardware, matrix: Matrix, cells: int) -> dict[str, tuple[int, Cost]]:
    """Return how many of what stand at and in the arrays of ``matrix``, and the area of each."""
    if hardware.device is None:
        return {}
    tile = hardware.tile
    layout = tile.layout(matrix.rows, matrix.cols, matrix.copies)
    dacs, adcs, *_ = converter_lines(layout, tile.mapping.amplifiers)
    dac = tile.dac or SerialDac()  # of one switch a line
    parts = {
        CELLS: (cells, hardware.device.cell_area),
        CONVERTERS["dac"]: (dacs.converters(dac.shared), dac.area),
        HOLD: (adcs.converters(), SAMPLE_AND_HOLD),
    }
    if tile.adc is not None:
        parts[CONVERTERS["adc"]] = (adcs.converters(tile.adc.shared), tile.adc.area)
    return parts
