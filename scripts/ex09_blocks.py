"""The circuit blocks against their ideal functions, and the errors that stand for them.

ngspice sweeps each block over its input range. The table gives the fitted gain error, offset and
saturation, what the fit leaves (rms), and the largest error; the figure shows the error curves.

    python scripts/ex09_blocks.py --out docs/figures
    crossbar train scripts/leti_cnn.toml blocks=circuit
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from crossbar.energy import OPERATIONS
from crossbar.plots.blocks import block_errors
from crossbar.spice.benches import BENCHES
from crossbar.spice.calibration import Fit, fit, noise


def row(found: Fit, drawn: dict[str, float]) -> str:
    """Return a line of the table, errors in per cent of full scale."""
    errors, name = found.errors, found.bench.name
    saturation = "none" if math.isinf(errors.saturation) else f"{errors.saturation:.3f}"
    shown = f"{100 * drawn[name]:6.2f}" if name in drawn else "     -"
    return (
        f"{name:17} {found.bench.level:12} {100 * errors.gain_error:+7.3f} "
        f"{100 * errors.offset:+7.3f} {saturation:>10} {100 * found.residual:8.3f} "
        f"{100 * found.worst:7.3f} {shown}  {found.bench.over}"
    )


def main(arguments: list[str] | None = None) -> list[Fit]:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, help="folder for the figure; none is drawn without")
    options = parser.parse_args(arguments)
    drawn = noise()
    fits = [fit(bench) for bench in BENCHES]
    print("per cent of full scale; saturation in full scales")
    print(f"{'block':17} {'level':12}    gain  offset saturation residual largest  noise  over")
    for found in fits:
        print(row(found, drawn))
    for name, operation in OPERATIONS.items():
        cost = operation.cost()
        print(f"{name}: {1e15 * cost.value:.0f} fJ an output ({cost.source})")
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        drawing = block_errors(fits)
        (options.out / f"{drawing.name}.svg").write_bytes(drawing.svg)
        (options.out / f"{drawing.name}.png").write_bytes(drawing.png)
    return fits


if __name__ == "__main__":
    main()
