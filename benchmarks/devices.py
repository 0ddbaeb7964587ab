"""Inference statistics of PCM and ReRAM cells beside those of IBM aihwkit, at 20 conductances.

    python benchmarks/devices.py --aihwkit OTHER/bin/python --json benchmarks/devices.json

OTHER is an environment with aihwkit and torch (`pip install aihwkit`): nothing of it is needed
here. Printed is the largest difference of mean and of standard deviation over the conductances,
relative to them, beside what chance allows (five standard errors). Conductances whose error a
bound of the cell cuts on one side alone are named apart. The exit status is 1 where a difference
is above 2 % and above chance.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from crossbar.devices import PRESETS, Memristor, OwnBounds
from crossbar.devices.statistics import Moments, drifted, moments, programmed, read_noise

PEER = Path(__file__).parent / "bench" / "aihwkit_devices.py"
TARGETS, T0 = 20, 20.0  # s, from which aihwkit counts its times
TIMES = (1.0, 3600.0, 86400.0, 3.15576e7)  # s
SAME, CHANCE = 0.02, 5.0
CUT = 5.0  # standard deviations from zero conductance within which a distribution is cut


class Row(NamedTuple):
    """Largest differences of one statistic, relative, and what chance allows."""

    name: str
    mean: float
    mean_chance: float
    sd: float
    sd_chance: float
    targets: int
    cut: float | None
    """Largest difference of a deviation among the conductances that zero cuts, if there are any."""

    @property
    def passed(self) -> bool:
        """Whether both are within 2 %, or within chance."""
        return self.mean <= max(SAME, self.mean_chance) and self.sd <= max(SAME, self.sd_chance)


def own(cells: int) -> tuple[dict[str, Moments], dict[str, Any]]:
    """Return the statistics of this package by the names of the peer's, and what to ask it."""
    rng, statistics = np.random.default_rng(0), {}
    pcm, wan = PRESETS["pcm"].device, PRESETS["reram-wan"].device
    assert isinstance(pcm, Memristor)
    assert isinstance(wan, Memristor)
    g = pcm.g_max * np.arange(1, TARGETS + 1) / TARGETS
    still = replace(pcm, drift=None, spread=OwnBounds(below=0.02, above=0.2))
    ages = np.array(TIMES) + T0
    statistics["pcm programming"] = programmed(pcm, g, cells, rng=rng)
    sigma = read_noise(still, g, ages, 2, rng=rng)
    kept = drifted(pcm, g, ages, cells, rng=rng)
    for k, t in enumerate(TIMES):
        statistics[f"pcm read noise {t:g}"] = Moments(g, sigma[k])
        statistics[f"pcm drift {t:g}"] = Moments(kept.mean[k], kept.sd[k])
    h = wan.g_max * np.arange(1, TARGETS + 1) / TARGETS
    for t in (1.0, 86400.0, 2 * 86400.0):
        state = wan.fabricate((cells, h.size), rng=rng, dtype=np.float64)
        state.program(np.tile(h, (cells, 1)), rng=rng)
        state.age(t)
        statistics[f"reram-wan conductance {t:g}"] = moments(state.g)
    asked = {"pcm": (1e6 * g).tolist(), "reram-wan": (1e6 * h).tolist(), "times": TIMES}
    return statistics, asked | {"cells": cells}


def compared(name: str, ours: Moments, theirs: dict[str, list[float]], cells: int) -> Row:
    """Return how far ``ours`` and ``theirs`` are apart."""
    unit = 1.0 if "drift" in name else 1e-6
    mean, sd = unit * np.array(theirs["mean"]), unit * np.array(theirs["sd"])
    free = mean > CUT * sd
    off, off_sd = np.abs(ours.mean / mean - 1), np.abs(ours.sd / sd - 1)
    both = np.sqrt(2.0 / cells)
    return Row(
        name,
        float(off[free].max()),
        float(CHANCE * both * (sd / mean)[free].max()),
        float(off_sd[free].max()),
        float(CHANCE * both / np.sqrt(2)),
        int(free.sum()),
        float(off_sd[~free].max()) if (~free).any() else None,
    )


def main() -> int:
    """Compare, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--aihwkit", required=True, help="interpreter that has aihwkit")
    parser.add_argument("--cells", type=int, default=100_000, help="cells at each conductance")
    parser.add_argument("--json", type=Path, help="file for the record")
    options = parser.parse_args()
    ours, asked = own(options.cells)
    done = subprocess.run([options.aihwkit, str(PEER)], input=json.dumps(asked), text=True,
                          stdout=subprocess.PIPE, check=True)  # fmt: skip
    theirs = json.loads(done.stdout)
    version = theirs.pop("version")
    rows = [compared(name, ours[name], theirs[name], options.cells) for name in theirs]
    table = Table(title=f"crossbar beside aihwkit {version}, largest over {TARGETS} conductances")
    for column in ("statistic, s", "mean", "by chance", "deviation", "by chance", "at", "cut ones"):
        table.add_column(column, justify="left" if column.startswith("stat") else "right")
    for row in rows:
        shares = (row.mean, row.mean_chance, row.sd, row.sd_chance)
        table.add_row(row.name, *(f"{share:.2%}" for share in shares), str(row.targets),
                      "" if row.cut is None else f"{row.cut:.2%}")  # fmt: skip
    Console(width=110).print(table)
    if options.json:
        record = {"aihwkit": version, "cells": options.cells,
                  "rows": [row._asdict() | {"passed": row.passed} for row in rows]}  # fmt: skip
        options.json.write_text(json.dumps(record, indent=1) + "\n")
    return 0 if all(row.passed for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
