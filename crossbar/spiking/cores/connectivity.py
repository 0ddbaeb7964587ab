"""Who hears whom: lines of inputs and neurons, and the neurons that they reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from scipy import sparse

from crossbar.array_checks import require_array
from crossbar.checks import require_part, require_whole
from crossbar.displayed import Displayed
from crossbar.errors import DataError, ShapeError, fail, message, shown
from crossbar.spiking.networks import Recording, SpikingModel
from crossbar.types import Integers


@dataclass(frozen=True, eq=False, repr=False)
class Connectivity(Displayed):
    """A sparse matrix of lines and neurons.

    Parameters
    ----------
    matrix : (lines, neurons)
        Not zero where a line reaches a neuron. The lines of inputs come first, then one of every
        neuron.
    inputs
        Lines of inputs.
    parts
        Where lines of inputs and groups of a model begin, by name.

    Raises
    ------
    ShapeError
        If there is not a line for each input and neuron.

    Examples
    --------
    >>> ahead = Connectivity.from_pairs([0, 1, 2], [1, 2, 0], neurons=3)
    >>> ahead.synapses, ahead.fan_in.tolist()
    (3, [1, 1, 1])
    """

    matrix: Any
    inputs: int = 0
    parts: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_whole("Connectivity.inputs", self.inputs, low=0)
        where = "Connectivity.matrix"
        given = self.matrix
        if not callable(getattr(given, "tocsr", None)):
            fail(where, "a sparse matrix", shown(given), "Give scipy.sparse.csr_array(w).")
        rows, cols = given.shape
        if rows != self.inputs + cols or cols < 1:
            expected = f"{self.inputs} inputs and as many lines as neurons"
            raise ShapeError(message(where, expected, f"{rows} x {cols}", "Inputs come first."))
        ones = sparse.csr_array(abs(given).astype(bool))
        ones.sum_duplicates()
        ones.eliminate_zeros()
        object.__setattr__(self, "matrix", ones)

    @classmethod
    def from_pairs(cls, lines: Any, targets: Any, *, neurons: int, inputs: int = 0) -> Self:
        """Return what pairs (n,) of a line and the neuron that it reaches say.

        Raises
        ------
        DataError, ShapeError
            If a line or a neuron is not there, or there are not as many of both.
        """
        where = "Connectivity.from_pairs"
        ends = []
        for name, given, count in (("lines", lines, inputs + neurons),
                                   ("targets", targets, neurons)):  # fmt: skip
            own = np.asarray(require_array(f"{where}.{name}", given, ("n",)))
            if own.dtype.kind not in "iu" or own.min() < 0 or own.max() >= count:
                got = f"{own.min()} to {own.max()} of type {own.dtype}"
                expected = f"whole numbers from 0 to {count - 1}"
                raise DataError(message(f"{where}.{name}", expected, got, "Count from 0."))
            ends.append(own)
        if ends[0].size != ends[1].size:
            got = f"{ends[0].size} and {ends[1].size}"
            raise ShapeError(message(where, "as many lines as targets", got, "Give pairs."))
        ones = np.ones(ends[0].size, bool)
        shape = (inputs + neurons, neurons)
        return cls(sparse.csr_array((ones, (ends[0], ends[1])), shape=shape), inputs)

    @classmethod
    def of(cls, model: SpikingModel) -> Self:
        """Return who hears whom in ``model``: every weight that is not 0.

        Raises
        ------
        ConfigError
            If two matrices join the same pair, whose cells would need two rows a line.
        """
        require_part("Connectivity.of.model", model, SpikingModel)
        network, begin, parts = model.network, 0, {}
        for name in (*network.inputs, *network.groups):
            parts[name], begin = begin, begin + network.width(name)
        inputs = sum(network.width(name) for name in network.inputs)
        rows, cols, joined = [], [], dict[tuple[str, str], str]()
        for name, one in network.synapses.items():
            pair = (one.source, one.target)
            if pair in joined:
                got = f"{joined[pair]} and {name}, both from {one.source} to {one.target}"
                fail("Connectivity.of", "one matrix from a group to another", got, "Add them up.")
            joined[pair] = name
            lines, targets = np.nonzero(model.weights[name])
            rows.append(lines + parts[one.source])
            cols.append(targets + parts[one.target] - inputs)
        shape = (begin, begin - inputs)
        ends = (np.concatenate([np.empty(0, np.int64), *each]) for each in (rows, cols))
        at = tuple(ends)
        ones = np.ones(at[0].size, bool)
        return cls(sparse.csr_array((ones, at), shape=shape), inputs, parts)

    def __repr__(self) -> str:
        lines = f"{self.inputs} inputs, " if self.inputs else ""
        return f"<Connectivity {lines}{self.neurons} neurons, {self.synapses} synapses>"

    @property
    def neurons(self) -> int:
        """How many neurons there are."""
        return int(self.matrix.shape[1])

    @property
    def lines(self) -> int:
        """How many lines there are, those of inputs and of neurons."""
        return int(self.matrix.shape[0])

    @property
    def synapses(self) -> int:
        """How many pairs of a line and a neuron there are."""
        return int(self.matrix.nnz)

    @property
    def fan_in(self) -> Integers:
        """How many lines every neuron hears, (neurons,)."""
        return np.bincount(self.matrix.indices, minlength=self.neurons)

    @property
    def fan_out(self) -> Integers:
        """How many neurons every line reaches, (lines,)."""
        reached: Integers = np.diff(self.matrix.indptr).astype(np.int64)
        return reached

    def counts(self, recording: Recording) -> Integers:
        """Return how many spikes of ``recording`` every line has, (lines,).

        Raises
        ------
        ConfigError
            If the recording is of another model.
        """
        widths = np.diff([*self.parts.values(), self.lines]).tolist()
        own = dict(zip(self.parts, widths, strict=True))
        given = {name: spikes.width for name, spikes in recording.spikes.items()}
        if not given or given != own:
            expected, got = (", ".join(f"{name} of {width}" for name, width in each.items())
                             for each in (own, given))  # fmt: skip
            where, remedy = "Connectivity.counts.recording", "Give a run of this model."
            fail(where, f"spikes of {expected or 'a model'}", got or "none", remedy)
        return np.concatenate([recording.spikes[name].counts() for name in self.parts])
