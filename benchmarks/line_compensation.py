"""How much of the accuracy that line resistance costs comes back when it is made up for.

    nice -n 5 python benchmarks/line_compensation.py --out runs/line_compensation
    python benchmarks/line_compensation.py --out runs/line_compensation --chips 4 --cases lines loop

The networks of scripts/ex15_tile_size.py (synthetic sound, one float network a seed) are programmed
into ReRAM on large tiles, behind lines of 1 ohm a segment:

ideal, lines            pairs about the middle of the range, written once; without resistance, with
verified-ideal, verified  the same, each cell written and read until it is near its own target
open                    made up for when the weights are written: the settings of a first version
short                   the same, with as much room as the weights need
loop-ideal, loop        and cells are read and written until weights are right as lines see them

Printed are the mean accuracy of the seeds, its 95 % interval (Student), the change against the same
way of writing on lines without resistance, seed by seed, and how much of what lines cost is won
back. With --chips each seed has several chips, whose mean counts. What OUT holds is not repeated.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from bench.kept import resumed

from crossbar.intervals import Interval, student
from crossbar.runs import experiment, load_plan, train
from crossbar.runs.build import samples
from crossbar.runs.conditions import UNCHANGED, Conditions
from crossbar.runs.trials import retrial

WRITTEN = "tile.compensation."
ROOM = "tile.mapping.headroom=1.3"
OPEN = (f"{WRITTEN}steps=4", f"{WRITTEN}floor=0.2", "tile.mapping.headroom=1.2")
SHORT = (
    *(f"{WRITTEN}{one}" for one in ("steps=4", "floor=0.05", "short=0.001")),
    ROOM,
)
LOOP = (*SHORT, f"{WRITTEN}loop.rounds=20", f"{WRITTEN}loop.reads=4")
VERIFIED = (
    *(f"tile.programming.{one}" for one in ("kind=write-verify", "reads=4", "tries=100")),
    ROOM,
)
CASES: dict[str, tuple[float, tuple[str, ...], str, str]] = {  # ohm, settings, ideal, lines
    "ideal": (0.0, (), "ideal", "lines"),
    "lines": (1.0, (), "ideal", "lines"),
    "verified-ideal": (0.0, VERIFIED, "verified-ideal", "verified"),
    "verified": (1.0, VERIFIED, "verified-ideal", "verified"),
    "open": (1.0, OPEN, "ideal", "lines"),
    "short": (1.0, SHORT, "ideal", "lines"),
    "loop-ideal": (0.0, LOOP, "loop-ideal", "verified"),
    "loop": (1.0, LOOP, "loop-ideal", "verified"),
}
ROWS = (512, 256)
Key = tuple[str, int]


def trained(options: argparse.Namespace) -> Path:
    """Return the folder of the float networks, one a seed, trained once."""
    data = {"preset": "hard", "clips": options.clips}
    settings = {
        "data": data, "train": {"epochs": options.epochs}, "energy": {"images": 2},
        "device": {"kind": "float"}, "seed": list(range(options.seeds)),
    }  # fmt: skip
    folder: Path = options.out / "trained"
    train(experiment(settings), folder)
    return folder


def measured(options: argparse.Namespace, done: set[Any]) -> Iterator[dict[str, Any]]:
    """Yield the accuracy of every chip of every case that is not done."""
    chips = range(options.chips) if options.chips else [None]
    every = product(options.cases, options.rows, range(options.seeds), chips)
    left = [
        one for one in every if one not in done and (CASES[one[0]][0] or one[1] == options.rows[0])
    ]
    if not left:
        return
    folder = trained(options)
    dataset = samples(load_plan(folder).common.data)
    for case, rows, seed, chip in left:
        ohm, settings, *_ = CASES[case]
        lines = (f"tile.wires.r_wl={ohm}", f"tile.wires.r_bl={ohm}", f"tile.size=[{rows},64]")
        plan = load_plan(folder, ["device.kind=reram", *lines, *settings])
        conditions = UNCHANGED if chip is None else Conditions(chip=chip)
        began = time.process_time()
        metrics, _ = retrial(plan, folder, seed, dataset, conditions)
        yield {"case": case, "rows": rows, "seed": seed, "chip": chip,
               "accuracy": metrics["accuracy"], "seconds": time.process_time() - began}  # fmt: skip


def by_seed(records: list[dict[str, Any]], options: argparse.Namespace) -> dict[Key, Any]:
    """Return the accuracy of every seed, the mean of its chips, for each case and size."""
    chips = defaultdict(lambda: defaultdict(list))
    for one in records:
        if (one["chip"] is None) == (not options.chips):
            chips[one["case"], one["rows"]][one["seed"]].append(one["accuracy"])
    return {
        key: np.array([np.mean(seeds[k]) for k in sorted(seeds)]) for key, seeds in chips.items()
    }


def percent(interval: Interval, sign: str = "") -> str:
    return interval.times(100.0).text(1, sign=sign)


def line(case: str, rows: int, table: dict[Key, Any], first: int) -> str:
    """Return what is printed of a case; lines without resistance stand under ``first`` rows."""
    (_, _, ideal, lines), accuracies = CASES[case], table[case, rows]
    text = percent(student(accuracies.tolist()))
    if case == ideal or (ideal, first) not in table:
        return text
    best = table[ideal, first]
    text += f"  {percent(student((accuracies - best).tolist()), '+')} points"
    if case == lines or (lines, rows) not in table:
        return text
    lost, won = (float(np.mean(one - table[lines, rows])) for one in (best, accuracies))
    return text + (f", {won / lost:.0%} won back" if lost > 0 else ", lines cost nothing")


def main(arguments: list[str] | None = None) -> dict[Key, Any]:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("runs") / "line_compensation")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--chips", type=int, default=0, help="of each seed; 0: the one of its run")
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=CASES)
    parser.add_argument("--clips", type=int, default=200, help="synthetic clips a class")
    parser.add_argument("--epochs", type=int, default=8)
    options = parser.parse_args(arguments)
    names = ("case", "rows", "seed", "chip")
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "chips.jsonl"
    records = list(resumed(path, names, lambda done: measured(options, done)))
    table = by_seed(records, options)
    for case, rows in sorted(table, key=lambda key: -key[1]):
        print(f"{rows:4d} {case:15s} {line(case, rows, table, options.rows[0])}")
    spent = [one["seconds"] for one in records if one["case"] == "loop"]
    if spent:
        print(f"A chip of loop takes at most {max(spent):.0f} s, its test included.")
    return table


if __name__ == "__main__":
    main()
