"""Weight error of a linear regression on one layer, by learning rule.

    python benchmarks/weight_error.py --json weight_error.jsonl --figure weight_error.svg
    python benchmarks/weight_error.py --quick                      # seconds, two points a curve

A layer of 20 x 20 weights learns targets (normal, 0.3, cut at 0.8 of the largest weight) from
normal inputs and outputs with normal errors of 0.1. Cells have soft bounds, steps that spread by
30 % from cell to cell and from pulse to pulse, and bounds that spread by 15 % of the range. Shown
is the root mean square of the difference between weights and targets, relative to the largest
weight, after 20 000 updates:

- against the number of states (range over the step at mid-range) with an exact reference;
- against the standard deviation of the error of the reference of the fast tile, relative to the
  largest weight, with 200 states.

The set-up follows Rasch et al., Nat. Commun. 15:7133, 2024, with cells and rates of our own.
Where aihwkit is installed the same is learned there, by its own rules of the same names.
With --json, points are kept line by line, and those that are there are not repeated.
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from bench.kept import keeping, kept

from crossbar.circuit import Offset, Reading
from crossbar.devices import Memristor, SoftBounds
from crossbar.nn import Agad, Chopped, Learner, Sequential, TikiTaka2
from crossbar.substrates import Tile

SIDE, NOISE, RATE, STATES = 20, 0.1, 0.02, 200
ALL_STATES, OFFSETS = (20, 60, 200, 600, 2000), (0.0, 0.05, 0.1, 0.2, 0.4)
RULES: dict[str, Learner] = {
    "SGD": Sequential(),
    "TTv2": TikiTaka2(fast=10.0, gain=0.005),
    "chopped TTv2": Chopped(fast=10.0, gain=0.005),
    "AGAD": Agad(fast=2.0, gain=0.1),
}
PACKAGES = ("crossbar", "aihwkit")
THEIRS = {"SGD": "sgd", "TTv2": "ttv2", "chopped TTv2": "c-ttv2", "AGAD": "agad"}


class Point(NamedTuple):
    """One error to be measured."""

    package: str
    rule: str
    states: int
    offset: float
    seed: int


class Task(NamedTuple):
    """Inputs, errors of outputs (updates, side) and targets (side, side)."""

    x: np.ndarray
    errors: np.ndarray
    targets: np.ndarray

    @classmethod
    def drawn(cls, seed: int, updates: int) -> Task:
        """Return the task of ``seed``."""
        rng = np.random.default_rng(seed)
        targets = np.clip(0.3 * rng.standard_normal((SIDE, SIDE)), -0.8, 0.8)
        x, errors = rng.standard_normal((2, updates, SIDE))
        each = x, NOISE * errors, targets
        return cls(*(part.astype(np.float32) for part in each))

    def miss(self, weights: np.ndarray) -> float:
        """Return the root mean square of the error of ``weights``."""
        return float(np.sqrt(np.mean((weights - self.targets) ** 2)))


def ours(point: Point, task: Task) -> float:
    """Return the error that our tiles leave."""
    device = Memristor(
        step=SoftBounds(dw_min=1 / point.states), sigma_d2d=0.3, sigma_bounds_d2d=0.15,
        sigma_c2c=0.3, sigma_program=(point.offset / 2,),
    )  # fmt: skip
    tile = Tile(device=device, mapping=Offset(w_max=1.0), reading=Reading(temperature=0.0))
    rng = np.random.default_rng(point.seed)
    state = RULES[point.rule].holding(tile).program(np.zeros((SIDE, SIDE)), rng=rng)
    for k in range(len(task.x)):
        x = task.x[k : k + 1]
        d = state.read(x, rng=rng) - x @ task.targets - task.errors[k]
        state.change(x, d, RATE, rng=rng)
    return task.miss(state.weights[0])


def theirs(point: Point, task: Task) -> float:
    """Return the error that the tiles of aihwkit leave."""
    import torch
    from aihwkit.nn import AnalogLinear
    from aihwkit.optim import AnalogSGD
    from aihwkit.simulator.configs import IOParameters, build_config, devices

    torch.manual_seed(point.seed)

    def cells(offset: float) -> Any:
        return devices.SoftBoundsReferenceDevice(
            dw_min=2 / point.states, dw_min_dtod=0.3, dw_min_std=0.3, w_max_dtod=0.3,
            w_min_dtod=0.3, reference_std=offset, subtract_symmetry_point=point.rule != "SGD",
        )  # fmt: skip

    # Its own settings of each rule; no converters and no noise of reads, as on our tiles.
    config = build_config(THEIRS[point.rule], cells(0.0), IOParameters(is_perfect=True))
    if point.rule == "SGD":
        config.device = cells(point.offset)
    else:
        config.device.unit_cell_devices[0] = cells(point.offset)  # the fast tile
    layer = AnalogLinear(SIDE, SIDE, bias=False, rpu_config=config)
    layer.set_weights(torch.zeros(SIDE, SIDE))
    optimiser = AnalogSGD(layer.parameters(), lr=RATE)
    optimiser.regroup_param_groups(layer)
    x, wanted = torch.from_numpy(task.x), torch.from_numpy(task.x @ task.targets + task.errors)
    for k in range(len(x)):
        optimiser.zero_grad()
        loss = 0.5 * ((layer(x[k : k + 1]) - wanted[k : k + 1]) ** 2).sum()
        loss.backward()
        optimiser.step()
    return task.miss(layer.get_weights()[0].numpy().T)


def points(package: str, options: argparse.Namespace) -> list[Point]:
    """Return what is to be measured of ``package``."""
    states = (60, STATES) if options.quick else ALL_STATES
    offsets = (0.0, 0.2) if options.quick else OFFSETS
    each = dict.fromkeys([*((n, 0.0) for n in states), *((STATES, o) for o in offsets)])
    seeds = range(1 if options.quick else options.seeds)
    return [Point(package, rule, *one, seed) for rule in RULES for one in each for seed in seeds]


def installed() -> list[str]:
    """Return the packages that can be compared."""
    known = all(importlib.util.find_spec(name) for name in ("aihwkit", "torch"))
    return list(PACKAGES if known else PACKAGES[:1])


def measured(options: argparse.Namespace) -> dict[Point, float]:
    """Return the error of every point, measured or kept."""
    errors = {Point(*(one[name] for name in Point._fields)): one["error"]
              for one in kept(options.json)}  # fmt: skip
    for one in keeping(options.json, missing(options, set(errors))):
        errors[Point(*(one[name] for name in Point._fields))] = one["error"]
    return errors


def missing(options: argparse.Namespace, done: set[Point]) -> Iterator[dict[str, Any]]:
    """Yield the errors of all points that are not ``done``."""
    updates = 2000 if options.quick else options.updates
    for package in installed():
        for point in points(package, options):
            if point not in done:
                task = Task.drawn(point.seed, updates)
                error = (ours if package == "crossbar" else theirs)(point, task)
                yield point._asdict() | {"error": error}


def curves(errors: dict[Point, float], package: str, rule: str) -> dict[str, list[Any]]:
    """Return (x, mean error) of both curves of a rule."""
    lines: dict[str, list[Any]] = {}
    for axis, fixed in (("states", ("offset", 0.0)), ("offset", ("states", STATES))):
        own = [p for p in errors if p[:2] == (package, rule) and getattr(p, fixed[0]) == fixed[1]]
        places = sorted({getattr(p, axis) for p in own})
        lines[axis] = [(at, float(np.mean([errors[p] for p in own if getattr(p, axis) == at])))
                       for at in places]  # fmt: skip
    return lines


def draw(errors: dict[Point, float], path: Path) -> None:
    """Draw the curves of all packages together."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    figure = Figure(figsize=(10, 3.6), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for package, style in zip(PACKAGES, ("o-", "s:"), strict=True):
        for k, rule in enumerate(RULES):
            for ax, line in zip(axes, curves(errors, package, rule).values(), strict=True):
                if line:
                    words = f"{rule}, {package}"
                    ax.plot(*zip(*line, strict=True), style, color=f"C{k}", label=words)
    axes[0].set(xscale="log", yscale="log", xlabel="states", ylabel="weight error")
    axes[0].yaxis.set(
        major_locator=LogLocator(subs=(1, 2, 5)), minor_locator=NullLocator(),
        major_formatter=FuncFormatter(lambda y, _: f"{y:g}"),
    )  # fmt: skip
    axes[1].set(xlabel="error of the reference, of the largest weight")
    figure.legend(*axes[1].get_legend_handles_labels(), loc="outside right center",
                  fontsize="small")  # fmt: skip
    figure.savefig(path)


def show(errors: dict[Point, float]) -> None:
    """Print the curves."""
    for package in dict.fromkeys(point.package for point in errors):
        for rule in RULES:
            for axis, line in curves(errors, package, rule).items():
                text = "  ".join(f"{at:g}: {error:.3f}" for at, error in line)
                print(f"{package:9} {rule:13} {axis:7} {text}")


def main(given: list[str] | None = None) -> int:
    """Measure, print and draw; return 1 if an error of the reference does not order the rules."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--updates", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="two points a curve, one seed")
    parser.add_argument("--json", type=Path, help="file that keeps every point")
    parser.add_argument("--figure", type=Path, help="picture of the curves")
    options = parser.parse_args(given)
    errors = measured(options)
    show(errors)
    if options.figure is not None:
        draw(errors, options.figure)
    ends = {rule: curves(errors, "crossbar", rule)["offset"][-1][1] for rule in RULES}
    return int(not max(ends["AGAD"], ends["chopped TTv2"]) < min(ends["TTv2"], ends["SGD"]))


if __name__ == "__main__":
    raise SystemExit(main())
