"""What the spiking layers of a chip do with some samples: rasters, membranes, first spikes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from crossbar.checks import require_part, require_whole
from crossbar.displayed import Displayed
from crossbar.errors import fail
from crossbar.nn import Chip, Trace
from crossbar.spiking.networks import Recording
from crossbar.spiking.spikes import Spikes
from crossbar.types import Floats, Rng

BINS = 40  # of a histogram
DRAWN = 8  # membranes that a record keeps


@dataclass(frozen=True, eq=False, repr=False)
class Traces(Displayed):
    """Spikes and membranes of every spiking layer, for samples that were presented together.

    Attributes
    ----------
    layers
        By the name of the layer.
    samples
        How many there were.
    until : [s]
        When a sample ends.

    Examples
    --------
    >>> from crossbar import Streams
    >>> from crossbar.spiking import clocked_network
    >>> from crossbar.substrates import Digital
    >>> chip = clocked_network().build(Digital(), Streams(0), progress=lambda *_: None)
    >>> traces = Traces.of(chip, np.full((2, 4), 0.5), rng=np.random.default_rng(0))
    >>> list(traces.layers), traces.samples, f"{traces.until:g} s"
    (['hidden1'], 2, '2e-05 s')
    """

    layers: dict[str, Trace]
    samples: int
    until: float

    @classmethod
    def of(cls, chip: Chip, x: Floats, *, rng: Rng) -> Self:
        """Present ``x`` (n, *input_shape) to ``chip`` and return what its neurons did.

        Raises
        ------
        ConfigError
            If no layer has neurons that spike.
        """
        require_part("Traces.of.chip", chip, Chip)
        chip.scores(x, rng=rng)
        seen = {name: layer.trace() for name, layer in chip.layers.items()}
        layers = {name: trace for name, trace in seen.items() if trace is not None}
        if not layers:
            remedy = "Use a network of network.kind = spiking or spiking-steps."
            fail("Traces.of.chip", "a layer of spiking neurons", "none", remedy)
        until = max(chip.network.lasts, *(trace.until for trace in layers.values()))
        return cls(layers, len(x), until)

    @property
    def spikes(self) -> float:
        """Spikes of a sample, in the mean."""
        return sum(len(trace.times) for trace in self.layers.values()) / self.samples

    @property
    def active(self) -> float:
        """Share of the neurons that fire in a sample, in the mean."""
        firing = sum(int(np.isfinite(first(trace, self.samples)).sum())
                     for trace in self.layers.values())  # fmt: skip
        return firing / (self.samples * sum(trace.width for trace in self.layers.values()))

    def recording(self, sample: int = 0) -> Recording:
        """Return what one sample did, as a run of a network of events; ``plot`` draws it.

        Voltages are those of the layers that keep them, where all do at the same times.
        """
        require_whole("Traces.recording.sample", sample, low=0, high=self.samples - 1)
        spikes = {}
        for name, trace in self.layers.items():
            own = trace.samples == sample
            spikes[name] = Spikes.in_order(trace.times[own], trace.neurons[own], trace.width)
        kept = {name: trace for name, trace in self.layers.items() if len(trace.at)}
        times = next((trace.at for trace in kept.values()), np.empty(0))
        volts = {name: trace.membranes[sample] for name, trace in kept.items()
                 if np.array_equal(trace.at, times)}  # fmt: skip
        return Recording(spikes, tuple(spikes), self.until, times, volts, {})

    def record(self) -> dict[str, Any]:
        """Return the first sample, and first spikes of all, as plain values for a result."""
        own = self.recording(0)
        latest = max(trace.times.max(initial=0.0) for trace in self.layers.values())
        until = float(min(self.until, 1.05 * latest)) or self.until  # nothing happens after it
        edges = np.linspace(0.0, until, BINS + 1)
        layers = {}
        for name, trace in self.layers.items():
            earliest = first(trace, self.samples)
            fired = earliest[np.isfinite(earliest)]
            raster, volts = own.spikes[name], own.voltages.get(name)
            layers[name] = {
                "neurons": trace.width,
                "times": raster.times.tolist(),
                "lines": raster.lines.tolist(),
                "first": np.histogram(fired, edges)[0].tolist(),
                "silent": 1.0 - fired.size / earliest.size,
                "voltages": [] if volts is None else volts[:, :DRAWN].T.tolist(),
            }
        return {"samples": self.samples, "until": until, "spikes": self.spikes,
                "active": self.active, "at": own.times.tolist(), "layers": layers}  # fmt: skip


def first(trace: Trace, samples: int) -> Floats:
    """Return the first spikes (samples, neurons) [s] of a layer, infinity for none."""
    times = np.full((samples, trace.width), np.inf)
    np.minimum.at(times, (trace.samples, trace.neurons), trace.times)
    return times
