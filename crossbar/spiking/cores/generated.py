"""Networks to place, by rule: a ring, neighbours in a plane, a small world."""

from __future__ import annotations

import numpy as np

from crossbar.array_checks import Array
from crossbar.checks import require_generator, require_whole
from crossbar.errors import fail, require_number
from crossbar.spiking.cores.connectivity import Connectivity
from crossbar.types import Rng

MOST = 10_000_000  # neurons


def ring(neurons: int) -> Connectivity:
    """Return a ring in which every neuron reaches the next one.

    Raises
    ------
    ConfigError
        If there are fewer than 2.
    """
    require_whole("ring.neurons", neurons, low=2, high=MOST)
    own = np.arange(neurons)
    return Connectivity.from_pairs(own, (own + 1) % neurons, neurons=neurons)


def local_connectivity(neurons: int, *, rng: Rng, reach: int = 1) -> Connectivity:
    """Return neurons of a square plane that reach all within ``reach`` steps, in shuffled order.

    The plane has ``neurons`` places, row by row, of which the last row may be part. Numbers of
    neurons are shuffled, so that their order says nothing of where they are.

    Raises
    ------
    ConfigError
        If there are fewer than 2 neurons, or the reach is below 1.
    """
    require_generator("local_connectivity", rng)
    lines, targets = _neighbours(neurons, reach, "local_connectivity")
    names = rng.permutation(neurons)
    return Connectivity.from_pairs(names[lines], names[targets], neurons=neurons)


def small_world(neurons: int, *, rng: Rng, reach: int = 1, far: float = 0.05) -> Connectivity:
    """Return such a plane in which a share ``far`` of the connections goes anywhere.

    Raises
    ------
    ConfigError
        If the share is not from 0 to 1.

    Source: Watts and Strogatz, Nature 393:440, 1998, in a plane in place of a ring.
    """
    require_generator("small_world", rng)
    require_number("small_world.far", far, low=0, high=1)
    lines, targets = _neighbours(neurons, reach, "small_world")
    moved = rng.random(lines.size) < far
    targets[moved] = rng.integers(neurons, size=int(moved.sum()))
    names = rng.permutation(neurons)
    return Connectivity.from_pairs(names[lines], names[targets], neurons=neurons)


def _neighbours(neurons: int, reach: int, where: str) -> tuple[Array, Array]:
    """Return the pairs of neurons that are within ``reach`` of each other."""
    require_whole(f"{where}.neurons", neurons, low=2, high=MOST)
    require_whole(f"{where}.reach", reach, low=1, high=100)
    side = int(np.ceil(np.sqrt(neurons)))
    if reach >= side:
        fail(f"{where}.reach", f"less than the {side} neurons of a row", reach, "Lower it.")
    own = np.arange(neurons)
    y, x = np.divmod(own, side)
    lines, targets = [], []
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            there = (y + dy) * side + x + dx
            inside = (y + dy >= 0) & (x + dx >= 0) & (x + dx < side) & (there < neurons)
            inside &= (dx, dy) != (0, 0)
            lines.append(own[inside])
            targets.append(there[inside])
    return np.concatenate(lines), np.concatenate(targets)
