"""Gradients of a chip against central differences of its loss, in double precision.

``check(network)`` takes every number that learns (weights, parameters) and the samples in turn, or
some of each where there are many.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS
from crossbar.nn import Chip, Loss, Network
from crossbar.random import Streams
from crossbar.substrates.tile import Tile

IDEAL = Tile(
    device=PRESETS["ideal"].device,
    mapping=DifferentialPair(),
    reading=Reading(temperature=0.0),
    dtype=np.float64,
)
EPS = 1e-5  # central differences: an error of 1e-10 of the loss, and rounding of 1e-11
RTOL = 1e-6
MOST = 12  # numbers of one array that are moved


def targets_of(chip: Chip, samples: int, rng: np.random.Generator) -> Any:
    """Return labels, or values, that ``chip`` can learn."""
    outputs = chip.network.outputs
    if chip.loss.classes:
        return rng.integers(0, outputs, samples)
    return rng.standard_normal((samples, outputs))


class Presented:
    """The loss of a chip for given samples, as training sees it: with the same dropout each time.

    What training leaves behind (running means) is put back after every presentation.
    """

    def __init__(self, chip: Chip, x: np.ndarray, targets: Any) -> None:
        self.chip, self.targets = chip, targets
        self.x = x
        self.before = {name: a.copy() for name, a in chip.arrays().items()}
        self.running = [
            (kept, kept.copy()) for layer in chip.layers.values() for kept in layer.running.values()
        ]

    def loss(self) -> float:
        """Return the sum of the losses of the samples."""
        rng, masks = np.random.default_rng(1), np.random.default_rng(2)
        outputs = self.chip.gradients(self.x, self.targets, rng=rng, masks=masks)
        wanted = self.chip.wanted("check", self.targets, len(self.x))
        for kept, was in self.running:
            kept[...] = was
        return float(self.chip.loss.values(outputs, wanted).sum())

    def slope(self, write: Any, at: np.ndarray) -> np.ndarray:
        """Return the central differences of the loss; ``write(k, change)`` moves number k."""
        slopes = []
        for k in at:
            up, down = (self._moved(write, k, change) for change in (EPS, -EPS))
            slopes.append((up - down) / (2 * EPS))
        return np.array(slopes)

    def _moved(self, write: Any, k: int, change: float) -> float:
        write(k, change)
        loss = self.loss()
        self.chip.restore(self.before)
        return loss


def check(
    network: Network,
    *,
    loss: Loss | None = None,
    samples: int = 3,
    seed: int = 1,
    x: np.ndarray | None = None,
) -> None:
    """Assert that the gradients of ``network`` on an ideal chip are those of its loss."""
    rng = np.random.default_rng(seed)
    chip = network.build(IDEAL, Streams(seed), loss=loss)
    x = rng.standard_normal((samples, *network.input_shape)) if x is None else x
    seen = Presented(chip, x, targets_of(chip, len(x), rng))
    seen.loss()
    probe = {name: layer.gradients(rng=rng) for name, layer in chip.layers.items()}
    for name, layer in chip.layers.items():
        for part, gradient in probe[name].items():

            def write(k: int, change: float, layer: Any = layer, part: str = part) -> None:
                step = np.zeros(probe[layer.name][part].shape)
                step.flat[k] = change
                layer.add({part: step}, rng=rng)

            _compare(f"{name}.{part}", seen, write, gradient, rng)
    _compare_inputs(seen, chip, rng)


def _compare_inputs(seen: Presented, chip: Chip, rng: np.random.Generator) -> None:
    """Compare the gradient at the samples, of layers that read from them alone."""
    first = next(iter(chip.layers))
    if chip.network.nodes[first].inputs != ("input",) or not chip.layers[first].learns:
        return
    readers = [n for n, node in chip.network.nodes.items() if "input" in (node.inputs or ())]
    if readers != [first]:
        return
    seen.loss()
    layer = chip.layers[first]
    (gradient,) = layer.backward(layer.d, rng=rng)

    def write(k: int, change: float) -> None:
        seen.x = seen.x.copy()
        seen.x.flat[k] += change

    base = seen.x
    at = _chosen(gradient, rng)
    slopes = []
    for k in at:
        values = []
        for change in (EPS, -EPS):
            seen.x = base
            write(k, change)
            values.append(seen.loss())
        slopes.append((values[0] - values[1]) / (2 * EPS))
    seen.x = base
    _assert_close("input", np.array(slopes), gradient, at)


def _compare(
    name: str, seen: Presented, write: Any, gradient: np.ndarray, rng: np.random.Generator
) -> None:
    at = _chosen(gradient, rng)
    _assert_close(name, seen.slope(write, at), gradient, at)


def _chosen(gradient: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rng.choice(gradient.size, min(MOST, gradient.size), replace=False)


def _assert_close(name: str, slopes: np.ndarray, gradient: np.ndarray, at: np.ndarray) -> None:
    largest = np.abs(gradient).max()
    assert largest > 0, f"{name} has no gradient"
    np.testing.assert_allclose(
        slopes, gradient.ravel()[at], rtol=RTOL, atol=RTOL * largest, err_msg=name
    )
