"""Does it matter which neurons share a core? Packets and hops by three ways to place a network.

Neurons in a plane hear their neighbours, and in a small world a few others as well. Their numbers
are shuffled. Cores hold 512 neurons and 512 lines. Every neuron fires at 10 Hz.

    python scripts/ex34_cores.py --out runs/cores
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import gallery
import numpy as np
import pandas as pd

from crossbar.plots.cores import placements
from crossbar.spiking.cores import (
    AtRandom,
    ByGraph,
    CoreSpec,
    CoreTraffic,
    InOrder,
    local_connectivity,
    small_world,
)

NETWORKS = {"local": local_connectivity, "small world": small_world}
PLACERS = {"in order": InOrder(), "at random": AtRandom(), "by graph": ByGraph()}
RATE = 10.0  # Hz


def parser() -> argparse.ArgumentParser:
    ours = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    ours.add_argument("--neurons", type=int, default=100_000)
    ours.add_argument("--core", type=int, default=512, help="neurons and axons of a core")
    ours.add_argument("--out", type=Path, default=Path("runs") / "cores", help="table, figure")
    return ours


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = parser().parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    core = CoreSpec(neurons=options.core, axons=options.core)
    rows, drawn = [], {}
    for network, make in NETWORKS.items():
        wired = make(options.neurons, rng=np.random.default_rng(0))
        for name, placer in PLACERS.items():
            begin = time.perf_counter()
            placement = placer.place(wired, core, rng=np.random.default_rng(1))
            took = time.perf_counter() - begin
            traffic = CoreTraffic(placement, np.full(wired.lines, RATE), 1.0)
            if network == "small world":
                drawn[name] = traffic
            rows.append({
                "network": network, "placed": name, "cores": placement.count,
                "packets a spike": traffic.packets / traffic.spikes.sum(),
                "hops a packet": traffic.hops / traffic.packets,
                "hops a spike": traffic.hops / traffic.spikes.sum(),
                "power [W]": traffic.power, "budget [W]": placement.power, "seconds": took,
            })  # fmt: skip
    table = pd.DataFrame(rows)
    print(table.to_string(index=False, float_format="{:.4g}".format))
    table.to_csv(options.out / "table.csv", index=False)
    gallery.keep(placements(drawn), options)
    return table


if __name__ == "__main__":
    main()
