"""What the state of a tile shows of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crossbar.activity import EVENT
from crossbar.brief import array
from crossbar.circuit import array_facts
from crossbar.units import text

if TYPE_CHECKING:
    from crossbar.substrates.tile_state import TileState


def line(state: TileState) -> str:
    """Return the state in one line."""
    held = repr(state.array)[1:-1].removeprefix("Array ")
    return f"<TileState {state.name}: {held}, {state.writing.updates} updates>"


def facts(state: TileState) -> dict[str, str]:
    """Return what the table of the state shows, by name."""
    energy = float(state.activity.of(state.name)[EVENT["read_energy"]])
    return {
        "name": state.name,
        **array_facts.facts(state.array),
        "weights": array(state.weights),
        "updates": f"{state.writing.updates}",
        "read energy so far": text(energy, "J"),
    }
