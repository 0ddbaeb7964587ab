"""What a sweep costs beside its runs: overhead, two processes against one, stores of any size.

    python benchmarks/sweeps.py                  # two minutes on two free cores
    python benchmarks/sweeps.py --runs 20 --stored 1000    # seconds

Runs of 50 ms that do nothing but count; a run that counts twice as long takes twice as long on
any machine, so the overhead is what a sweep takes more than its runs. "started" leaves out the
start of the worker processes, which costs once what importing the package costs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
from bench.machine import description

from crossbar.runs.store import Finished, Point, Store
from crossbar.runs.sweep import sweep

SECONDS = 0.05
SHELL = """
import sys
from pathlib import Path
from crossbar.cli import main
memory = Path(sys.argv.pop(1))
try:
    main()
finally:
    memory.write_text(Path("/proc/self/status").read_text())
"""
LIST = ["runs", "list", "--where", "accuracy>=0.9", "--sort", "accuracy"]


def counting(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Be busy for the time of a run, as the clock of the process tells it."""
    end = time.process_time() + SECONDS
    turns = 0
    while time.process_time() < end:
        turns += 1
    return {"turns": float(turns)}


def swept(runs: int, jobs: int) -> tuple[float, float, float]:
    """Return seconds of a whole sweep, of it once started, and of the runs themselves."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        frame = sweep(counting, {"k": range(runs)}, store=folder, jobs=jobs)
        whole = time.perf_counter() - start
    began = frame.began.astype("int64") * _unit(frame.began)
    started = float((began + frame.duration).max() - began.min())
    return whole, started, float(frame.duration.sum())


def _unit(times: pd.Series[Any]) -> float:
    """Return seconds of one step of ``times``."""
    return {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}[times.dt.unit]


def overhead(runs: int, turns: int) -> dict[str, float]:
    """Return medians over ``turns``: overhead at one process, and what a second one gains."""
    rows = []
    for _ in range(turns):
        one, two = swept(runs, 1), swept(runs, 2)
        rows.append(
            {
                "overhead, started": one[1] / one[2] - 1,
                "overhead, whole": one[0] / one[2] - 1,
                "two against one, started": one[1] / two[1],
                "two against one, whole": one[0] / two[0],
                "run alone to run beside another": one[2] / two[2],
            }
        )
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}


def filled(path: Path, count: int) -> None:
    """Fill a store with ``count`` finished runs of a sweep of three settings and ten seeds."""
    axes = {"device.sigma_read": 20, "device.bits": 10}
    side = max(1, count // (10 * 200))
    with Store(path, write=True) as store:
        points = [
            Point(
                {"device.sigma_read": a / 100, "device.bits": 4 + b, "faults.p_off": c / 1000},
                {"device": {"sigma_read": a / 100, "bits": 4 + b}, "faults": {"p_off": c / 1000}},
            )
            for a in range(axes["device.sigma_read"])
            for b in range(axes["device.bits"])
            for c in range(side)
        ]
        store.note(title="filled", base={}, command="crossbar sweep ...")
        store.add(points, range(10))
        session = store.enter()
        while claimed := store.step(session, [], 5000):
            ended = [
                Finished(c.run, 1e9 + c.run, 0.05, "host", {"python": "3"}, metrics=_metrics(c.run))
                for c in claimed
            ]
            store.step(session, ended, 0)


def _metrics(run: int) -> dict[str, float]:
    accuracy = 0.5 + (run * 7919 % 1000) / 2000
    energy = 1e-9 * (1 + run % 17)
    return {"accuracy": accuracy, "loss": 1 - accuracy, "energy_inference": energy,
            "energy_training": 5 * energy, "test_images": 716.0}  # fmt: skip


def stored(count: int) -> dict[str, float]:
    """Return seconds and most memory [MiB] to list and filter, and to report, ``count`` runs."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        filled(Path(folder), count)
        for name, words in (("list and filter", LIST), ("report", ["report"])):
            before = time.perf_counter()
            memory = Path(folder) / "status"
            command = [sys.executable, "-c", SHELL, str(memory), *words, folder]
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            found[f"{name} [s]"] = time.perf_counter() - before
            most = next(line for line in memory.read_text().splitlines() if "VmHWM" in line)
            found[f"{name} [MiB]"] = int(most.split()[1]) / 1024
    return found


def main(given: list[str] | None = None) -> dict[str, Any]:
    """Measure, print and return."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=200, help="runs of a sweep")
    parser.add_argument("--turns", type=int, default=3, help="sweeps whose median is taken")
    parser.add_argument("--stored", type=int, default=100_000, help="runs in the large store")
    options = parser.parse_args(given)
    record = {
        "machine": description(),
        "runs": options.runs,
        **overhead(options.runs, options.turns),
        "stored": options.stored,
        **stored(options.stored),
    }
    print(json.dumps(record, indent=1, default=str))
    return record


if __name__ == "__main__":
    main()
