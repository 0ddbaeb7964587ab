"""Intents of texts by spiking chips, beside linear classifiers of the same lines.

    nice -n 5 python benchmarks/intents.py --clinc clinc150.csv.gz --snips snips2017.jsonl.gz \
        --json intents.jsonl
    python benchmarks/intents.py --only commands --lines 512

Sets are the generated commands of the package and, by the paths of files that you have, CLINC150
and SNIPS 2017 (columns text, intent and split; they may be packed with gzip). For each number of
hashed lines a network of one layer learns in memory as scripts/commands.toml says, with rates of
its own, and is programmed into chips:

ideal      cells without errors
cmos       the CMOS synapse of the library, 8 bits
reram      the HfO2 ReRAM of the library, written once
verified   the same, with write-verify
learned    ReRAM that learns by its own pulses (--learn SET, on the first number of lines)

Printed are the accuracy on the test part with its 95 % interval (Wilson), that of the best of
logistic regression and linear support vectors (scikit-learn; the constant C is chosen on the
validation part), spikes that a sentence sends, energy and time of a sentence, the power at --rate
sentences a second, and how many sentences a second 1 mW pays for. The energy has no hashing: that
is the work of a processor, as is the weighting of lines.

--stress SET adds that set on its first number of lines under noise of reads, mismatch of neurons
and temperature of reads, with and without repairs. Temperature acts on the thermal noise of cells
alone; no device of the library says how its conductance depends on it.

With --json results are kept line by line, and those that are there are not repeated.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bench.kept import resumed
from bench.texts import parsed, parser, settings
from rich.console import Console
from rich.table import Table

from crossbar.runs import Experiment, evaluate_run, experiment, load_plan, override, read, train
from crossbar.runs.build import Parts, parts_of, samples
from crossbar.runs.conditions import tested as conditioned

RECIPE = Path(__file__).parents[1] / "scripts" / "commands.toml"
CHIPS = {
    "ideal": ("device.kind=ideal",),
    "cmos": ("device.kind=cmos",),
    "reram": ("device.kind=reram",),
    "verified": ("device.kind=reram", "tile.programming.kind=write-verify"),
}
LEARNED = "learned"
LEARNING = ("device.kind=reram", "train.weights=cells")
MARK = 0.01  # below the linear classifier
BUDGET = 1e-3  # W


class Set(NamedTuple):
    """Settings of a set of texts, and the accuracy that is asked for on it."""

    settings: tuple[str, ...]
    mark: float


SETS = {
    "commands": Set((), 0.99),
    "snips": Set(("train.gamma=0.001", "train.epochs=15", "data.hashing.patterns=2,3"), 0.985),
    "clinc": Set(("train.gamma=0.001", "train.epochs=12", "train.batch=100"), 0.88),
}
STRESSES = {
    "noise of reads": [("ideal", f"test.read_noise={x}") for x in (0.01, 0.02, 0.05, 0.1)],
    "mismatch": [("ideal", f"tile.mismatch={x}") for x in (0.1, 0.2, 0.5)],
    "temperature": [("cmos", f"tile.reading.temperature={x}") for x in (233, 300, 398)],
    "errors of writes": [("reram", "device.kind=reram")],
}
REPAIRS = {
    "mismatch": ("correction", "last-layer"),
    "errors of writes": ("correction", "last-layer"),
}


def linear(parts: Parts) -> float:
    """Return the accuracy of the better linear classifier on the test part."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    (x, y), (x_v, y_v), (x_t, y_t) = (
        (csr_matrix(part[0]), part[1]) for part in (parts.train, parts.validation, parts.test)
    )
    models = [LinearSVC(C=c) for c in (0.1, 0.3, 1.0)]
    models += [LogisticRegression(C=c, max_iter=300) for c in (3.0, 10.0, 30.0)]
    tried = [(model.fit(x, y).score(x_v, y_v), k) for k, model in enumerate(models)]
    best = [max(tried[:3])[1], max(tried[3:])[1]]
    return max(float(models[k].score(x_t, y_t)) for k in best)


def results(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield kept results, then new ones as they are made."""
    names = ("set", "lines", "chip", "condition")
    yield from resumed(options.json, names, partial(measured, options))


def measured(
    options: argparse.Namespace, done: set[tuple[str, int, str, str]]
) -> Iterator[dict[str, Any]]:
    """Yield results that are not ``done``."""
    for name in options.only:
        for lines in options.lines:
            tests = [(chip, "") for chip in CHIPS]
            if name in options.learn and lines == options.lines[0]:
                tests.append((LEARNED, ""))
            if name in options.stress and lines == options.lines[0]:
                tests += stresses()
            left = [
                (chip, under) for chip, under in tests if (name, lines, chip, under) not in done
            ]
            if left:
                yield from tested(name, lines, left, options)


def stresses() -> list[tuple[str, str]]:
    """Return chips and conditions under stress."""
    tests = []
    for what, cases in STRESSES.items():
        for chip, under in cases:
            repairs = [f"{under} test.repair={repair}" for repair in REPAIRS.get(what, ())]
            tests += [(chip, one) for one in (under, *repairs)]
    return tests


def trained(
    name: str, lines: int, options: argparse.Namespace, more: tuple[str, ...] = ()
) -> tuple[Experiment, Path]:
    """Return a plan with ``more`` settings and the folder of its chip, trained once."""
    changes = settings(name, SETS[name].settings, lines, options)
    plan = experiment(override(read(RECIPE), [*changes, *more]))
    out = options.out / f"{name}-{lines}{f'-{LEARNED}' if more else ''}"
    train(plan, out, progress=False)
    return plan, out


def tested(
    name: str, lines: int, tests: list[tuple[str, str]], options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """Train a network, or take the one in the folder, and yield what it gives on every chip."""
    begun = time.perf_counter()
    plan, network = trained(name, lines, options)
    took = time.perf_counter() - begun
    dataset = samples(plan.common.data)
    parts = parts_of(plan.common.data, dataset, plan.common.seed[0])
    ceiling, spikes = linear(parts), float((parts.test[0] > 0).sum(axis=1).mean())
    for chip, under in tests:
        changes = dict(one.split("=") for one in under.split() if one.startswith("test."))
        own = [one for one in under.split() if not one.startswith("test.")]
        learns = chip == LEARNED
        out = trained(name, lines, options, LEARNING)[1] if learns else network
        stressed, conditions = conditioned(
            load_plan(out, [*CHIPS.get(chip, ()), *own]),
            {name.removeprefix("test."): value for name, value in changes.items()},
        )
        seen = evaluate_run(stressed, out, conditions=conditions, progress=False)
        yield {
            "set": name, "lines": lines, "chip": chip, "condition": under, "linear": ceiling,
            "accuracy": seen["accuracy"], "ci95": seen["accuracy_ci95"], "spikes": spikes,
            "energy": seen["energy_inference"], "latency": seen["latency"],
            "assumed": seen["assumed_costs"].get("energy_inference", 0.0), "seconds": took,
            "repair_energy": seen.get("repair_energy"),
        }  # fmt: skip


def show(records: list[dict[str, Any]], rate: float) -> bool:
    """Print the table; return whether no mark is missed on ideal cells."""
    power = f"power at {rate:g}/s, uW"
    table = Table("set", "lines", "chip", "condition", "accuracy, %", "linear, %", "spikes",
                  "energy, nJ",
                  "time, us", power, "sentences/s of 1 mW", "mark")  # fmt: skip
    kept_all = True
    for one in records:
        mark, under = "", one["condition"].replace("test.", "").replace("tile.", "")
        if one["chip"] == "ideal" and not under:
            near = one["accuracy"] >= one["linear"] - MARK
            best = one["lines"] == max(r["lines"] for r in records if r["set"] == one["set"])
            good = near and (not best or one["accuracy"] >= SETS[one["set"]].mark)
            mark, kept_all = "kept" if good else "missed", kept_all and good
        low, high = one["ci95"]
        table.add_row(
            one["set"], f"{one['lines']}", one["chip"], under.replace(" ", "\n"),
            f"{100 * one['accuracy']:.1f} [{100 * low:.1f}, {100 * high:.1f}]",
            f"{100 * one['linear']:.1f}", f"{one['spikes']:.0f}", f"{1e9 * one['energy']:.3f}",
            f"{1e6 * one['latency']:.2f}", f"{1e6 * rate * one['energy']:.3g}",
            f"{min(BUDGET / one['energy'], 1 / one['latency']):.3g}", mark,
        )  # fmt: skip
    Console(width=170).print(table)
    return kept_all


def main(given: list[str] | None = None) -> int:
    """Train, print the table, and return 1 if a mark is missed."""
    ours = parser(__doc__, SETS, "intents")
    ours.add_argument("--clinc", type=Path, help="CLINC150, a file of texts")
    ours.add_argument("--stress", nargs="*", choices=SETS, default=[])
    ours.add_argument("--learn", nargs="*", choices=SETS, default=[])
    ours.add_argument("--rate", type=float, default=1000.0, help="sentences a second")
    options = parsed(ours, given, SETS)
    return 0 if show(list(results(options)), options.rate) else 1


if __name__ == "__main__":
    raise SystemExit(main())
