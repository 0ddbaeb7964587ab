"""What makes the network of an experiment: the contract of the section ``network``."""

from __future__ import annotations

from abc import ABC, abstractmethod

from crossbar.meaning import Meaning, meanings
from crossbar.nn import Network
from crossbar.types import Floats


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
