"""How often the interval of an accuracy, with what a fit leaves unknown, covers the true device.

    python benchmarks/posterior.py --cases 40 --jobs 1 --json posterior.jsonl    # 20 minutes
    python benchmarks/posterior.py --cases 2 --draws 3                           # a minute

Each case has a device with hidden parameters, of which ten cells are measured as in
``benchmarks/fit_coverage.py``, except that steps are a third as large: with these chips learn. A
fit gives a device and its posterior. The network for spectrograms is trained on chips of draws of
the posterior, for several seeds and chips of each, and on chips of the true device, for other
seeds. Printed: in how many cases the 95 % interval of one more chip covers the accuracy of a chip
of the true device, and its mean over seeds; the same for the fitted device alone, whose interval
knows seeds and chips but not the posterior; and the shares of device, chip and seed in the
variance. With --json, cases are kept line by line, and those that are there are not repeated.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from fit_coverage import SHAPES, hidden, measured
from rich.console import Console
from rich.table import Table

from crossbar.devices import fit_device, write_device_file
from crossbar.devices.fitting.candidate import candidates
from crossbar.intervals import Interval, widening, wilson
from crossbar.report.sweeps import read_sweep
from crossbar.report.sweeps.components import CHIP, DEVICE, REST, SEED
from crossbar.runs.sweep import LocalWorkers, sweep
from crossbar.sources import derived, numbers

SEEDS, CHIPS, DRAWS = 4, 2, 8
OTHERS = range(100, 104)  # seeds of the true device
SETTINGS: dict[str, Any] = {
    "data": {"clips": 60, "split": "window"}, "network": {"hidden": 32},
    "train": {"epochs": 2, "gamma": 0.005}, "energy": {"images": 1},
}  # fmt: skip
FINER = 3.0  # times as small as in fit_coverage are the steps
TARGET = 0.85


def case(number: int, draws: int, workers: Executor, jobs: int) -> dict[str, Any]:
    """Return intervals and shares with the posterior, and accuracies of the true device."""
    laws = [one for one in candidates(()) if all(n in SHAPES for n in one.shapes)]
    law, rng = laws[number % len(laws)], np.random.default_rng([14, number])
    coarse = hidden(law.name, rng)
    size: Any = {law.size: getattr(coarse.step, law.size) / FINER}
    true = replace(coarse, step=replace(coarse.step, **size))
    fit = fit_device(measured(true, rng), rng=rng, progress=False)
    given = {" ".join(numbers(true)): derived("the hidden parameters")}
    options: dict[str, Any] = {"executor": workers, "jobs": jobs, "progress": False}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        fitted = SETTINGS | {"device": {"kind": str(fit.write(folder / "fit"))}}
        path = write_device_file(folder / "true", true, given, {}, {})
        axes = {"device.draw": ["none", *range(draws)], "chip": list(range(CHIPS))}
        sweep(fitted, axes, store=folder / "draws", seeds=range(SEEDS), **options)
        hidden_one = SETTINGS | {"device": {"kind": str(path)}}
        truth = sweep(hidden_one, {}, store=folder / "truth", seeds=OTHERS, **options)
        runs = read_sweep(folder / "draws")
        known = runs.split("accuracy")
    alone = runs.done[runs.done["device.draw"].isna()].groupby("seed")["accuracy"].mean()
    return {
        "number": number, "law": law.name, "chosen": fit.law,
        "one": (known.one.low, known.one.high), "mean": (known.mean.low, known.mean.high),
        "alone": _ends(alone.tolist(), 1.0), "alone mean": _ends(alone.tolist(), 0.0),
        "shares": {cause: known.share(cause) for cause in known.causes},
        "resolved": {cause: known.by_cause.parts[cause].resolved for cause in known.causes},
        "truth": truth["accuracy"].dropna().tolist(),
    }  # fmt: skip


def _ends(values: Sequence[float], more: float) -> tuple[float, float]:
    """Return Student's interval of the mean, or of one ``more`` value beside it."""
    half = float(widening(np.array([len(values)]), more)[0]) * float(np.std(values, ddof=1))
    mean = float(np.mean(values))
    one = Interval(mean, mean - half, mean + half).within(0.0, 1.0)
    return one.low, one.high


def show(cases: Sequence[dict[str, Any]]) -> bool:
    """Print coverage and shares; return whether enough cases are covered."""
    console, table = Console(), Table("95 % interval", "covers", "of", "median width")
    rows = [
        ("one chip, with the posterior", "one", lambda c: c["truth"][:1]),
        ("the same, of every seed", "one", lambda c: c["truth"]),
        ("one chip, fitted device alone", "alone", lambda c: c["truth"][:1]),
        ("mean over seeds, with the posterior", "mean", lambda c: [np.mean(c["truth"])]),
        ("mean over seeds, fitted device alone", "alone mean", lambda c: [np.mean(c["truth"])]),
    ]
    held = []
    for words, name, of in rows:
        inside = [one[name][0] <= value <= one[name][1] for one in cases for value in of(one)]
        width = np.median([one[name][1] - one[name][0] for one in cases])
        held.append(float(np.mean(inside)))
        share = wilson(held[-1], len(inside)).times(100).text(0)
        table.add_row(words, f"{share} %", str(len(inside)), f"{100 * width:.1f} points")
    console.print(table)
    causes = Table("share of the variance of one chip", "median", "least to most", "resolved in")
    for cause in (DEVICE, CHIP, SEED, REST):
        own = [100 * one["shares"][cause] for one in cases]
        resolved = sum(one["resolved"][cause] for one in cases)
        causes.add_row(cause, f"{np.median(own):.0f} %", f"{min(own):.0f} to {max(own):.0f} %",
                       f"{resolved} of {len(cases)}")  # fmt: skip
    console.print(causes)
    return held[0] >= TARGET


def main(given: list[str] | None = None) -> int:
    """Run the cases, print the tables, and return 1 if too few are covered."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--draws", type=int, default=DRAWS, help="of the posterior of each")
    parser.add_argument("--jobs", type=int, default=1, help="processes that train")
    parser.add_argument("--json", type=Path, help="file that keeps every case")
    options = parser.parse_args(given)
    kept = []
    if options.json is not None and options.json.exists():
        kept = [json.loads(line) for line in options.json.read_text("utf-8").splitlines()]
    known = {one["number"] for one in kept}
    with LocalWorkers(options.jobs) as workers:
        for number in range(options.cases):
            if number in known:
                continue
            kept.append(case(number, options.draws, workers, options.jobs))
            if options.json is not None:
                with options.json.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(kept[-1]) + "\n")
    return 0 if show([one for one in kept if one["number"] < options.cases]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
