"""Steps of training: codes after the circuit of a step against those of the chip."""

from __future__ import annotations

import numpy as np

from crossbar.circuit.blocks import CIRCUIT
from crossbar.nn import Chip, Convolution, Dense, Network, Relu
from crossbar.random import Streams
from crossbar.spice.training import Learner, Ranges
from crossbar.spice.validation.check import Check, Row
from crossbar.spice.validation.objects import synapse_tile
from crossbar.types import Integers

STEPS = 2
RATE = 0.02
NETWORK = Network(
    input_shape=(4, 4),
    layers={
        "conv": Convolution(filters=2, kernel=3),
        "fc": Dense(units=4),
        "relu": Relu(),
        "out": Dense(units=2),
    },
)


def _codes(chip: Chip) -> Integers:
    """Return the codes of all cells of weights."""
    tiles = [held.tile for held in chip.held.values() if held.tile is not None]
    cells = [c for tile in tiles for c in tile.array.cells]
    return np.concatenate([c.arrays()["code"].ravel() for c in cells]).astype(np.int64)


def _step(name: str, streams: Streams) -> list[Row]:
    """Compare steps of learning, each from the codes that the circuit was left with."""
    chip, rng = NETWORK.build(synapse_tile(), streams, blocks=CIRCUIT.quiet), streams(name)
    x, labels = rng.standard_normal((STEPS, 4, 4)), np.arange(STEPS) % NETWORK.outputs
    ranges = Ranges.of(chip, x, labels, rng=rng)
    differences, moved, answers = [], 0, 0.0
    for k in range(STEPS):
        before, twin = _codes(chip), chip.copy()
        p = twin.learn(x[k : k + 1], labels[k : k + 1], RATE, rng=rng, masks=rng)[0]
        outputs = Learner(chip, ranges).learn(x[k], int(labels[k]), RATE, masks=rng)
        differences.append(np.abs(_codes(chip) - _codes(twin)))
        moved += int(np.count_nonzero(_codes(twin) != before))
        answers = max(answers, float(np.abs(outputs - p).max()))
    apart = np.concatenate(differences)
    note = f"{STEPS} steps of {apart.size // STEPS} cells, {moved} codes moved"
    return [
        Row(check=name, metric="cells with another code", error=float(np.mean(apart > 0)),
            tolerance=0.05, note=note),
        Row(check=name, metric="largest difference", error=float(apart.max()),
            tolerance=1.0, unit="LSB", note=note),
        Row(check=name, metric="class probabilities", error=answers,
            tolerance=0.015, note="transistor-level softmax, of whose 1 % the fit takes a part"),
    ]  # fmt: skip


CHECKS = (Check("training step", _step),)
