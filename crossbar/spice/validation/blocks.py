"""The circuit blocks: the stored preset that networks train with against ngspice."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import CIRCUIT
from crossbar.random import Streams
from crossbar.spice.bench import Bench
from crossbar.spice.benches import DIFFERENCE, ELEMENT, MULTIPLIER, NORMALISER, SOFTMAX
from crossbar.spice.calibration import fit
from crossbar.spice.validation.check import Check, Row

STORED = {
    ELEMENT: CIRCUIT.element.errors,
    SOFTMAX: CIRCUIT.softmax.errors,
    DIFFERENCE: CIRCUIT.difference.errors,
    MULTIPLIER: CIRCUIT.multiplier.errors,
    NORMALISER: CIRCUIT.normaliser.errors,
}
DIGITS = 1e-4  # of full scale: the preset stores 1e-5, as much again for other versions of ngspice
SATURATION = 1e-3  # of full scale, stored to three digits
LEFT = 0.01  # of full scale, rms: what gain, offset and saturation may leave of a circuit


def _block(name: str, _: Streams, *, bench: Bench, stored: Errors) -> list[Row]:
    """Compare what the preset says of a block with its circuit and with a fresh fit."""
    fitted = fit(bench)
    fresh, detail = fitted.errors, f"{bench.level} circuit, {bench.over}; relative to full scale"
    again = f"{detail}; against a fresh fit"
    gain, offset = fresh.gain_error - stored.gain_error, fresh.offset - stored.offset
    rows = [
        Row(check=name, metric="circuit - block, rms",
            error=float(np.sqrt(np.mean(fitted.sweep.beyond(stored) ** 2))),
            tolerance=LEFT, note=detail),
        Row(check=name, metric="stored gain and offset",
            error=abs(gain) + abs(offset), tolerance=DIGITS, note=again),
    ]  # fmt: skip
    if math.isfinite(stored.saturation) or math.isfinite(fresh.saturation):
        rows.append(
            Row(check=name, metric="stored saturation",
                error=abs(fresh.saturation - stored.saturation), tolerance=SATURATION, note=again)
        )  # fmt: skip
    return rows


CHECKS = [
    Check(f"block: {bench.name}", partial(_block, bench=bench, stored=errors))
    for bench, errors in STORED.items()
]
