"""Networks of first spikes on the yin-yang figure: trained ones, and one from a file.

    nice -n 5 python benchmarks/yin_yang.py --json yin_yang.jsonl
    python benchmarks/yin_yang.py --only 4-30-3 --seeds 1 train.epochs=5
    python benchmarks/yin_yang.py --network yin_yang_ttfs.npz

Printed are, over seeds, the accuracy on 1 000 test samples with its 95 % interval (Student), that
of every seed, and the mark. The configuration is scripts/yin_yang.toml; KEY=VALUE change it for all
networks. With --json, trainings are kept line by line, and those that are there are not repeated:
give another file for other settings.

With --network, no network is trained: the first spikes of a network of two layers without delays
are compared with those in a file of arrays: ``input_times`` (n, inputs), ``w_hidden`` (inputs,
hidden), ``w_output`` (hidden, outputs), ``output_times`` (n, outputs) and ``labels`` (n,). Times
are in units of the synaptic time constant, and the threshold is 1.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from bench.kept import keeping, kept
from rich.console import Console
from rich.table import Table

from crossbar.intervals import student
from crossbar.kernels.spikes.ttfs import first_spikes
from crossbar.runs import build, experiment
from crossbar.runs.trials import trial
from crossbar.toml import override, read

ROOT = Path(__file__).parents[1]
SHORT = ["train.epochs=100"]
NETWORKS: dict[str, tuple[list[str], float]] = {
    "4-30-3": ([], 96.0),
    "4-30-3, axonal delays": ([*SHORT, "network.delays.kind=axonal"], 97.5),
    "4-30-3, synaptic delays": ([*SHORT, "network.delays.kind=synaptic"], 97.5),
    "4-120-3": ([*SHORT, "network.hidden=120"], 97.5),
}
"""Settings of every network, and the accuracy that is asked for [%]."""
CLOSE = 1e-4  # of the time constant, in which times agree


def learned(task: tuple[str, int], config: Path, changes: list[str]) -> dict[str, Any]:
    """Return what a network of a seed gets right after training."""
    name, seed = task
    settings = override(read(config), [*NETWORKS[name][0], *changes, f"seed={seed}"])
    plan = experiment(settings)
    start = time.perf_counter()
    metrics, _ = trial(plan, seed, build.samples(plan.common.data))
    taken = time.perf_counter() - start
    return {"network": name, "seed": seed, "accuracy": metrics["accuracy"], "seconds": taken}


def results(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield kept results, then new ones as they are made."""
    before = kept(options.json)
    yield from before
    done = {(one["network"], one["seed"]) for one in before}
    tasks = [(name, seed) for name in options.only for seed in range(options.seeds)
             if (name, seed) not in done]  # fmt: skip
    work = partial(learned, config=options.config, changes=options.changes)
    with ProcessPoolExecutor(options.jobs) as pool:
        yield from keeping(options.json, pool.map(work, tasks))


def show(records: list[dict[str, Any]]) -> bool:
    """Print the table; return whether every network has the accuracy that is asked for."""
    table = Table("network", "accuracy, %", "of every seed", "asked for", "s a training")
    reached = True
    for name in dict.fromkeys(one["network"] for one in records):
        own = [one for one in records if one["network"] == name]
        accuracy, mark = student([one["accuracy"] for one in own]).times(100), NETWORKS[name][1]
        each = ", ".join(f"{100 * one['accuracy']:.1f}" for one in own)
        seconds = np.mean([one["seconds"] for one in own])
        table.add_row(name, accuracy.text(2), each, f"{mark:.1f}", f"{seconds:.0f}")
        reached &= accuracy.mean >= mark
    Console().print(table)
    return reached


def compared(path: Path) -> bool:
    """Print how far first spikes are from those in ``path``; return whether all are close."""
    given = np.load(path)
    times = np.ascontiguousarray(given["input_times"], np.float64)
    for name in ("w_hidden", "w_output"):
        weights = np.ascontiguousarray(given[name].T, np.float64)
        spikes = np.empty((len(times), len(weights)))
        rows = np.arange(weights.shape[1])[None]
        first_spikes(times, weights, rows, np.zeros(rows.shape), 1.0, spikes)
        times = spikes
    away = np.abs(times - given["output_times"])
    right = float((times.argmin(axis=1) == given["labels"]).mean())
    print(
        f"{np.count_nonzero(away <= CLOSE)} of {away.size} times within {CLOSE:g} time constants,"
    )
    print(f"the largest difference {away.max():.2g}; accuracy {100 * right:.1f} %")
    return bool((away <= CLOSE).all())


def main(given: list[str] | None = None) -> int:
    """Train or compare, print, and return 1 if a mark is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("changes", nargs="*", metavar="KEY=VALUE", help="settings of all networks")
    parser.add_argument("--config", type=Path, default=ROOT / "scripts" / "yin_yang.toml")
    parser.add_argument("--only", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1, help="processes that train")
    parser.add_argument("--json", type=Path, help="file that keeps every training")
    parser.add_argument("--network", type=Path, help="arrays of a network whose times are compared")
    options = parser.parse_args(given)
    if options.network is not None:
        return 0 if compared(options.network) else 1
    return 0 if show(list(results(options))) else 1


if __name__ == "__main__":
    raise SystemExit(main())
