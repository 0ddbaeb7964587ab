"""Is the learning window of a memristor an exponential? Overlapping spikes on three circuits.

A presynaptic spike drives the word line of a cell and a postsynaptic one its bit line. What they
change comes out of the equations of the cell, of ngspice, and of the rule that a network uses.

    python scripts/ex30_stdp.py --out docs/gallery
"""

from __future__ import annotations

import argparse
from pathlib import Path

import gallery
import numpy as np

from crossbar.plots.plasticity import learning_windows
from crossbar.spice.learning_windows import ThreeWays, in_ways
from crossbar.spice.plasticity import simulated_alone
from crossbar.spiking import PLASTICITY
from crossbar.units import text

CIRCUITS = ("vteam", "yakopcic", "stanford-pku")


def parser() -> argparse.ArgumentParser:
    ours = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    ours.add_argument("--points", type=int, default=12, help="lags a side in ngspice")
    ours.add_argument("--state", type=float, default=0.5, help="state before the pair")
    ours.add_argument("--jobs", type=int, default=2, help="ngspice processes at a time")
    ours.add_argument(
        "--out", type=Path, default=Path("runs") / "stdp", help="folder of the figure"
    )
    return ours


def main(arguments: list[str] | None = None) -> list[ThreeWays]:
    options = parser().parse_args(arguments)
    ways = []
    for name in CIRCUITS:
        rule = PLASTICITY.resolve(name, "cell")
        one = in_ways(name, rule, x=options.state, points=options.points)
        ways.append(one.simulated(jobs=options.jobs))
        show(ways[-1], options.jobs)
    options.out.mkdir(parents=True, exist_ok=True)
    gallery.keep(learning_windows(ways), options)
    return ways


def show(one: ThreeWays, jobs: int) -> None:
    """Print what was measured of a circuit."""
    window = one.window
    print(f"{one.name}, from x = {window.x:g}")
    for words, side in (("rise", window.potentiation), ("fall", window.depression)):
        print(f"  {words}: {side.amplitude:+.4f} exp(-lag / {text(side.tau, 's', 3)}), "
              f"R^2 {side.r_squared:.4f}, up to {text(side.support, 's', 3)}")  # fmt: skip
    print(f"  largest difference: ngspice {100 * (one.circuit_error or 0):.2f} %, "
          f"rule {100 * one.event_error:.2f} % of the largest change")  # fmt: skip
    least, most = (text(float(of(one.equations.energy)), "J", 3) for of in (np.min, np.max))
    alone = one.rule.isolated(window.x)
    print(f"  energy of a pair: {least} to {most}; of a spike alone: "
          f"{text(float(alone.energy_pre), 'J', 3)} before, "
          f"{text(float(alone.energy_post), 'J', 3)} after")  # fmt: skip
    circuit = simulated_alone(one.rule, np.array([window.x]), jobs=jobs)
    disturbed = max(float(np.abs(each.change).max()) for each in circuit)
    print(f"  a spike alone: {float(alone.pre):g} and {float(alone.post):g} by the equations, "
          f"{disturbed:.0e} at most in ngspice")  # fmt: skip


if __name__ == "__main__":
    main()
