"""The section ``network``: a network of the registry with its sizes, or layers one by one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import crossbar.spiking  # noqa: F401 (registers its layers)
from crossbar.checks import require_part
from crossbar.contracts import call
from crossbar.errors import CrossbarError, closest, fail, shown
from crossbar.imports import Imported
from crossbar.meaning import Meaning, meanings
from crossbar.nn import LAYERS, NETWORKS, Layer, Network, Node
from crossbar.overlay import built, made, table
from crossbar.parameters import parameters
from crossbar.runs.plain import describe
from crossbar.toml import Settings
from crossbar.types import Floats

GIVEN = ("input_shape", "classes")  # what the data say, and no setting
DEFAULT = "leti_cnn"


class Architecture(ABC):
    """What makes a network for samples of some shape, as settings describe it."""

    @abstractmethod
    def network(self, input_shape: tuple[int, ...], classes: int) -> Network:
        """Return the network from ``input_shape`` to ``classes`` scores.

        Raises
        ------
        ConfigError
            If it cannot be, under the dotted name of the setting.
        """

    def weights(self, network: Network) -> dict[str, Floats] | None:
        """Return the weights that ``network`` begins with; None for random ones."""
        return None

    def meanings(self, prefix: str) -> dict[str, Meaning]:
        """Return words and units of the settings by dotted name."""
        return meanings(self, prefix)


class Known(Architecture):
    """A function that returns a network, with weights or without; its keywords are the fields."""

    function: ClassVar[Callable[..., Any]]

    def network(self, input_shape: tuple[int, ...], classes: int) -> Network:
        """Return what the function makes; see :class:`Architecture`."""
        made = self._made(input_shape, classes)
        return made.network if isinstance(made, Imported) else made

    def weights(self, network: Network) -> dict[str, Floats] | None:
        """Return the weights that the function gives with ``network``; None if it gives none."""
        made = self._made(network.input_shape, network.outputs)
        return made.weights if isinstance(made, Imported) else None

    def _made(self, input_shape: tuple[int, ...], classes: int) -> Network | Imported:
        """Return what the function returns, or raise unless it is a network."""
        chosen: Any = self
        sizes = {f.name: getattr(self, f.name) for f in fields(chosen)}
        try:
            function = type(self).function
            ends = {"input_shape": input_shape, "classes": classes}
            made = call("network.kind", function, lambda: function(**ends, **sizes))
        except CrossbarError as error:
            blamed = error.field.rpartition(".")[2]
            place = f"network.{blamed}" if blamed in sizes else "network"
            raise type(error)(error.message.within(place)) from None
        if isinstance(made, Imported):
            return made
        network: Network = require_part("network.kind", made, Network)
        return network


@dataclass(frozen=True)
class Fixed(Architecture):
    """A network that stands as it is, for one shape of samples."""

    layers: Network

    def network(self, input_shape: tuple[int, ...], classes: int) -> Network:
        """Return the network, or raise unless the data fit."""
        ends = (self.layers.input_shape, self.layers.outputs)
        if ends != (input_shape, classes):
            expected = f"samples {ends[0]} and {ends[1]} outputs, as the network takes"
            remedy = "Give a function of input_shape and classes that returns the network."
            fail("network.kind", expected, f"{input_shape} and {classes}", remedy)
        return self.layers


@dataclass(frozen=True)
class Listed(Architecture):
    """Layers one by one, each a table ``[[network.layers]]``.

    Attributes
    ----------
    layers
        Kind, inputs and fields of every layer by its name, with their defaults.
    given
        As the tables give them.
    """

    layers: dict[str, Settings]
    given: dict[str, Settings] = field(repr=False, compare=False, metadata={"record": False})

    def network(self, input_shape: tuple[int, ...], classes: int) -> Network:
        """Return the layers as a network; see :class:`Architecture`."""
        nodes: dict[str, Layer | Node] = {
            name: _node(name, given, classes) for name, given in self.given.items()
        }
        try:
            return Network(input_shape=input_shape, layers=nodes)
        except CrossbarError as error:
            raise type(error)(error.message.within("network.layers")) from None

    def meanings(self, prefix: str) -> dict[str, Meaning]:
        """Return words and units of the settings of every layer."""
        known: dict[str, Meaning] = {}
        for name, given in self.given.items():
            known |= meanings(_node(name, given, 2).layer, f"{prefix}.layers.{name}")
        return known


CLASSES = "classes"  # the value that stands for the number of outputs that the data ask for


def _node(name: str, given: Settings, classes: int) -> Node:
    """Return the layer that the table ``given`` describes, with what it reads from."""
    where = f"network.layers.{name}"
    settings = {k: classes if v == CLASSES else v for k, v in given.items()}
    kind, inputs = settings.pop("kind", None), settings.pop("inputs", None)
    for key, value in settings.items():
        if isinstance(value, str) and (slip := closest(value, [CLASSES], "")):
            fail(f"{where}.{key}", f"a value, or '{CLASSES}'", shown(value), slip)
    layer: Layer = made(LAYERS, kind, settings, where, f"{where}.kind")
    if inputs is None:
        return Node(layer)
    names = [inputs] if isinstance(inputs, str) else inputs
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        fail(f"{where}.inputs", "names of layers", shown(inputs), 'Write inputs = ["conv"].')
    return Node(layer, tuple(names))


def _listed(tables: Any) -> Listed:
    """Return the layers that ``tables`` describe."""
    remedy = 'Write [[network.layers]] with name = "fc" and kind = "dense".'
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        fail("network.layers", "a list of tables", shown(tables), remedy)
    given: dict[str, Settings] = {}
    for one in tables:
        name = one.get("name")
        if not isinstance(name, str) or name in given:
            got = shown(one) if name is None else f"{shown(name)} twice"
            fail("network.layers", "a name of its own for each layer", got, remedy)
        given[name] = {k: v for k, v in one.items() if k != "name"}
    return Listed({name: _described(name, one) for name, one in given.items()}, given)


def _described(name: str, given: Settings) -> Settings:
    """Return the table of a layer with the defaults of its kind."""
    described = describe(_node(name, given, 2).layer)
    fields = {k: v for k, v in described.items() if k != "type"}
    return fields | {k: v for k, v in given.items() if k in ("kind", "inputs") or v == CLASSES}


def architecture(section: Any) -> Architecture:
    """Return what the ``section`` describes; without a kind it is ``leti_cnn``.

    Raises
    ------
    ConfigError
        If a kind or a name is unknown or a value cannot be, under its dotted name.
    """
    given = {"kind": section} if isinstance(section, str) else section
    settings: Settings = dict(table(given, "network"))
    if "layers" in settings:
        tables = settings.pop("layers")
        for name in settings:
            fail(f"network.{name}", "no other setting beside network.layers", "some",
                 "Leave it out, or the layers; the loss is train.loss.")  # fmt: skip
        return _listed(tables)
    entry = NETWORKS.resolve(settings.pop("kind", DEFAULT), "network.kind")
    if isinstance(entry, Network):
        for name in settings:
            fail(f"network.{name}", "no sizes for a network that stands as it is", "some",
                 "Give a function that returns the network.")  # fmt: skip
        return Fixed(entry)
    known: Architecture = built(parameters(entry, GIVEN, Known), settings, "network")
    return known
