"""Memristors: the state that ngspice integrates against SciPy's integral of the same equations."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from crossbar.devices.equations import MEMRISTORS, CircuitCell
from crossbar.random import Streams
from crossbar.spice.memristors.hysteresis import TOLERANCES, loop, loop_errors
from crossbar.spice.validation.check import Check, Row
from crossbar.units import text

METRICS = {
    "state": "largest state error",
    "current": "rms current error / I_max",
    "pinch": "|i| at v = 0 / I_max",
}


def drawn_cell(kind: type[CircuitCell], rng: np.random.Generator) -> CircuitCell:
    """Return a cell whose parameters have the spread from device to device of its kind."""
    factors = {
        name: math.exp(spread.d2d * rng.standard_normal())
        for name, spread in sorted(kind.spreads.items())
    }
    return kind().scaled(factors)


def _memristor(name: str, streams: Streams, *, kind: type[CircuitCell]) -> list[Row]:
    """Compare the pinched loop of a drawn cell."""
    cell = drawn_cell(kind, streams(name))
    drawn = loop(cell)
    errors, sine = loop_errors(drawn), drawn.sine
    drive = f"{text(sine.amplitude, 'V')}, {text(sine.frequency, 'Hz')}"
    detail = f"a drawn device, {sine.periods} periods of {drive}"
    return [
        Row(check=name, metric=metric, error=getattr(errors, field),
            tolerance=getattr(TOLERANCES, field), note=detail)
        for field, metric in METRICS.items()
    ]  # fmt: skip


CHECKS = [
    Check(f"{name} against solve_ivp", partial(_memristor, kind=kind))
    for name, kind in MEMRISTORS.items()
]
