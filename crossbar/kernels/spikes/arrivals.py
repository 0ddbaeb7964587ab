"""What arrives at the neurons of a layer in one sample, in order."""

from __future__ import annotations

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.types import Doubles, Integers

ALL = -1
"""In place of a neuron: all of them."""


@jit
def arrange(
    times: Doubles, delays: Doubles, slots: int, duration: float
) -> tuple[Doubles, Integers, Integers]:
    """Return arrivals before ``duration`` in order: times, numbers of spikes, and neurons.

    Parameters
    ----------
    times : (spikes,)
        Of one sample, ``slots`` a line, infinity for none.
    delays : (1, lines) or (cols, lines)
        Of a line to all neurons alike, or to each.
    """
    size, shared = delays.shape[0] * times.size, delays.shape[0] == 1
    at, spikes, neurons = np.empty(size), np.empty(size, np.int64), np.empty(size, np.int64)
    count = 0
    for j in range(delays.shape[0]):
        for k in range(times.size):
            at[count] = times[k] + delays[j, k // slots]
            if at[count] < duration:
                spikes[count], neurons[count] = k, ALL if shared else j
                count += 1
    order = np.argsort(at[:count])
    return at[order], spikes[order], neurons[order]
