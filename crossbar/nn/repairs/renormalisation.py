"""Recalibration: normalisations take the statistics of what the chip gives now."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.errors import fail
from crossbar.nn.chip import Chip
from crossbar.nn.repairs.base import REPAIRS, Host, Repair
from crossbar.random import Streams
from crossbar.units import quantity


@REPAIRS.register("normalisation")
@dataclass(frozen=True, kw_only=True)
class Renormalisation(Repair):
    """Running mean and variance of every normalisation become those of samples on the aged chip.

    Layers follow one after the other, each behind the normalisations before it as they are now.
    Samples need no labels, and are read once.

    Parameters
    ----------
    samples
        Training samples, or all where there are fewer.

    Source: Joshi et al., Nat. Commun. 11:2473, 2020 (adaptive batch normalisation statistics).
    Valid for: networks with normalisations in digital memory. A chip that is programmed with a
    trained network has them in its weights unless ``test.fold`` is false.
    """

    samples: int = quantity(200, low=2, high=1_000_000, remedy="A hundred tell a mean to 10 %.")

    def apply(self, chip: Chip, host: Host, *, streams: Streams) -> None:
        """Present the samples and let every normalisation follow.

        Raises
        ------
        ConfigError
            If no layer of the chip normalises in digital memory.
        """
        x, _ = host.samples(self, self.samples, streams=streams)
        rng, signals, changed = streams("recalibration"), [x], False
        for layer, sources, *_ in chip.steps:
            inputs = [signals[k] for k in sources]
            changed |= layer.recalibrate(*inputs)
            signals.append(layer.infer(*inputs, rng=rng))
        if not changed:
            remedy = "Those of a programmed chip are in its weights: set test.fold = false."
            expected = "a chip with normalisations in digital memory"
            fail("Renormalisation", expected, "none", remedy)
        chip.activity.add("chip", "images", len(x))
