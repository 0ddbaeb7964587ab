"""How many cells must be measured before the device is no longer what is unknown of an accuracy?

Some cells of a ReRAM-like device are measured: 50 set and 50 reset pulses each, read with noise. A
fit gives devices that explain the measurement, and chips of draws of them learn. The figure shows
the interval of one more chip, and what it is due to.

    python scripts/ex26_measured_cells.py --out runs/measured-cells --jobs 2
"""

from __future__ import annotations

from pathlib import Path

import gallery
import numpy as np
import pandas as pd

from crossbar.devices import Memristor, PulseTrains, SoftBounds, Trace, fit_device
from crossbar.report.sweeps import shares
from crossbar.report.sweeps.splits import points

CELLS = (2, 20)
PULSES = 50
DRAWS, CHIPS = 8, 2
TRUE = Memristor(
    g_min=2e-6, g_max=40e-6, step=SoftBounds(dw_min=0.02), asymmetry=0.2, sigma_d2d=0.3,
    sigma_bounds_d2d=0.1, sigma_asymmetry_d2d=0.1, sigma_c2c=0.5, sigma_read=0.01,
)  # fmt: skip
NAME = "cells measured"


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = gallery.parser(__doc__, "measured-cells").parse_args(arguments)
    question = "How many cells must be measured?"
    axes = {"device.draw": list(range(DRAWS)), "chip": list(range(CHIPS))}
    parts = {}
    for cells in CELLS:
        base = gallery.settings(options, device={"kind": str(fitted(cells, options.out))})
        base["data"]["split"] = "window"  # seeds differ less than by recording
        parts[str(cells)] = gallery.run(options, base, axes, question, part=f"cells-{cells}")
    sweep = gallery.joined(parts, NAME, [])
    gallery.keep(shares(sweep, name="measured-cells"), options)
    rows = []
    for one in points(sweep):
        unknown = 100 * one.share("device")
        low, high = (100 * end for end in (one.one.low, one.one.high))
        print(f"{one.point[NAME]} cells: {100 * one.one.mean:.1f} [{low:.1f}, {high:.1f}] %, "
              f"{unknown:.0f} % of the variance is the device's")  # fmt: skip
        rows.append({**one.point, "mean": one.one.mean, "low": one.one.low, "high": one.one.high,
                     **{cause: one.share(cause) for cause in one.causes}})  # fmt: skip
    return pd.DataFrame(rows)


def fitted(cells: int, out: Path) -> Path:
    """Return the device file that is fitted to some ``cells``, made unless it is there."""
    folder = out / f"{cells}-cells"
    path = folder / "device.toml"
    if not path.exists():
        fit = fit_device(measured(cells), rng=np.random.default_rng(0), progress=False)
        fit.write(folder)
    return path


def measured(cells: int) -> PulseTrains:
    """Return a set and a reset train of each of some ``cells`` of the true device."""
    rng = np.random.default_rng([26, cells])
    group = TRUE.fabricate((cells, 1), rng=rng, dtype=np.float64)
    group.write(np.full((cells, 1), TRUE.g_min))
    traces = []
    for rising in (True, False):
        pulse = np.full((cells, 1), 1 if rising else -1)
        reads = [group.g[:, 0].copy()]
        for _ in range(PULSES):
            group.pulse(pulse, rng=rng)
            reads.append(group.g[:, 0].copy())
        seen = np.array(reads)
        seen += TRUE.read_noise[0] * rng.standard_normal(seen.shape)
        traces += [Trace(k, 0, rising, seen[:, k]) for k in range(cells)]
    return PulseTrains.of(traces, f"{cells} cells, simulated")


if __name__ == "__main__":
    main()
