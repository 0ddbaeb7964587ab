"""Correction: every output gets the factor and the constant that calibration samples ask for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.errors import fail
from crossbar.nn.chip import Chip
from crossbar.nn.layers.base import LayerState
from crossbar.nn.repairs.base import REPAIRS, Host, Repair
from crossbar.progress import silent
from crossbar.random import Streams
from crossbar.substrates.corrected import Corrected
from crossbar.substrates.digital import Digital
from crossbar.types import Floats
from crossbar.units import quantity


@REPAIRS.register("correction")
@dataclass(frozen=True, kw_only=True)
class Correction(Repair):
    """Outputs of every layer become a y + b, which are nearest to those of the exact network.

    The host computes what the network gives in floating point for some samples; the chip reads the
    same samples. Each output (channel) has a and b of the least squares between both, layer after
    layer, each behind the corrections before it. With b alone the means agree.

    A channel whose outputs do not rise with those that are wanted keeps a = 1. Samples need no
    labels, and are read once.

    Parameters
    ----------
    samples
        Training samples, or all where there are fewer.
    scale
        Whether outputs are scaled; otherwise constants alone are added.

    Source: bias correction, Nagel et al., ICCV 2019 (arXiv:1906.04721); scale and offset of each
    column in digital, Le Gallo et al., Nat. Electron. 6:680, 2023. That both follow least squares
    on samples is assumed.
    """

    samples: int = quantity(200, low=2, high=1_000_000, remedy="A hundred tell a mean to 10 %.")
    scale: bool = True

    def apply(self, chip: Chip, host: Host, *, streams: Streams) -> None:
        """Present the samples, and correct every layer that holds weights.

        Raises
        ------
        ConfigError
            If a layer has outputs that are not those of its matrices, side by side.
        """
        x, _ = host.samples(self, self.samples, streams=streams)
        exact, rng, signals = _exact(host, streams), streams("correction"), [x]
        wanted = exact.signals(x, rng=rng)
        for k, (name, layer) in enumerate(chip.layers.items(), start=1):
            inputs = [signals[source] for source in chip.steps[k - 1].sources]
            y = layer.infer(*inputs, rng=rng)
            if layer.held:
                a, b = self.fitted(y, wanted[k])
                _correct(name, layer, a, b)
                y = (a * y + b).astype(y.dtype)
            signals.append(y)
        chip.activity.add("chip", "images", len(x))

    def fitted(self, y: Floats, wanted: Floats) -> tuple[Floats, Floats]:
        """Return a and b (channels,) for outputs ``y`` (n, ..., channels)."""
        y, wanted = (one.reshape(-1, one.shape[-1]).astype(np.float64) for one in (y, wanted))
        middle, aim = y.mean(axis=0), wanted.mean(axis=0)
        together = ((y - middle) * (wanted - aim)).mean(axis=0)
        a = np.ones_like(middle)
        if self.scale:
            np.divide(together, y.var(axis=0), out=a, where=together > 0)
        return a, aim - a * middle


def _exact(host: Host, streams: Streams) -> Chip:
    """Return the network that ``host`` had programmed, in floating point."""
    programmed = host.programmed
    weights = programmed.trained() | (host.weights or {})
    own = Digital(dtype=np.float64)
    return programmed.network.build(
        own, streams, loss=programmed.loss, weights=weights, progress=silent
    )


def _correct(name: str, layer: LayerState, a: Floats, b: Floats) -> None:
    """Give the matrices of ``layer`` their part of the factors and constants."""
    cols = [held.shape[1] for held in layer.held.values()]
    if sum(cols) != len(a):
        expected = f"outputs of '{name}' that are those of its matrices, side by side"
        fail("Correction", expected, f"{len(a)} of {sum(cols)}", "Choose another repair.")
    cuts = np.cumsum(cols)[:-1]
    for part, *own in zip(layer.held, np.split(a, cuts), np.split(b, cuts), strict=True):
        layer.held[part] = Corrected(layer.held[part], *own)
