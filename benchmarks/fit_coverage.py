"""How often the intervals of fitted devices cover the truth, and the law that is chosen is true.

    python benchmarks/fit_coverage.py --devices 200 --jobs 2 --json coverage.jsonl    # an hour
    python benchmarks/fit_coverage.py --devices 10                                    # two minutes

Each device has hidden parameters, drawn from the ranges below. Ten of its cells get 50 set and 50
reset pulses, after 50 reset pulses that are not recorded; every conductance is read with noise. The
package's own device simulates them; the fit knows the reads alone. Printed: in how many of the
cases an interval of 90 % covers the truth, by law and parameter, with Wilson's 95 % interval of
this share, and how often each law is chosen. Where another law is chosen, the intervals are those
of the true law. With --json, cases are kept line by line, and those that are there are not
repeated.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from crossbar.devices import Memristor, PulseTrains, Trace, fit_device
from crossbar.devices.fitting.candidate import candidates
from crossbar.intervals import wilson
from crossbar.sources import numbers

CELLS, PULSES, LEVEL = 10, 50, 0.9
Range = tuple[float, float]
EVEN: dict[str, Range] = {
    "asymmetry": (-0.3, 0.3), "sigma_d2d": (0.05, 0.4), "sigma_asymmetry_d2d": (0.02, 0.15),
    "sigma_bounds_d2d": (0.01, 0.06), "sigma_c2c": (0.1, 0.6), "sigma_read": (0.003, 0.02),
}  # fmt: skip
SHAPES: dict[str, tuple[Range, ...]] = {
    "slope": ((-0.8, -0.3), (0.3, 0.8)),  # not a constant step, not soft bounds
    "steepness": ((2.0, 6.0),),  # not soft bounds
    "exponent": ((0.3, 0.7), (1.5, 2.5)),  # not a constant step, not soft bounds
}
STEP: Range = (0.02, 0.06)  # of the range, on a logarithmic scale: 50 pulses reach the bounds
TOP: Range = (20e-6, 100e-6)  # S
RATIO: Range = (3.0, 20.0)


def hidden(law: str, rng: np.random.Generator) -> Memristor:
    """Return a device of ``law`` with parameters drawn from the ranges."""

    def log(ends: Range) -> float:
        return float(np.exp(rng.uniform(*np.log(ends))))

    candidate = next(one for one in candidates(()) if one.name == law)
    shape = {n: float(rng.uniform(*rng.choice(np.array(SHAPES[n])))) for n in candidate.shapes}
    step = type(candidate.law)(**{candidate.size: log(STEP)} | shape)
    top = log(TOP)
    even = {name: float(rng.uniform(*ends)) for name, ends in EVEN.items()}
    return Memristor(step=step, g_max=top, g_min=top / log(RATIO), **even)


def measured(device: Memristor, rng: np.random.Generator) -> PulseTrains:
    """Return what is read of cells of ``device`` in a set and a reset train."""
    cells = device.fabricate((CELLS, 1), rng=rng, dtype=np.float64)
    pulse = np.ones((CELLS, 1), np.int64)
    for _ in range(PULSES):
        cells.pulse(-pulse, rng=rng)
    traces = []
    for rising in (True, False):
        reads = [cells.g[:, 0].copy()]
        for _ in range(PULSES):
            cells.pulse(pulse if rising else -pulse, rng=rng)
            reads.append(cells.g[:, 0].copy())
        every = np.array(reads)
        every += device.read_noise[0] * rng.standard_normal(every.shape)
        traces += [Trace(k, 0, rising, every[:, k]) for k in range(CELLS)]
    return PulseTrains.of(traces, "synthetic")


def case(law: str, number: int) -> dict[str, Any]:
    """Return what was chosen, and truth and interval of every parameter."""
    rng = np.random.default_rng([number, *law.encode()])
    device = hidden(law, rng)
    trains = measured(device, rng)
    fit = fit_device(trains, rng=rng, level=LEVEL, progress=False)
    own = fit if fit.law == law else fit_device(trains, rng=rng, laws=[law], progress=False)
    truth = numbers(device)
    rows = {}
    for name, one in {**own.parameters, **own.spread}.items():
        below = float(np.mean(own.posterior[name] < truth[name]))
        rows[name] = truth[name], one.low, one.high, below
    return {
        "law": law, "number": number, "chosen": fit.law, "heldout": fit.heldout,
        "errors": (own.goodness.steps, own.goodness.spread), "rows": rows,
    }  # fmt: skip


def show(cases: Iterable[dict[str, Any]]) -> None:
    """Print the shares that are covered, and which laws are chosen."""
    cases, console = list(cases), Console()
    laws = list(dict.fromkeys(one["law"] for one in cases))
    table = Table("parameter", *laws, title=f"Truth within intervals of {100 * LEVEL:g} %")
    names = list(dict.fromkeys(name for one in cases for name in one["rows"]))
    for name in names:
        cells = []
        for law in laws:
            rows = [one["rows"][name] for one in cases if one["law"] == law if name in one["rows"]]
            inside = [low <= true <= high for true, low, high, _ in rows]
            cells.append(_share(sum(inside), len(inside)) if rows else "")
        table.add_row(name, *cells)
    for words, k in (("mean errors, p < 0.001", 0), ("their squares, p < 0.001", 1)):
        own = [[one["errors"][k] < 1e-3 for one in cases if one["law"] == law] for law in laws]
        table.add_row(words, *(_share(sum(each), len(each)) for each in own))
    console.print(table)
    chosen = Table("true law", "chosen", title="Laws")
    for law in laws:
        counts = Counter(one["chosen"] for one in cases if one["law"] == law)
        rest = ", ".join(f"{name} {n}" for name, n in counts.most_common() if name != law)
        chosen.add_row(law, f"{_share(counts[law], counts.total())}; {rest or 'no other'}")
    console.print(chosen)


def _share(hits: int, n: int) -> str:
    one = wilson(hits / n, n)
    return f"{100 * one.mean:.1f} % [{100 * one.low:.0f}, {100 * one.high:.0f}]"


def main(given: list[str] | None = None) -> None:
    """Run the cases and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--devices", type=int, default=200, help="of each law")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--json", type=Path, help="file that keeps every case")
    options = parser.parse_args(given)
    laws = [one.name for one in candidates(()) if all(n in SHAPES for n in one.shapes)]
    wanted = [(law, number) for number in range(options.devices) for law in laws]
    kept = []
    if options.json is not None and options.json.exists():
        kept = [json.loads(line) for line in options.json.read_text("utf-8").splitlines()]
    known = {(one["law"], one["number"]) for one in kept}
    left = [one for one in wanted if one not in known]
    with ProcessPoolExecutor(options.jobs) as pool:
        for done in pool.map(case, *zip(*left, strict=True)) if left else ():
            kept.append(done)
            if options.json is not None:
                with options.json.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(done) + "\n")
    show(one for one in kept if (one["law"], one["number"]) in wanted)


if __name__ == "__main__":
    main()
