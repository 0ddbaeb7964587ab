"""Fine-tuning: the last layer learns again on the aged chip."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.errors import fail
from crossbar.nn.chip import Chip
from crossbar.nn.layers.base import LayerState
from crossbar.nn.losses import Head
from crossbar.nn.repairs.base import REPAIRS, Host, Repair
from crossbar.random import Streams
from crossbar.units import quantity


@REPAIRS.register("last-layer")
@dataclass(frozen=True, kw_only=True)
class LastLayer(Repair):
    """The weights of the last layer learn from labelled samples, by pulses of the chip.

    W <- W - gamma x d^T, sample after sample, where x is what the aged layers before it give in
    inference and d the error at the outputs. No error is sent back.

    Parameters
    ----------
    samples
        Labelled training samples, or all where there are fewer.
    epochs
        How often each is presented.
    gamma
        Learning rate.

    Source: the plain rule of the chip, LETI 2026; that it repairs the last layer alone is assumed.
    """

    samples: int = quantity(200, low=1, high=1_000_000, remedy="Some of every class are needed.")
    epochs: int = quantity(5, low=1, high=100_000, remedy="1 to 20 are usual.")
    gamma: float = quantity(0.01, above=0, high=1e9, remedy="0.001 to 0.1 are usual.")

    def apply(self, chip: Chip, host: Host, *, streams: Streams) -> None:
        """Let the last layer learn.

        Raises
        ------
        ConfigError
            If there are no targets, or the last layer of the network holds no weights.
        """
        name, layer = next(reversed(chip.layers.items()))
        if not layer.held or type(layer).infer is not LayerState.infer:
            remedy = "End the network with Dense, or choose another repair."
            fail("LastLayer", "a last layer that learns as it infers", f"'{name}'", remedy)
        x, targets = host.samples(self, self.samples, streams=streams)
        if targets is None:
            fail("LastLayer", "targets of the samples", "none", "Give Host(..., targets=labels).")
        wanted = chip.wanted("LastLayer", targets, len(x))
        head, order = Head(chip.blocks, chip.activity), streams("order of a repair")
        reads, writes = streams("reads of a repair"), streams("writes of a repair")
        for _ in range(self.epochs):
            for k in order.permutation(len(x)):
                outputs = chip.loss.outputs(chip.scores(x[k : k + 1], rng=reads), head, rng=reads)
                d = chip.loss.error(outputs, wanted[k : k + 1], head, rng=reads)
                layer.take(d, rng=reads)
                layer.update(self.gamma, rng=writes)
