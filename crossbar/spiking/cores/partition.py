"""Neurons in parts that few lines leave, each of a size that a core holds."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from crossbar.array_checks import Array
from crossbar.errors import ConfigError, message
from crossbar.spiking.cores.connectivity import Connectivity
from crossbar.spiking.cores.filling import filled
from crossbar.spiking.cores.placement import routes
from crossbar.spiking.cores.spec import CoreSpec
from crossbar.types import Integers

ROUNDS = 12  # numbers of parts that are tried
SPILL = 0.1  # share of parts that may be too large, and are repaired
STEP = 1.02  # least growth of the number of parts
TOGETHER = 2000  # parts that are compared with each other at once


def metis() -> Any:
    """Return the library that partitions graphs, or raise."""
    try:
        return importlib.import_module("pymetis")
    except ImportError:
        remedy = "Install it: pip install 'crossbar-sim[cores]'."
        raise ConfigError(message("ByGraph", "the package pymetis", "none", remedy)) from None


def partitioned(connectivity: Connectivity, core: CoreSpec, seed: int) -> Integers:
    """Return the part of every neuron, (neurons,), from 0 without a gap.

    METIS minimises the parts that lines go to beside their own, for parts of equal numbers of
    neurons. The number of parts grows until few of them hear too many lines; those are cut, and
    small parts are joined.
    """
    graph = _graph(connectivity)
    count = -(-connectivity.neurons // core.neurons)
    parts: Integers = np.zeros(connectivity.neurons, np.int64)
    for _ in range(ROUNDS):
        parts = _divided(graph, connectivity, count, seed)
        load = _load(connectivity, parts, core)
        if np.mean(load > 1) <= SPILL or count >= connectivity.neurons:
            break
        growth = max(STEP, float(np.quantile(load, 1 - SPILL)))
        count = min(connectivity.neurons, int(np.ceil(count * growth)))
    return _joined(connectivity, _cut(connectivity, parts, core), core)


def _graph(connectivity: Connectivity) -> Any:
    """Return who is beside whom, both ways: lines of inputs, then neurons."""
    inputs, lines = connectivity.inputs, connectivity.lines
    ahead = sparse.csr_array((lines, lines), dtype=bool)
    if connectivity.synapses:
        pairs = connectivity.matrix.tocoo()
        at = (pairs.row, pairs.col + inputs)
        ahead = sparse.csr_array((pairs.data, at), shape=(lines, lines))
    both = sparse.csr_array(ahead + ahead.T)
    both.setdiag(False)
    both.eliminate_zeros()
    return both


def _divided(graph: Any, connectivity: Connectivity, count: int, seed: int) -> Integers:
    """Return the parts of all neurons, of ``count`` or fewer."""
    if count == 1:
        return np.zeros(connectivity.neurons, np.int64)
    library = metis()
    options = library.Options()
    options.seed, options.objtype = seed, int(library.ObjType.VOL)
    weights = np.ones(connectivity.lines, np.int64)
    weights[: connectivity.inputs] = 0  # inputs take no place on cores
    adjacency = library.CSRAdjacency(adj_starts=graph.indptr, adjacent=graph.indices)
    answer = library.part_graph(count, adjacency, vweights=weights.tolist(), options=options,
                                recursive=False)  # fmt: skip
    return _numbered(np.asarray(answer.vertex_part)[connectivity.inputs :])


def _load(connectivity: Connectivity, parts: Array, core: CoreSpec) -> Array:
    """Return how full every part is: the larger of the shares of neurons and of axons."""
    count = int(parts.max()) + 1
    axons = np.bincount(routes(connectivity, parts, count)[1], minlength=count)
    neurons = np.bincount(parts, minlength=count)
    return np.maximum(neurons / core.neurons, axons / core.axons)


def _cut(connectivity: Connectivity, parts: Array, core: CoreSpec) -> Integers:
    """Return parts that fit: those that do not are filled into several, neighbours together."""
    heard = sparse.csc_array(connectivity.matrix)
    large = np.flatnonzero(_load(connectivity, parts, core) > 1)
    cut, begin = parts.copy(), int(parts.max()) + 1
    for one in large:
        own = np.flatnonzero(parts == one)
        between = connectivity.matrix[own + connectivity.inputs][:, own]
        near = csgraph.reverse_cuthill_mckee(sparse.csr_array(between + between.T))
        pieces = filled(heard, core, own[near])[own]
        cut[own] = begin + pieces
        begin += int(pieces.max()) + 1
    return _numbered(cut)


def _joined(connectivity: Connectivity, parts: Integers, core: CoreSpec) -> Integers:
    """Return parts of which no two small ones would fit on a core together.

    In every round pairs that share most lines are joined first. Parts are small that have at most
    half the neurons of a core and three quarters of its axons; the 2 000 smallest are compared.
    """
    while True:
        count = int(parts.max()) + 1
        line, part = routes(connectivity, parts, count)
        axons, neurons = np.bincount(part, minlength=count), np.bincount(parts, minlength=count)
        small = np.flatnonzero((2 * neurons <= core.neurons) & (4 * axons <= 3 * core.axons))
        small = small[np.argsort(neurons[small], kind="stable")][:TOGETHER]
        ones = np.ones(part.size, np.int64)
        hears = sparse.csr_array((ones, (part, line)), shape=(count, connectivity.lines))[small]
        shared = (hears @ hears.T).toarray()
        union = axons[small][:, None] + axons[small] - shared
        first, second = np.nonzero(np.triu(union <= core.axons, 1))
        order = np.argsort(-shared[first, second], kind="stable")
        taken = np.zeros(small.size, bool)
        for k in order.tolist():
            if not (taken[first[k]] or taken[second[k]]):
                taken[[first[k], second[k]]] = True
                parts[parts == small[second[k]]] = small[first[k]]
        if not taken.any():
            return parts
        parts = _numbered(parts)


def _numbered(parts: Array) -> Integers:
    """Return ``parts`` numbered from 0 without a gap, in the same order."""
    return np.unique(parts, return_inverse=True)[1].astype(np.int64)
