"""Derivatives of loss and energy of a small chip, beside differences of their means over draws.

    OPENBLAS_NUM_THREADS=1 python benchmarks/chip_gradients.py --draws 10000

A network of two layers (yin-yang figure, ReRAM, wires of 5 ohm) is programmed anew in every draw:
other spread, programming errors and read noise. `SensitiveChip` gives the derivatives of one draw;
the compiled chip is read with every setting moved by 2 % up and down. Both means have standard
errors; z is their difference over both together, too small as a rule, since chips are the same.
With 16 figures the largest |z| is above 3.6 in one run of 200.
"""

from __future__ import annotations

import argparse
import functools
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np

from crossbar.energy.physical import breakdown
from crossbar.nn import Chip
from crossbar.runs import build
from crossbar.runs.energy_record import costs
from crossbar.runs.experiment import Experiment, experiment
from crossbar.runs.sensitivity import SensitiveChip
from crossbar.runs.sensitivity.settings import value_of
from crossbar.toml import placed

SETTINGS: dict[str, Any] = {
    "seed": [0],
    "data": {"kind": "yin-yang", "samples": 34},
    "network": {"layers": [{"name": "hidden", "kind": "dense", "units": 12},
                           {"name": "relu", "kind": "relu"},
                           {"name": "out", "kind": "dense", "units": 3}]},
    "device": {"kind": "reram", "sigma_read": 0.03},
    "tile": {"reading": {"v_read": 0.02, "t_read": 1e-9}, "wires": {"r_wl": 5.0, "r_bl": 5.0},
             "precision": "double"},
    "train": {"weights": "memory"},
    "energy": {"images": 24},
}  # fmt: skip
NAMES = (
    "tile.reading.v_read", "tile.reading.t_read", "tile.reading.temperature", "tile.wires.r_bl",
    "device.g_max", "device.g_min", "device.sigma_read", "device.sigma_bounds_d2d",
)  # fmt: skip
MOVED = 0.02


def loss_and_energy(chip: SensitiveChip, plan: Experiment) -> tuple[float, float]:
    """Return the mean loss and the energy of an inference of a compiled chip."""
    held = chip.held.chip(plan)
    before, rng = held.activity.copy(), plan.streams(chip.seed)("sensitivity")
    outputs = held.outputs(chip.x, rng=rng)
    rows = breakdown(held.activity.since(before), costs(plan), phase="inference")
    return float(held.loss.values(outputs, chip.wanted).mean()), sum(row.energy for row in rows)


@functools.cache
def moved(name: str, side: int) -> tuple[Experiment, float]:
    """Return the experiment with a setting moved, and by how much."""
    plan = experiment(SETTINGS)
    value = value_of(plan, name) if name else 0.0
    step = side * MOVED * value
    return experiment(placed(SETTINGS, name, value + step)) if name else plan, step


@functools.cache
def learned() -> Chip:
    """Return the chip with the weights, which are initial ones."""
    plan, _ = moved("", 0)
    return build.chip(plan, build.samples(plan.common.data).ends, plan.streams(0))


def numbered(plan: Experiment, number: int) -> Experiment:
    """Return the experiment of another fabricated chip."""
    return replace(plan, common=replace(plan.common, chip=number),
                   settings=plan.settings | {"chip": number})  # fmt: skip


def drawn(number: int, names: list[str]) -> tuple[list[float], list[float]]:
    """Return the derivatives of chip ``number``, and differences of the compiled chip."""
    plan = numbered(moved("", 0)[0], number)
    chip = SensitiveChip(plan, learned(), 0, build.samples(plan.common.data))
    at = chip.at({}, names)
    own = [at.by[metric][name] for name in names for metric in ("loss", "energy_inference")]
    differences = []
    for name in names:
        (low, down), (high, up) = (moved(name, side) for side in (-1, 1))
        ends = [loss_and_energy(chip, numbered(one, number)) for one in (low, high)]
        differences += [(b - a) / (up - down) for a, b in zip(*ends, strict=True)]
    return own, differences


def table(names: list[str], both: list[Any]) -> str:
    """Return both means with their standard errors, as Markdown."""
    own, differences = (np.array(each) for each in zip(*both, strict=True))
    lines = ["| setting | figure | derivative | difference | z |", "|---|---|---|---|---|"]
    rows = [(name, figure) for name in names for figure in ("loss", "energy")]
    for k, (name, figure) in enumerate(rows):
        means = own[:, k].mean(), differences[:, k].mean()
        errors = [each[:, k].std(ddof=1) / np.sqrt(len(each)) for each in (own, differences)]
        z = (means[0] - means[1]) / max(np.hypot(*errors), 1e-300)
        texts = [f"{m:.5g} +- {e:.1g}" for m, e in zip(means, errors, strict=True)]
        lines.append(f"| {name} | {figure} | {texts[0]} | {texts[1]} | {z:.2f} |")
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--draws", type=int, default=10_000)
    options.add_argument("--settings", nargs="+", default=list(NAMES))
    given = options.parse_args()
    start, both = time.perf_counter(), []
    for number in range(given.draws):
        both.append(drawn(number, given.settings))
        if (number + 1) % 500 == 0:
            spent = time.perf_counter() - start
            print(f"{number + 1} draws, {spent:.0f} s", file=sys.stderr, flush=True)
            print(table(given.settings, both), file=sys.stderr, flush=True)
    print(table(given.settings, both))


if __name__ == "__main__":
    main()
