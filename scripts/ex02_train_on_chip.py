"""A chip learns beside a plain NumPy network: the same updates, ideal and through real devices.

Prints, epoch by epoch, the loss of a float64 network written here in a few lines, of the ideal
chip, which must equal it, and of a CMOS and a ReRAM chip, which need not.
"""

from __future__ import annotations

import argparse

import numpy as np

from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS
from crossbar.nn import Dense, Network, Relu
from crossbar.random import Streams
from crossbar.substrates.tile import Tile

GAMMA = 0.02
QUIET = Reading(temperature=0.0)
TILES = {
    "ideal chip": Tile(
        device=PRESETS["ideal"].device, mapping=DifferentialPair(), reading=QUIET, dtype=np.float64
    ),
    "CMOS, 8 bits": Tile(
        device=PRESETS["cmos"].device,
        mapping=Offset(),
        reading=Reading(v_read=0.35, t_read=320e-12),
    ),
    "HfO2 ReRAM": Tile(device=PRESETS["reram"].device, mapping=DifferentialPair(headroom=5.0)),
}
NETWORK = Network(
    input_shape=(8, 8),
    layers={"hidden": Dense(units=16), "relu": Relu(), "out": Dense(units=3)},
)


def samples(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return noisy images (n, 8, 8) of three gratings, and which grating each shows."""
    rng = Streams(0)("samples")
    labels = rng.integers(0, 3, n)
    y, x = np.mgrid[:8, :8]
    gratings = np.stack([np.sin(x), np.sin(y), np.sin(x + y)])
    phases = rng.choice((-1.0, 1.0), n)[:, None, None]
    return phases * gratings[labels] + 0.8 * rng.standard_normal((n, 8, 8)), labels


def plain(x: np.ndarray, labels: np.ndarray, epochs: int) -> list[float]:
    """Return the mean loss of every epoch of the same network in plain NumPy, sample by sample."""
    streams = Streams(1)
    w1 = streams("initial", layer="hidden").uniform(-1, 1, (64, 16)) * np.sqrt(6 / 64)
    w2 = streams("initial", layer="out").uniform(-1, 1, (16, 3)) * np.sqrt(6 / 16)
    history = []
    for _ in range(epochs):
        losses = []
        for image, label in zip(x.reshape(len(x), -1), labels, strict=True):
            h = np.maximum(image @ w1, 0)
            p = np.exp(h @ w2 - (h @ w2).max())
            p /= p.sum()
            losses.append(-np.log(p[label]))
            g = p - np.eye(3)[label]
            back = (w2 @ g) * (h > 0)
            w2 -= GAMMA * np.outer(h, g)
            w1 -= GAMMA * np.outer(image, back)
        history.append(float(np.mean(losses)))
    return history


def on_chip(tile: Tile, x: np.ndarray, labels: np.ndarray, epochs: int) -> list[float]:
    """Return the mean loss of every epoch of the network on a chip of ``tile``."""
    streams = Streams(1)
    chip = NETWORK.build(tile, streams)
    history = []
    for epoch in range(epochs):
        rng = streams("train", epoch=epoch)
        p = [
            chip.learn(x[k : k + 1], labels[k : k + 1], GAMMA, rng=rng)[0, labels[k]]
            for k in range(len(x))
        ]
        history.append(float(-np.log(p).mean()))
    return history


def main(arguments: list[str] | None = None) -> dict[str, list[float]]:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--samples", type=int, default=400)
    options = parser.parse_args(arguments)
    x, labels = samples(options.samples)
    losses = {"NumPy float64": plain(x, labels, options.epochs)}
    for name, tile in TILES.items():
        losses[name] = on_chip(tile, x, labels, options.epochs)
    print("epoch  " + "".join(f"{name:>16}" for name in losses))
    for epoch in range(options.epochs):
        print(f"{epoch + 1:5}  " + "".join(f"{loss[epoch]:16.6f}" for loss in losses.values()))
    pairs = zip(losses["ideal chip"], losses["NumPy float64"], strict=True)
    print(f"\nideal chip against NumPy: {max(abs(a - b) for a, b in pairs):.1e}")
    return losses


if __name__ == "__main__":
    main()
