"""Cores on a mesh: those that send each other much are near each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph, linalg

from crossbar.array_checks import Array
from crossbar.types import Integers

LARGEST = 4096  # cores that are moved; of more, and of fewer than 4, the order is kept
PASSES = 30
TURNS = 6  # of the coordinates within a right angle
LEAST = 1e-9  # relative gain of an exchange, above rounding


def rows_of(count: int) -> Integers:
    """Return ``count`` places (count, 2), column and row, row by row in a square."""
    y, x = np.divmod(np.arange(count), int(np.ceil(np.sqrt(count))))
    return np.stack([x, y], axis=1)


def near(packets: Any) -> Integers:
    """Return places (cores, 2) for cores that send each other ``packets`` (cores, cores), sparse.

    The lowest modes of the graph of cores give coordinates, which are sorted into columns and rows.
    Then cores exchange places, or move to a free one, as long as packets make fewer hops. As modes
    of a square may be turned, several turns of the coordinates are tried.
    """
    count = packets.shape[0]
    places = rows_of(count)
    if not 4 <= count <= LARGEST:
        return places
    both = sparse.csr_array((packets + packets.T).astype(float))
    both.setdiag(0)
    side = int(places.max()) + 1
    every = rows_of(side * side)
    distance = np.abs(every[:, None] - every).sum(axis=2)
    first, second = _modes(both)
    best, least = np.arange(count), np.inf
    for turn in np.pi / 2 * np.arange(TURNS) / TURNS:
        along, across = np.cos(turn), np.sin(turn)
        begin = _sorted(along * first + across * second, along * second - across * first, side)
        own = _exchanged(both, begin, distance)
        hops = both.multiply(distance[own][:, own]).sum()
        if hops < least:
            best, least = own, hops
    return every[best]


def _sorted(along: Array, across: Array, side: int) -> Integers:
    """Return numbers of places (cores,): row by row by the first coordinate, in it by the other."""
    order = np.argsort(along, kind="stable")
    own = np.empty(order.size, np.int64)
    for begin in range(0, order.size, side):
        row = order[begin : begin + side]
        own[row[np.argsort(across[row], kind="stable")]] = begin + np.arange(row.size)
    return own


def _modes(both: Any) -> tuple[Array, Array]:
    """Return two modes of the graph of cores that vary the least over it."""
    laplacian: Any = csgraph.laplacian(both, normed=True)
    begin = np.cos(np.arange(both.shape[0]))  # the same for all seeds
    values, modes = linalg.eigsh(sparse.csc_array(laplacian), k=3, sigma=-0.01, v0=begin)
    first, second = np.argsort(values, kind="stable")[1:]
    scaled = modes / modes.std(axis=0)
    return scaled[:, first], scaled[:, second]


def _exchanged(both: Any, own: Array, distance: Array) -> Integers:
    """Return the places of cores, ``own`` at first, after exchanges that save hops.

    ``cost[i, p]`` are the hops of core i at place p with all others where they are. Places without
    a core are those of cores that send nothing.
    """
    places = distance.shape[0]
    dense = np.zeros((places, places))
    dense[: both.shape[0], : both.shape[0]] = both.toarray()
    own = np.concatenate([own, np.setdiff1d(np.arange(places), own)])
    cost = dense @ distance[own]
    least = LEAST * max(float(cost.max()), 1.0)
    for _ in range(PASSES):
        moved = False
        for i in range(both.shape[0]):
            here, every = own[i], np.arange(places)
            gain = (cost[i, here] + cost[every, own] - cost[i, own] - cost[every, here]
                    - 2 * dense[i] * distance[here, own])  # fmt: skip
            j = int(np.argmax(gain))
            if gain[j] > least:
                moved = True
                step = distance[own[j]] - distance[here]
                for k, sign in ((i, 1), (j, -1)):
                    heard = np.flatnonzero(dense[k])
                    cost[heard] += sign * np.outer(dense[k, heard], step)
                own[[i, j]] = own[[j, i]]
        if not moved:
            break
    return own[: both.shape[0]]
