"""What a chip shows of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crossbar.nn.chip import Chip


def line(chip: Chip) -> str:
    """Return the chip in one line."""
    held = ", ".join(f"{name} {w.weights.shape}" for name, w in chip.held.items())
    kind = type(next(iter(chip.held.values()))).__name__ if chip.held else "no weights"
    ends = f"{chip.network.input_shape} to {chip.network.outputs} outputs"
    return f"<Chip {ends}, {kind}: {held:.120}>"


def facts(chip: Chip) -> dict[str, str]:
    """Return what the table of the chip shows, by name."""
    return {
        "network": repr(chip.network),
        **{f"weights {name}": repr(held) for name, held in chip.held.items()},
        "loss": repr(chip.loss),
        "samples presented": f"{chip.activity.total('images'):g}",
    }
