"""What does accuracy cost in energy, when five settings of a chip may move at once?

Chips learn in digital memory and are programmed. Read voltage, time of a read, conductance of the
cells and the bits of ADCs and DACs are then designed for the least energy at an accuracy of 0.94,
by gradients through the trained chips. Drawn are the runs with what models say of other bounds, and
by how much each setting moves energy and accuracy at the best point.

    python scripts/ex38_design.py --out runs/design --jobs 2
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import gallery
import pandas as pd

from crossbar.report.figures.design import sensitivity, trade
from crossbar.runs import experiment, train
from crossbar.runs.design import design
from crossbar.runs.design.front import traded
from crossbar.runs.search import AtLeast, Goal, Minimise
from crossbar.runs.sweep import Range

ENERGY = "energy_inference"
SETTINGS: dict[str, Any] = {
    "tile.reading.v_read": Range(1e-3, 0.35, log=True),
    "tile.reading.t_read": Range(1e-10, 1e-7, log=True),
    "device.g_full": Range(1.6e-4, 1.6e-2, log=True),
    "tile.adc.bits": range(3, 11),
    "tile.dac.bits": range(2, 10),
}


def parser() -> argparse.ArgumentParser:
    ours = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    ours.add_argument("--clips", type=int, default=358, help="synthetic clips a class")
    ours.add_argument("--epochs", type=int, default=10)
    ours.add_argument("--seeds", type=int, default=2, help="how many, each with its own split")
    ours.add_argument("--accuracy", type=float, default=0.94, help="that is to be kept")
    ours.add_argument("--bounds", type=float, nargs="+",
                      default=[0.86, 0.88, 0.9, 0.92, 0.94, 0.95], help="of the front")  # fmt: skip
    ours.add_argument("--points", type=int, default=8, help="that are run at most")
    ours.add_argument("--samples", type=int, default=200, help="that models present")
    ours.add_argument("--jobs", type=int, help="processes; without it one a core")
    ours.add_argument("--out", type=Path, default=Path("runs") / "design", help="stores, figures")
    return ours


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = parser().parse_args(arguments)
    learning = {"epochs": options.epochs, "batch": 16, "weights": "memory"}
    base: gallery.Settings = {
        "data": {"preset": "default", "clips": options.clips}, "train": learning,
        "device": {"kind": "cmos"}, "seed": list(range(options.seeds)),
        "tile": {"adc": {"bits": 8}, "dac": {"bits": 8}},
    }  # fmt: skip
    train(experiment(base), options.out / "chips")
    goal = Goal(Minimise(ENERGY), (AtLeast("accuracy", options.accuracy),))
    made = design(
        options.out / "chips", SETTINGS, goal, store=options.out / "design", points=options.points,
        front=options.bounds, samples=options.samples, jobs=options.jobs,
    )  # fmt: skip
    ranked = made.search.ranked
    rows = [
        {"run": one.runs[0], **one.parameters, "accuracy": one.mean("accuracy").mean,
         "energy (nJ)": 1e9 * one.mean(ENERGY).mean,
         "predicted (nJ)": 1e9 * made.predictions.get(one.runs[0], {}).get(ENERGY, float("nan"))}
        for one in sorted(ranked, key=lambda one: one.runs[0])
    ]  # fmt: skip
    table = pd.DataFrame(rows).rename(columns=lambda name: name.removeprefix("test."))
    print(table.to_string(index=False, float_format="{:.4g}".format))
    best, drawn = ranked[0], traded(ranked, goal, made.front)
    gallery.keep(trade(drawn, ENERGY, "accuracy", options.accuracy, best.units), options)
    where = f"the best point, run {best.runs[0]}"
    gallery.keep(sensitivity(made.effects, best.units, where), options)
    first = min(ranked, key=lambda one: one.runs[0])
    times = first.mean(ENERGY).mean / best.mean(ENERGY).mean
    kept = "keeps" if made.search.best else "misses"
    print(f"run {best.runs[0]} {kept} the bound; it takes 1/{times:.3g} of the energy of run 1")
    return table


if __name__ == "__main__":
    main()
