"""Cells of an array: fabricated with their spread, and programmed to targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import Mapping
from crossbar.circuit.reference import Reference
from crossbar.devices import Cells, Device, Tally
from crossbar.types import Floats, FloatType, Rng


def fabricated(
    device: Device,
    mapping: Mapping,
    layout: Layout,
    *,
    rng: Rng,
    dtype: FloatType,
) -> tuple[list[Cells], Reference | None]:
    """Return new cells for every sign of ``mapping``, and reference lines if it has some."""
    shape = (layout.copies * layout.rows, layout.cols)
    *own, shared = rng.spawn(len(mapping.signs) + 1)
    cells = [device.fabricate(shape, rng=generator, dtype=dtype) for generator in own]
    if not mapping.reference:
        return cells, None
    return cells, Reference.fabricate(device, layout, mapping.planes, rng=shared, dtype=dtype)


def programmed(
    groups: Sequence[Cells], targets: Iterable[Floats], copies: int, *, rng: Rng
) -> Tally:
    """Write ``targets`` (rows, cols) [S] into every copy of each group; return what it took."""
    tally = Tally()
    for cells, target in zip(groups, targets, strict=True):
        tally.add(cells.program(np.tile(target, (copies, 1)), rng=rng))
    return tally
