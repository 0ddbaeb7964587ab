"""What learning rules win back of what asymmetric cells cost plain descent.

    nice -n 5 python benchmarks/learning_rules.py train.epochs=6 --json learning_rules.jsonl
    python benchmarks/learning_rules.py --config scripts/mnist1d.toml train.batch=1 train.epochs=10
    python benchmarks/learning_rules.py train.epochs=1 data.clips=12 --seeds 1 --json tried.jsonl

A network learns on HfO2 ReRAM with soft bounds, one live cell a weight against the middle of the
range, so that up and down steps of the nominal cell are equal at an eighth of the range below zero.
"even" is plain descent on the same cells with steps that are the same everywhere, and "float" in
floating point. Each rule has the rate of the configuration and its own defaults. Printed are, over
seeds, the accuracy with its 95 % interval (Student), the change against plain descent, paired by
seed, the share of the cost of asymmetry that it wins back ((rule - plain) / (even - plain)), write
pulses an image and the energy of a training step. A rule that diverges has the accuracy of
guessing.

The configuration is scripts/leti_cnn.toml with the data "hard"; KEY=VALUE change it for all rules,
and stand before --rules. Another configuration has data of its own.
With --json, trainings are kept line by line, and those that are there are not repeated: give
another file for other settings.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from bench.kept import keeping, kept
from rich.console import Console
from rich.table import Table

from crossbar.errors import ConvergenceError
from crossbar.intervals import student
from crossbar.runs import build, experiment
from crossbar.runs.trials import trial
from crossbar.toml import override, read

ROOT = Path(__file__).parents[1]
USUAL = ROOT / "scripts" / "leti_cnn.toml"
HARD = ["data.preset=hard"]  # of the usual configuration
CELLS = ["device.kind=reram", "tile.mapping.kind=offset", "learner.kind=sequential"]
RULES: dict[str, list[str]] = {
    "float": ["device.kind=float"],
    "even": [*CELLS, "device.step.kind=constant"],
    "plain": CELLS,
    "zero-shift": [CELLS[0], "tile.mapping.kind=zero-shift", CELLS[2]],
    "coincidence": [*CELLS[:2], "learner.kind=coincidence"],
    "mixed precision": [*CELLS[:2], "learner.kind=mixed-precision"],
    "Tiki-Taka": [*CELLS[:2], "learner.kind=tiki-taka"],
    "Tiki-Taka v2": [*CELLS[:2], "learner.kind=tiki-taka-2"],
    "chopped": [*CELLS[:2], "learner.kind=chopped"],
    "AGAD": [*CELLS[:2], "learner.kind=agad"],
}
MARK = ("mixed precision", "Tiki-Taka v2", "AGAD")
HALF = 0.5  # of the cost of asymmetry, which one of these has to win back


def learned(task: tuple[str, int], config: Path, changes: list[str]) -> dict[str, Any]:
    """Return what the chip of a rule and a seed is after training."""
    rule, seed = task
    given = [*(HARD if config == USUAL else []), *RULES[rule]]
    settings = override(read(config), [*given, *changes, f"seed={seed}"])
    plan = experiment(settings)
    dataset = build.samples(plan.common.data)
    record: dict[str, Any] = {"rule": rule, "seed": seed}
    try:
        metrics, detail = trial(plan, seed, dataset)
    except ConvergenceError as error:
        return record | {"accuracy": 1 / dataset.ends.outputs, "diverged": str(error)}
    parts = build.parts_of(plan.common.data, dataset, seed)
    images = plan.common.train.epochs * len(parts.train[0])
    written = sum(row["amount"] for row in detail["activity"]["training"]
                  if row["event"] in ("pulses", "code_steps"))  # fmt: skip
    return record | {
        "accuracy": metrics["accuracy"], "energy": metrics["energy_training"],
        "pulses": written / images, "loss": metrics["loss"],
    }  # fmt: skip


def results(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield kept results, then new ones as they are made."""
    before = kept(options.json)
    yield from before
    done = {(one["rule"], one["seed"]) for one in before}
    seeds = range(options.first, options.first + options.seeds)
    tasks = [(rule, seed) for seed in seeds for rule in options.rules if (rule, seed) not in done]
    work = partial(learned, config=options.config, changes=options.changes)
    with ProcessPoolExecutor(options.jobs) as pool:
        yield from keeping(options.json, pool.map(work, tasks))


def show(records: list[dict[str, Any]]) -> bool:
    """Print the table; return whether one of the rules of the mark wins back half."""
    by = {(one["rule"], one["seed"]): one for one in records}
    seeds = sorted({seed for _, seed in by})
    table = Table("rule", "accuracy", "against plain, points", "won back", "pulses an image",
                  "energy of a step")  # fmt: skip

    def paired(rule: str, other: str) -> list[float]:
        each = [(by.get((rule, s)), by.get((other, s))) for s in seeds]
        return [100 * (a["accuracy"] - b["accuracy"]) for a, b in each if a and b]

    back = {}
    cost = float(np.mean(paired("even", "plain") or [np.nan]))
    for rule in dict.fromkeys(rule for rule, _ in by):
        own = [by[rule, s] for s in seeds if (rule, s) in by]
        accuracy = student([one["accuracy"] for one in own]).times(100)
        change = paired(rule, "plain")
        back[rule] = float(np.mean(change or [np.nan])) / cost
        pulses, energy = ([one.get(name, np.nan) for one in own] for name in ("pulses", "energy"))
        table.add_row(
            rule, f"{accuracy.text(1)} %", student(change).text(1) if change else "",
            f"{100 * back[rule]:.0f} %", f"{np.nanmean(pulses):.3g}",
            f"{1e9 * np.nanmean(energy):.3g} nJ",
        )  # fmt: skip
    Console().print(table)
    return any(back.get(rule, 0) >= HALF for rule in MARK)


def main(given: list[str] | None = None) -> int:
    """Train, print the table, and return 1 if less than half is won back."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("changes", nargs="*", metavar="KEY=VALUE", help="settings for all rules")
    parser.add_argument("--config", type=Path, default=USUAL)
    parser.add_argument("--rules", nargs="+", choices=RULES, default=list(RULES))
    parser.add_argument("--seeds", type=int, default=5, help="how many")
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="the first of them")
    parser.add_argument("--jobs", type=int, default=1, help="processes that train")
    parser.add_argument("--json", type=Path, help="file that keeps every training")
    return int(not show(list(results(parser.parse_args(given)))))


if __name__ == "__main__":
    raise SystemExit(main())
