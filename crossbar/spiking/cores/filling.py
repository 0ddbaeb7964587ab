"""Cores filled in an order of neurons, each until one more neuron would be too many."""

from __future__ import annotations

from typing import Any

import numpy as np

from crossbar.array_checks import Array
from crossbar.errors import fail
from crossbar.spiking.cores.connectivity import Connectivity
from crossbar.spiking.cores.spec import CoreSpec
from crossbar.types import Integers


def require_fitting(connectivity: Connectivity, core: CoreSpec) -> None:
    """Raise if a neuron hears more lines than ``core`` has axons: no placement can help."""
    fan_in = connectivity.fan_in
    if fan_in.max() > core.axons:
        expected = f"at most {core.axons} lines to a neuron, the axons of a core"
        got = f"{fan_in.max()} to neuron {np.argmax(fan_in)}"
        remedy = "Reduce its inputs (hash or prune them), or take cores of more axons."
        fail("CoreSpec.axons", expected, got, remedy)


def filled(heard: Any, core: CoreSpec, order: Array) -> Integers:
    """Return the core of every neuron, filled in ``order`` (some neurons), -1 for the others.

    Parameters
    ----------
    heard
        Sparse columns (lines, neurons): which lines every neuron hears.
    """
    pointers, lines = heard.indptr, heard.indices
    last = np.full(heard.shape[0], -1)  # core that heard a line last
    cores = np.full(heard.shape[1], -1)
    now = neurons = axons = 0
    for one in order.tolist():
        own = lines[pointers[one] : pointers[one + 1]]
        fresh = own[last[own] != now]
        if neurons == core.neurons or axons + fresh.size > core.axons:
            now, neurons, axons, fresh = now + 1, 0, 0, own
        last[fresh] = now
        neurons, axons = neurons + 1, axons + fresh.size
        cores[one] = now
    return cores
