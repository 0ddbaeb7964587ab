"""Where a chip departs from another one: the error of every layer, and what each adds."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from crossbar.checks import require_generator, require_part
from crossbar.errors import fail, shown
from crossbar.nn.chip import Chip
from crossbar.types import Floats, Rng


class LayerError(NamedTuple):
    """How far the outputs of a layer are from those of the other chip.

    Attributes
    ----------
    layer
        Name of the node.
    error
        Rms difference of the outputs relative to their rms in the other chip, with all that the
        layers before did.
    own
        The same where the layer reads what it would read in the other chip: what it adds itself.
    """

    layer: str
    error: float
    own: float


def layer_errors(chip: Chip, reference: Chip, x: Floats, *, rng: Rng) -> list[LayerError]:
    """Return the errors of the layers of ``chip`` that hold weights, in their order.

    Parameters
    ----------
    chip, reference
        Two chips of one network, such as one in cells and one in digital memory.
    x : (n, *input_shape)
        Samples.
    rng
        Draws the noise of the reads.

    Raises
    ------
    ConfigError
        If the chips have not the same layers.
    """
    require_part("layer_errors.chip", chip, Chip)
    require_part("layer_errors.reference", reference, Chip)
    require_generator("layer_errors", rng)
    names = list(chip.layers)
    if names != list(reference.layers):
        remedy = "Build both from one network: crossbar.nn.folded changes it."
        got = shown(list(reference.layers))
        fail("layer_errors.reference", f"layers {shown(names)}", got, remedy)
    own, expected = chip.copy(), reference.copy().signals(x, rng=rng)
    signals = own.signals(x, rng=rng)
    errors = []
    for k, step in enumerate(own.steps, start=1):
        if step.reads:
            alone = step.layer.infer(*[expected[j] for j in step.sources], rng=rng)
            both = (relative(one, expected[k]) for one in (signals[k], alone))
            errors.append(LayerError(names[k - 1], *both))
    return errors


def relative(values: Floats, expected: Floats) -> float:
    """Return the rms of ``values - expected`` relative to that of ``expected``.

    Where ``expected`` is all 0 that is infinite, or 0 if ``values`` are too.
    """
    wide = np.asarray(expected, np.float64)
    size, distance = float(np.linalg.norm(wide)), float(np.linalg.norm(values - wide))
    return distance / size if size else math.inf if distance else 0.0
