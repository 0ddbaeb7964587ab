"""What a chip shows of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crossbar.activity import Activity
from crossbar.displayed import Displayed
from crossbar.nn.losses import Loss
from crossbar.substrates.port import Weights

if TYPE_CHECKING:
    from crossbar.nn.graph import Network


class ChipFacts(Displayed):
    """The line and the table of a chip."""

    network: Network
    loss: Loss
    activity: Activity

    @property
    def held(self) -> dict[str, Weights]:
        """Every weight matrix by its name in the network."""
        raise NotImplementedError

    def __repr__(self) -> str:
        held = ", ".join(f"{name} {w.weights.shape}" for name, w in self.held.items())
        kind = type(next(iter(self.held.values()))).__name__ if self.held else "no weights"
        ends = f"{self.network.input_shape} to {self.network.outputs} outputs"
        return f"<Chip {ends}, {kind}: {held:.120}>"

    def _facts(self) -> dict[str, str]:
        return {
            "network": repr(self.network),
            **{f"weights {name}": repr(held) for name, held in self.held.items()},
            "loss": repr(self.loss),
            "samples presented": f"{self.activity.total('images'):g}",
        }
