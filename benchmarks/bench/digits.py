"""A CNN on scikit-learn's digits: 10 000 noisy images through converters of 8 bits."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bench import aihwkit_peer, crosssim_peer
from bench.case import Case, Job, Work
from crossbar import Offset, SarAdc, SerialDac, Streams, Tile
from crossbar.devices import PRESETS
from crossbar.nn import Convolution, Dense, MaxPooling, Network, Relu, calibrate

IMAGES, BATCH, BITS = 10_000, 250, 8
TILE = Tile(
    device=PRESETS["reram"].device, mapping=Offset(), dac=SerialDac(bits=BITS),
    adc=SarAdc(bits=BITS),
)  # fmt: skip


@cache
def images() -> NDArray[np.float32]:
    """Return digits (10 000, 8, 8, 1) from 0 to 1: the 1 797 of scikit-learn, again and again."""
    from sklearn.datasets import load_digits

    pixels = load_digits().images.astype(np.float32)[..., None] / 16
    return pixels[np.arange(IMAGES) % len(pixels)]


def network() -> Network:
    """Return the network: two convolutions, each with pooling, and a dense layer."""
    layers = {
        "conv1": Convolution(filters=8, kernel=3, padding="same", bias=True), "relu1": Relu(),
        "pool1": MaxPooling(kernel=2),
        "conv2": Convolution(filters=16, kernel=3, padding="same", bias=True), "relu2": Relu(),
        "pool2": MaxPooling(kernel=2),
        "out": Dense(units=10, bias=True),
    }  # fmt: skip
    return Network(input_shape=(8, 8, 1), layers=layers)


def inference(count: int = IMAGES) -> Job:
    """Return the job of scoring ``count`` images in batches, with ranges of ADCs calibrated."""
    streams, x = Streams(0), images()[:count]
    chip, rng = network().build(TILE, streams), streams("read")
    calibrate(chip, x, rng=streams("calibration"))

    def run() -> None:
        for k in range(0, count, BATCH):
            chip.scores(x[k : k + BATCH], rng=rng)

    def work() -> Work:
        before = chip.activity.copy()
        run()
        seen = chip.activity.since(before)
        macs = seen.total("mac_forward")
        return Work(moved=4 * macs / 9, footprint=2**20, operations=2 * macs,
                    normals=seen.total("sense"))  # fmt: skip

    return Job(run=run, amount=count, work=work)


def _peers() -> dict[str, Callable[[], Job]]:
    """Return the same in other software: CrossSim on one batch, as it takes seconds for that."""
    jobs: dict[str, Callable[[], Job]] = {}
    for name, build in aihwkit_peer.scorings(BATCH, BITS).items():
        jobs[name] = lambda build=build: build(images())
    if crosssim_peer.installed():
        jobs["CrossSim"] = lambda: crosssim_peer.scoring(images()[:BATCH], BITS)
    return jobs


def cases() -> list[Case]:
    """Return infer_digits."""
    return [
        Case(
            name="infer_digits",
            case="reram, one live cell, DAC 8 bit, ADC 8 bit",
            unit="images/s",
            mark=None,
            ours=inference,
            warm=lambda: inference(BATCH),
            peers=_peers(),
        )
    ]
