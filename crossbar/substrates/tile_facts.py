"""What the state of a tile shows of itself."""

from __future__ import annotations

from crossbar.activity import EVENT, Activity
from crossbar.brief import array
from crossbar.circuit.array import Array
from crossbar.substrates.port import Weights
from crossbar.substrates.writing import Writing
from crossbar.units import text


class TileFacts(Weights):
    """The line and the table of the state of a tile."""

    array: Array
    name: str
    activity: Activity
    writing: Writing

    def __repr__(self) -> str:
        held = repr(self.array)[1:-1].removeprefix("Array ")
        return f"<TileState {self.name}: {held}, {self.writing.updates} updates>"

    def _facts(self) -> dict[str, str]:
        energy = float(self.activity.of(self.name)[EVENT["read_energy"]])
        return {
            "name": self.name,
            **self.array._facts(),
            "weights": array(self.weights),
            "updates": f"{self.writing.updates}",
            "read energy so far": text(energy, "J"),
        }
