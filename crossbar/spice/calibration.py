"""Behavioural errors of the circuit blocks, fitted to what ngspice says of their circuits."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import (
    Blocks,
    Multiplier,
    Normaliser,
    Softmax,
    SynapticElement,
    VectorDifference,
)
from crossbar.spice.bench import Bench, Sweep
from crossbar.spice.benches import DIFFERENCE, ELEMENT, MULTIPLIER, NORMALISER, RELU, SOFTMAX
from crossbar.spice.blocks import FULL, LOGIT, SUPPLY, normaliser, softmax, supplies
from crossbar.spice.engine import measure
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.ngspice import run
from crossbar.spice.engine.numbers import number

LOAD = 10e-15
"""Capacitance at the output of a transistor-level block [F]: the gates that it drives."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A block as :class:`crossbar.circuit.blocks.Errors`, and what that leaves out.

    Attributes
    ----------
    errors
        Gain error, offset and saturation; no noise.
    residual
        Root mean square of circuit minus fitted block inside the range, relative to full scale.
    worst
        Largest magnitude of circuit minus ideal function, relative to full scale.
    power : [W]
        Mean power from the supplies during the sweep for one output; NaN for a behavioural
        circuit, which has none.
    """

    bench: Bench
    errors: Errors
    residual: float
    worst: float
    power: float
    sweep: Sweep


def fitted(sweep: Sweep) -> Errors:
    """Return the gain error, offset and saturation that describe ``sweep`` best.

    Gain and offset are those of the least-squares line through the points inside the input range.
    The saturation is the largest output, where overdriven inputs stay more than 2 % below the
    line; otherwise infinite.
    """
    gain, offset = np.polyfit(sweep.ideal[sweep.inside], sweep.measured[sweep.inside], 1)
    reached = float(np.abs(sweep.measured).max())
    asked = float(np.abs(gain * sweep.ideal + offset).max())
    return Errors(
        gain_error=float(gain) - 1.0,
        offset=float(offset),
        saturation=reached if reached < 0.98 * asked else math.inf,
    )


def fit(bench: Bench) -> Fit:
    """Sweep a block in ngspice and fit its errors (see :func:`fitted`)."""
    waves = run(bench.deck())
    sweep = bench.read(waves)
    errors = fitted(sweep)
    power = math.nan
    if bench.level == "transistor":
        power = float(SUPPLY * np.mean(waves["i(vss)"] - waves["i(vdd)"])) / bench.outputs
    return Fit(
        bench=bench,
        errors=errors,
        residual=float(np.sqrt(np.mean(sweep.beyond(errors) ** 2))),
        worst=float(np.abs(sweep.beyond(Errors())).max()),
        power=power,
        sweep=sweep,
    )


def _multiplier(x: str, y: str) -> Deck:
    """Return one loaded multiplier with the sources ``x``, ``y`` and the output ``out``."""
    deck = Deck("multiplier")
    supplies(deck)
    deck.add(f"Vx x 0 {x}", f"Vy y 0 {y}", f"Cload out 0 {number(LOAD)}")
    deck.instance("x1", "multiplier", "x", "y", "out", "vdd", "vss")
    return deck


def _softmax(z: str) -> Deck:
    """Return a loaded softmax of two classes with inputs ``z`` and 0 and the output ``out``."""
    deck = Deck("softmax")
    supplies(deck)
    deck.add(f"Vx z0 0 {z}", "Vy z1 0 0")
    deck.add(f"Cload out 0 {number(LOAD)}", f"Cother p1 0 {number(LOAD)}")
    softmax(deck, "s", ["z0", "z1"], ["out", "p1"])
    return deck


def _normaliser(x: str) -> Deck:
    """Return a normaliser of one line with the source ``x`` and the output ``out``."""
    deck = Deck("normaliser")
    deck.add(f"Vx x 0 {x}")
    normaliser(deck, "n", ["x"], ["out"])
    return deck


def _relu(x: str) -> Deck:
    """Return a rectifier with the source ``x`` and the output ``out``."""
    deck = Deck("rectifier")
    deck.add(f"Vx x 0 {x}")
    deck.instance("x1", "relu", "x", "out", "gate")
    return deck


def _noise(deck: Deck) -> float:
    """Return the noise at ``out`` from 1 Hz to 1 THz, relative to full scale."""
    deck.add(".noise v(out) Vx dec 20 1 1e12")
    return float(run(deck)["v(onoise_total)"][-1]) / FULL


def noise() -> dict[str, float]:
    """Return the noise (rms, relative to full scale) of the transistor-level blocks by name.

    Thermal, shot and flicker noise of all transistors and resistors, filtered by the circuit and
    its load of 10 fF; both inputs of the multiplier at 0, both classes of the softmax at 1/2.
    """
    return {
        SOFTMAX.name: _noise(_softmax("0 ac 1")),
        MULTIPLIER.name: _noise(_multiplier("0 ac 1", "0")),
    }


def _settling(deck: Deck, stop: float) -> float:
    """Return the time [s] in which ``out`` settles to 1 % of its step."""
    deck.tran(step=stop / 1000, stop=stop)
    deck.save("v(out)")
    return measure.settling(run(deck), "v(out)", start=10e-9, stop=stop)


def settling() -> dict[str, float]:
    """Return the settling time [s] to 1 % of the blocks on the path of a read, from an input step.

    Softmax: a class falls from a probability of 0.99 to 0.01, the slow direction, as a leg of
    little current discharges its mirror. Multiplier: from zero to full scale. Normaliser: the
    largest input goes from minus full scale to 0.02 of it, where the loop is slowest. Rectifier:
    from minus to plus full scale.
    """
    edge = "PWL(0 {0} 10n {0} 10.01n {1})"
    low, high = (number(math.log(p / (1 - p)) * LOGIT) for p in (0.01, 0.99))
    full, low_peak = number(FULL), number(0.02 * FULL)
    return {
        SOFTMAX.name: _settling(_softmax(edge.format(high, low)), 20e-6),
        MULTIPLIER.name: _settling(_multiplier(edge.format(0, full), full), 1e-6),
        NORMALISER.name: _settling(_normaliser(edge.format(f"-{full}", low_peak)), 200e-9),
        RELU.name: _settling(_relu(edge.format(f"-{full}", full)), 15e-9),
    }


def calibrated() -> Blocks:
    """Return the blocks with the errors that ngspice gives their circuits.

    The preset :data:`crossbar.circuit.blocks.CIRCUIT` stores these numbers, so that nobody needs
    ngspice to train with them.
    """
    static = {bench.name: fit(bench).errors for bench in CALIBRATED}
    drawn = noise()
    errors = {name: replace(e, noise=drawn.get(name, 0.0)) for name, e in static.items()}
    return Blocks(
        element=SynapticElement(errors=errors[ELEMENT.name]),
        softmax=Softmax(errors=errors[SOFTMAX.name]),
        difference=VectorDifference(errors=errors[DIFFERENCE.name]),
        multiplier=Multiplier(errors=errors[MULTIPLIER.name]),
        normaliser=Normaliser(errors=errors[NORMALISER.name]),
    )


CALIBRATED = (ELEMENT, SOFTMAX, DIFFERENCE, MULTIPLIER, NORMALISER)
