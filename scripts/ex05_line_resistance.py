"""Training with line resistance: exact after every update, and followed between exact operators.

Prints, for ideal wires, for an operator that is exact after every update and for one that follows
the cells by an estimate, the accuracy on test clips, the speed, and how far the followed operator
was from the exact one.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from crossbar.circuit.mapping import Offset
from crossbar.data import Synthetic
from crossbar.devices import PRESETS
from crossbar.nn import Chip, leti_cnn
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.substrates.tile import Tile
from crossbar.wires import Wires

GAMMA = 0.0005
POLICIES = {
    "ideal wires": None,
    "exact at every update": {"refresh": 1},
    "followed by an estimate": {},
}


def tile(ohm: float, policy: dict[str, int] | None) -> Tile:
    """Return ReRAM tiles of 128x64 weights with segments of ``ohm``."""
    wires = None if policy is None else Wires(r_wl=ohm, r_bl=ohm)
    device = PRESETS["reram"].device
    return Tile(device=device, mapping=Offset(), wires=wires, size=(128, 64), **(policy or {}))


def accuracy(chip: Chip, x: np.ndarray, labels: np.ndarray, streams: Streams) -> float:
    """Return the share of test windows that the chip gets right."""
    scores = chip.scores(x, rng=streams("test"))
    return float((scores.argmax(axis=1) == labels).mean())


def main(arguments: list[str] | None = None) -> dict[str, list[float]]:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ohm", type=float, default=1.0, help="resistance of a segment")
    parser.add_argument("--images", type=int, default=400, help="training images")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args(arguments)
    data = Synthetic(preset="clear", clips=max(12, options.images // 14))
    parts = build.parts_of(data, data.dataset(), 0)
    x, labels = parts.train
    found: dict[str, list[float]] = {name: [] for name in POLICIES}
    print(f"{'line resistance':26} seed  accuracy  images/s  furthest from exact")
    for name, policy in POLICIES.items():
        for seed in range(options.seeds):
            streams = Streams(seed)
            chip = leti_cnn().build(tile(options.ohm, policy), streams)
            rng, start = streams("train"), time.perf_counter()
            for k in streams("order").permutation(len(x))[: options.images]:
                chip.learn(x[k : k + 1], labels[k : k + 1], GAMMA, rng=rng)
            speed = options.images / (time.perf_counter() - start)
            chip.refresh()
            furthest = max(held.array.refreshes.largest for held in chip.held.values())
            found[name].append(accuracy(chip, *parts.test, streams))
            print(f"{name:26} {seed:4}  {found[name][-1]:8.3f}  {speed:8.0f}  {furthest:12.1e}")
    for name, values in found.items():
        spread = np.std(values, ddof=1) if len(values) > 1 else np.nan
        print(f"{name:26} mean  {np.mean(values):8.3f} +- {spread:.3f}")
    return found


if __name__ == "__main__":
    main()
