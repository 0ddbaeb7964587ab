"""A network is a graph of layers: nodes, and what each reads from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from crossbar.activity import Activity
from crossbar.checks import check_fields, require_part
from crossbar.circuit.blocks import Blocks
from crossbar.circuit.layout import LARGEST
from crossbar.displayed import Displayed
from crossbar.errors import fail, nearest
from crossbar.errors import shown as written
from crossbar.nn import given_weights
from crossbar.nn.chip import Chip
from crossbar.nn.layers.base import Layer
from crossbar.nn.layers.contract import matrices_of, require_one_clock, shape_of, state_of
from crossbar.nn.layers.place import Matrix, Place, Shape
from crossbar.nn.losses import CrossEntropy, Loss
from crossbar.progress import Progress, reporting, shown
from crossbar.random import Streams
from crossbar.registry import Registry
from crossbar.substrates.port import Substrate
from crossbar.types import Floats
from crossbar.units import quantity

INPUT = "input"
"""What nodes call the samples that the network is given."""


@dataclass(frozen=True)
class Node(Displayed):
    """A layer and the nodes that it reads from.

    Parameters
    ----------
    layer
        The layer.
    inputs
        Names of nodes, in the order in which the layer takes them; ``"input"`` for the samples.
        None for the node before.
    """

    layer: Layer
    inputs: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.inputs, str):
            object.__setattr__(self, "inputs", (self.inputs,))
        check_fields(self)


class Named(NamedTuple):
    """A weight matrix by its name in the network; the others are those of :class:`Matrix`."""

    name: str
    rows: int
    cols: int
    vectors: int


@dataclass(frozen=True, kw_only=True)
class Network(Displayed):
    """Layers between a sample and the outputs of the last of them.

    Parameters
    ----------
    input_shape
        Shape of one sample, such as (height, width) or (height, width, channels).
    layers
        Every layer by name, in an order in which each follows those that it reads from: a
        :class:`Node`, or a layer alone, which reads from the one before. The last gives the
        outputs.

    Examples
    --------
    >>> from crossbar.nn import Convolution, Dense, Relu
    >>> small = Network(
    ...     input_shape=(8, 8),
    ...     layers={"conv": Convolution(), "relu": Relu(), "out": Dense(units=3)},
    ... )
    >>> small.shapes
    {'conv': (5, 5, 3), 'relu': (5, 5, 3), 'out': (3,)}
    """

    input_shape: tuple[int, ...] = quantity(low=1, high=LARGEST)
    layers: dict[str, Layer | Node]

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.layers:
            fail("Network.layers", "at least one layer", "none", "Add a Dense layer.")
        read = {name for node in self.nodes.values() for name in node.inputs or ()}
        idle = [name for name in self.nodes if name not in read][:-1]
        if idle:
            remedy = "Let a later layer read from it, or omit it."
            fail(f"Network.layers['{idle[0]}']", "a layer that another reads", "none", remedy)
        require_one_clock({name: node.layer for name, node in self.nodes.items()})
        last = list(self.shapes.values())[-1]
        if len(last) != 1:
            fail("Network.layers", "a last layer of numbers", str(last), "End with Dense.")

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every node by name, with the names of all that it reads from."""
        nodes: dict[str, Node] = {}
        before = INPUT
        for name, given in self.layers.items():
            where = f"Network.layers['{name}']"
            if not isinstance(name, str) or not name or name == INPUT or {".", "/", ":"} & {*name}:
                expected = f"a name other than '{INPUT}', without '.', '/' and ':'"
                fail("Network.layers", expected, written(name), "Name the layer otherwise.")
            node = given if isinstance(given, Node) else Node(require_part(where, given, Layer))
            inputs = (before,) if node.inputs is None else node.inputs
            for source in inputs:
                if source != INPUT and source not in nodes:
                    remedy = nearest(source, [INPUT, *nodes])
                    if source in self.layers:
                        remedy = f"Write '{source}' above it."
                    if source == name:
                        remedy = "It cannot read itself."
                    fail(f"{where}.inputs", "nodes above it", repr(source), remedy)
            takes = node.layer.takes
            if not inputs or takes not in (None, len(inputs)):
                expected = "at least one input" if takes is None else f"{takes} of them"
                remedy = "Name what it reads from: Node(layer, inputs=(...))."
                fail(f"{where}.inputs", expected, str(len(inputs)), remedy)
            nodes[name] = Node(node.layer, inputs)
            before = name
        return nodes

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Output shape of every node."""
        shapes = {INPUT: self.input_shape}
        for name, node in self.nodes.items():
            inputs = tuple(shapes[k] for k in node.inputs or ())
            shapes[name] = shape_of(name, node.layer, inputs)
        del shapes[INPUT]
        return shapes

    def shapes_into(self, name: str) -> tuple[Shape, ...]:
        """Return the shapes of what the node ``name`` reads from."""
        known = {INPUT: self.input_shape} | self.shapes
        return tuple(known[source] for source in self.nodes[name].inputs or ())

    @cached_property
    def parts(self) -> dict[str, dict[str, Matrix]]:
        """Weight matrices of every node that has some, by their names in the network."""
        parts = {}
        for name, node in self.nodes.items():
            own = matrices_of(name, node.layer, self.shapes_into(name))
            if own:
                named = (name if len(own) == 1 else f"{name}.{matrix.part}" for matrix in own)
                parts[name] = dict(zip(named, own, strict=True))
        return parts

    @cached_property
    def matrices(self) -> tuple[Named, ...]:
        """Name, rows and cols of every weight matrix, and vectors a sample sends through it."""
        each = (item for part in self.parts.values() for item in part.items())
        return tuple(Named(name, m.rows, m.cols, m.vectors) for name, m in each)

    @cached_property
    def foremost(self) -> frozenset[str]:
        """Matrices that nothing that learns stands before: they take no transposed read."""
        learns, first = {INPUT: False}, set[str]()
        for name, node in self.nodes.items():
            behind, own = any(learns[source] for source in node.inputs or ()), self.parts.get(name)
            learns[name] = behind or bool(own) or node.layer.learns
            if not behind:
                first |= {part for part, matrix in (own or {}).items() if not matrix.loops}
        return frozenset(first)

    @cached_property
    def lasts(self) -> float:
        """Time [s] that a sample takes by the clock of the slowest layer; 0 where none runs."""
        return max(n.layer.lasts(*self.shapes_into(name)) for name, n in self.nodes.items())

    @cached_property
    def outputs(self) -> int:
        """Number of outputs: one a class, or one a value."""
        return list(self.shapes.values())[-1][0]

    @reporting
    def build(
        self,
        substrate: Substrate,
        streams: Streams,
        *,
        blocks: Blocks | None = None,
        loss: Loss | None = None,
        weights: dict[str, Floats] | None = None,
        progress: Progress = shown,
    ) -> Chip:
        """Return a chip; ``blocks`` stand behind the last layer.

        Parameters
        ----------
        loss
            What the outputs mean, and their error; None for the cross-entropy of classes.
        weights
            (rows, cols) of every matrix, by name, as in :attr:`matrices`: a network that was
            trained elsewhere, programmed. They use the whole range of the cells unless the
            mapping sets a headroom. What a layer keeps in digital memory has ``node.name``; see
            :meth:`Chip.trained`. None for initial weights, which have room to grow.
        progress
            Called with (task, matrices programmed, in all, name); see :mod:`crossbar.progress`.

        Raises
        ------
        ConfigError
            If ``weights`` lacks a layer, or names one that the network has not, or ``loss`` needs
            other outputs.
        ShapeError, DataError
            If weights have another shape, or are not finite numbers.
        """
        require_part("Network.build.substrate", substrate, Substrate)
        require_part("Network.build.streams", streams, Streams)
        blocks = Blocks() if blocks is None else blocks
        loss = CrossEntropy() if loss is None else loss
        require_part("Network.build.blocks", blocks, Blocks)
        require_part("Network.build.loss", loss, Loss).require_outputs(self.outputs)
        matrices: dict[str, Floats] = {}
        if weights is not None:
            matrices, substrate = given_weights.matrices(self, weights), substrate.filled()
        substrate.require_parts([name for name, *_ in self.matrices])
        activity, states, programmed = Activity(), {}, 0
        for name, node in self.nodes.items():
            held = {}
            for whole, matrix in self.parts.get(name, {}).items():
                own = matrices.get(whole)
                if own is None:
                    own = node.layer.initial(matrix, streams.share("initial", layer=whole))
                held[matrix.part] = substrate.part(whole).program(
                    own, rng=streams("program", layer=whole), copies=matrix.copies, name=whole,
                    activity=activity,
                )  # fmt: skip
                programmed += 1
                progress("programming", programmed, len(self.matrices), whole)
            place = Place(name, self.shapes_into(name), self.shapes[name], held, activity)
            states[name] = state_of(node.layer, place)
        if weights is not None:
            given_weights.recall(states, weights)
        return Chip(self, states, blocks, loss, activity)


NETWORKS = Registry(Network, "networks", "networks by name", setting="network")
