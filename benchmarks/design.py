"""Does design by gradients find cheaper chips than a search with three times its points?

    nice -n 5 python benchmarks/design.py --out runs/design-benchmark --jobs 2
    python benchmarks/design.py --points 5 --replicates 1 --out runs/tried

Sought is the least energy of an inference at an accuracy of at least 0.94, over read voltage, time
of a read, full-scale conductance of the CMOS synapse and the bits of ADCs and serial DACs, with
thermal noise. The configuration is scripts/leti_cnn.toml with the data "default", weights that
learn in digital memory for 30 epochs in batches of 16, then programmed. Converters have 8 bits
before they are designed. Settings act after training, so the points of a replicate share its four
trained chips (--chips): of one or two, a mean may never reach the bound, or only by luck.

Each replicate has chips and a seed of proposals of its own. "search" is Optuna's estimator with
--points, of which the settings of the file are the first, as in the design; "design" has a third of
them. Printed are the energies of the best points that keep the bound, and accuracy and energy of
chips that are trained anew, plainly, with the settings of each best point. The mark is 4 of 5
replicates in which design is cheaper. Everything is kept in stores: the same command resumes.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.kept import resumed
from rich.console import Console
from rich.table import Table

from crossbar.runs import experiment, train
from crossbar.runs.design import design
from crossbar.runs.search import AtLeast, Goal, Minimise, search
from crossbar.runs.search.trial import Tried
from crossbar.runs.sweep import Range, sweep
from crossbar.toml import override, read

USUAL = Path(__file__).parents[1] / "scripts" / "leti_cnn.toml"
LEARNING = ["data.preset=default", "train.weights=memory", "train.batch=16", "train.epochs=30",
            "tile.adc.bits=8", "tile.dac.bits=8"]  # fmt: skip
ENERGY, BOUND = "energy_inference", 0.94
GOAL = Goal(Minimise(ENERGY), (AtLeast("accuracy", BOUND),))
SETTINGS: dict[str, Any] = {
    "tile.reading.v_read": Range(1e-3, 0.35, log=True),
    "tile.reading.t_read": Range(1e-10, 1e-7, log=True),
    "device.g_full": Range(1.6e-4, 1.6e-2, log=True),
    "tile.adc.bits": range(3, 11),
    "tile.dac.bits": range(2, 10),
}
LESS = 3  # times the points of a design, that a search has
MARK = 0.8  # of the replicates


def parser() -> argparse.ArgumentParser:
    ours = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    ours.add_argument("changes", nargs="*", metavar="KEY=VALUE", help="of the configuration")
    ours.add_argument("--points", type=int, default=30, help="of a search")
    ours.add_argument("--replicates", type=int, default=5)
    ours.add_argument("--chips", type=int, default=4, help="of a replicate")
    ours.add_argument("--samples", type=int, default=200, help="that models present")
    ours.add_argument("--jobs", type=int, default=1)
    ours.add_argument("--out", type=Path, default=Path("runs") / "design-benchmark")
    return ours


def replicate(k: int, options: argparse.Namespace, base: dict[str, Any]) -> dict[str, Any]:
    """Return what both ways find with the chips of replicate ``k``."""
    folder = options.out / f"replicate-{k}-of-{options.chips}"
    seeds = list(range(options.chips * k, options.chips * (k + 1)))
    chips, shared = folder / "chips", {"seeds": seeds, "jobs": options.jobs, "progress": False}
    train(experiment(base | {"seed": seeds}), chips, progress=False)
    marks = [time.perf_counter()]
    by_design = design(
        chips, SETTINGS, GOAL, store=folder / "design", points=options.points // LESS,
        sampler_seed=k, samples=options.samples, **shared,
    ).search  # fmt: skip
    marks.append(time.perf_counter())
    first = min(by_design.ranked, key=lambda one: one.runs)  # the settings of the file
    own = {name: [value] for name, value in first.parameters.items()}
    sweep(chips, own, store=folder / "search", **shared)
    by_search = search(
        chips, SETTINGS, GOAL, store=folder / "search", points=options.points, sampler_seed=k,
        **shared,
    )  # fmt: skip
    marks.append(time.perf_counter())
    ways = {"search": by_search, "design": by_design}
    record = {"chips": options.chips, "replicate": k}
    record["seconds"] = [b - a for a, b in itertools.pairwise(marks)]
    return record | {
        name: {"points": len(one.ranked), **best(one.best, base, seeds, folder / f"plain-{name}")}
        for name, one in ways.items()
    }


def best(one: Tried | None, base: dict[str, Any], seeds: list[int], out: Path) -> dict[str, Any]:
    """Return the best point, and what chips are that are trained with its settings."""
    if one is None:
        return {ENERGY: None}
    settings = {name.removeprefix("test."): value for name, value in one.parameters.items()}
    plain = override(base, [f"{name}={value}" for name, value in settings.items()])
    result = train(experiment(plain | {"seed": seeds}), out, progress=False)
    return {
        "settings": settings, ENERGY: one.mean(ENERGY).mean, "accuracy": one.mean("accuracy").mean,
        "plain": {name: result[name] for name in (ENERGY, "accuracy")},
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Run what is missing, print the table, and return 1 if the mark is missed."""
    options = parser().parse_args(arguments)
    base = override(read(USUAL), [*LEARNING, *options.changes])
    options.out.mkdir(parents=True, exist_ok=True)

    def new(done: set[Any]) -> Iterator[dict[str, Any]]:
        for k in range(options.replicates):
            if (options.chips, k) not in done:
                yield replicate(k, options, base)

    records = resumed(options.out / "records.jsonl", ("chips", "replicate"), new)
    return int(not show([one for one in records if one["chips"] == options.chips]))


def show(records: list[dict[str, Any]]) -> bool:
    """Print the table, and whether the mark is reached."""
    table = Table("replicate", "way", "points", "energy", "accuracy", "plain energy",
                  "plain accuracy", "settings")  # fmt: skip
    better = 0
    for record in records:
        ways = [record["search"], record["design"]]
        costs = [float("inf") if one[ENERGY] is None else one[ENERGY] for one in ways]
        better += costs[1] < costs[0]
        for name, one in zip(("search", "design"), ways, strict=True):
            if one[ENERGY] is None:
                table.add_row(str(record["replicate"]), name, str(one["points"]), "none")
                continue
            settings = " ".join(f"{value:.3g}" for value in one["settings"].values())
            cells = [f"{1e9 * one[ENERGY]:.3f} nJ", f"{one['accuracy']:.4f}"]
            plain = [f"{1e9 * one['plain'][ENERGY]:.3f} nJ", f"{one['plain']['accuracy']:.4f}"]
            table.add_row(str(record["replicate"]), name, str(one["points"]), *cells, *plain,
                          settings)  # fmt: skip
    Console(width=140).print(table)
    reached = better >= MARK * len(records)
    mark = "reached" if reached else "missed"
    print(f"design is cheaper in {better} of {len(records)} with a third of the points: {mark}")
    return reached


if __name__ == "__main__":
    raise SystemExit(main())
