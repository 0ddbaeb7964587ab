"""A chip in closed form, whose cheapest settings are known: at the top of a module for workers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from crossbar.errors import fail
from crossbar.runs.design import RunModel
from crossbar.runs.search.trial import Tried
from crossbar.runs.sensitivity import Sensitivity

CELLS, DRIVERS, CLOCK, STEP = 1.0, 0.5, 0.2, 0.02  # of energy: v^2 t, v, t, 2^bits
NOISE, ROUNDING, AIM = 0.04, 0.5, 0.94
SETTINGS = ("v", "t", "bits")


def chip(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Return the energy of a read, and an accuracy that noise and rounding take from."""
    v, t, bits = (point[name] for name in SETTINGS)
    energy = CELLS * v**2 * t + DRIVERS * v + CLOCK * t + STEP * 2**bits
    return {"energy": energy, "accuracy": 1 - NOISE / (v**2 * t) - ROUNDING * 4.0**-bits}


def cheapest(aim: float = AIM) -> tuple[float, dict[str, float]]:
    """Return the least energy with an accuracy of ``aim``, and where it is.

    For so many bits v^2 t is given; DRIVERS v + CLOCK v^2 t / v^2 is least at the cube root of
    2 CLOCK v^2 t / DRIVERS.
    """
    options = []
    for bits in range(2, 11):
        left = 1 - aim - ROUNDING * 4.0**-bits
        if left > 0:
            charge = NOISE / left
            v = (2 * CLOCK * charge / DRIVERS) ** (1 / 3)
            point = {"v": v, "t": charge / v**2, "bits": bits}
            options.append((chip(point, 0)["energy"], point))
    return min(options, key=lambda one: one[0])


def noisy(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Return what the chip does, with an accuracy that is off by up to 0.4 points."""
    known = chip(point, seed)
    known["accuracy"] += 0.004 * math.sin(1e4 * sum(point[name] for name in SETTINGS))
    return known


class Likeness(RunModel):
    """The chip, with an energy and an accuracy that are off, and exact derivatives of these."""

    metrics = ("energy", "accuracy")

    def __init__(self) -> None:
        self.looks = 0

    def at(self, run: Tried, changes: dict[str, Any]) -> Sequence[Sensitivity]:
        self.looks += 1
        v, t, bits = (changes[name] for name in SETTINGS)
        true = chip(changes, 0)
        energy = {"v": 2 * CELLS * v * t + DRIVERS, "t": CELLS * v**2 + CLOCK,
                  "bits": STEP * math.log(2) * 2**bits}  # fmt: skip
        accuracy = {"v": 2 * NOISE / (v**3 * t), "t": NOISE / (v * t) ** 2,
                    "bits": ROUNDING * math.log(4) * 4.0**-bits}  # fmt: skip
        return [Sensitivity(
            values={"energy": 1.2 * true["energy"], "accuracy": 0.8 * true["accuracy"]},
            by={"energy": {name: 1.2 * d for name, d in energy.items()},
                "accuracy": {name: 0.8 * d for name, d in accuracy.items()}},
            kinds={"v": "exact", "t": "exact", "bits": "difference"},
        )] * len(run.runs)  # fmt: skip


class Rosy(Likeness):
    """A likeness that knows nothing of what converters of 2 and 3 bits lose."""

    def at(self, run: Tried, changes: dict[str, Any]) -> Sequence[Sensitivity]:
        known = super().at(run, changes)
        bits = changes["bits"]
        if bits > 3:
            return known
        gain = 0.8 * ROUNDING * 4.0**-bits
        values = known[0].values | {"accuracy": known[0].values["accuracy"] + gain}
        return [Sensitivity(values=values, by=known[0].by, kinds=known[0].kinds)] * len(known)


def slow(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Return what the chip does, which refuses reads that are long for their voltage."""
    if point["t"] > 1.5 * point["v"]:
        fail("slow.t", "1.5 v or less", f"{point['t']:g}", "Read with a larger voltage.")
    return chip(point, seed)


class Slow(Likeness):
    """A likeness of the slow chip, which refuses what that does."""

    def at(self, run: Tried, changes: dict[str, Any]) -> Sequence[Sensitivity]:
        slow(changes, 0)
        return super().at(run, changes)


KINKED = ("v", "t", "adc", "dac")
LOST = {  # accuracy, by the bits of a converter
    "adc": dict.fromkeys(range(5, 11), 0.0) | {4: 0.0025, 3: 0.1},
    "dac": dict.fromkeys(range(5, 10), 0.0) | {4: 0.004, 3: 0.055, 2: 0.2},
}


def kinked(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Return energy and accuracy of a chip whose bits cost much and are enough of a sudden."""
    v, t, adc, dac = (point[name] for name in KINKED)
    energy = dac + 0.003 * 2.0**adc + 1e-3 * v**2 * t
    lost = LOST["adc"][adc] + LOST["dac"][dac]
    return {"energy": energy, "accuracy": 0.964 - 0.5 * NOISE / (v**2 * t) - lost}


class Kinked(RunModel):
    """What the chip of kinked bits does, with derivatives between the values beside."""

    metrics = ("energy", "accuracy")

    def at(self, run: Tried, changes: dict[str, Any]) -> Sequence[Sensitivity]:
        v, t, adc, dac = (changes[name] for name in KINKED)
        energy = {"v": 2e-3 * v * t, "t": 1e-3 * v**2, "dac": 1.0,
                  "adc": 0.003 * math.log(2) * 2.0**adc}  # fmt: skip
        accuracy = {"v": NOISE / (v**3 * t), "t": 0.5 * NOISE / (v * t) ** 2,
                    "adc": _between("adc", adc), "dac": _between("dac", dac)}  # fmt: skip
        kinds = dict.fromkeys(KINKED, "exact")
        by = {"energy": energy, "accuracy": accuracy}
        return [Sensitivity(values=kinked(changes, 0), by=by, kinds=kinds)] * len(run.runs)


def _between(name: str, bits: int) -> float:
    """Return the difference of accuracies between the values beside, for a bit."""
    below, above = max(bits - 1, min(LOST[name])), min(bits + 1, max(LOST[name]))
    return (LOST[name][below] - LOST[name][above]) / (above - below)
