"""The section ``network``: a network of the registry with its sizes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from crossbar.checks import require_part
from crossbar.errors import CrossbarError, fail
from crossbar.nn import NETWORKS, Network
from crossbar.runs.overlay import built, parameters, table
from crossbar.runs.toml import Settings

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


class Known(Architecture):
    """A function that returns a network; its keyword parameters are the fields."""

    function: ClassVar[Callable[..., Any]]

    def network(self, input_shape: tuple[int, ...], classes: int) -> Network:
        """Return what the function makes; see :class:`Architecture`."""
        chosen: Any = self
        sizes = {f.name: getattr(self, f.name) for f in fields(chosen)}
        try:
            made = type(self).function(input_shape=input_shape, classes=classes, **sizes)
        except CrossbarError as error:
            blamed = error.field.rpartition(".")[2]
            place = f"network.{blamed}" if blamed in sizes else "network"
            raise type(error)(error.message.within(place)) from None
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


def architecture(section: Any) -> Architecture:
    """Return what the ``section`` describes; without a kind it is ``leti_cnn``.

    Raises
    ------
    ConfigError
        If a kind or a name is unknown or a value cannot be, under its dotted name.
    """
    given = {"kind": section} if isinstance(section, str) else section
    settings: Settings = dict(table(given, "network"))
    entry = NETWORKS.resolve(settings.pop("kind", DEFAULT), "network.kind")
    if isinstance(entry, Network):
        for name in settings:
            fail(f"network.{name}", "no sizes for a network that stands as it is", "some",
                 "Give a function that returns the network.")  # fmt: skip
        return Fixed(entry)
    known: Architecture = built(parameters(entry, GIVEN, Known), settings, "network")
    return known
