"""Area of a cell, and of what stands at every line of an array."""

from __future__ import annotations

from crossbar.energy.cost import Cost
from crossbar.sources import assumed, derived

SAMPLE_AND_HOLD = Cost(
    value=40e-12 / 1024,
    unit="m2",
    source=derived("ISAAC (Shafiee et al., ISCA 2016), 32 nm: 40 um2 for 8 x 128 of them"),
)
CROSSING = Cost(
    value=4 * 45e-9**2,
    unit="m2",
    source=assumed(
        "passive crossbar, 4 F^2 with F = 45 nm (with a transistor for each cell several times "
        "that)"
    ),
)
"""A cell between two lines."""


def latched(bits: int) -> Cost:
    """Return the area of a cell of ``bits`` latches [m2].

    Examples
    --------
    >>> round(latched(8).value * 1e12, 3)
    2.768
    """
    text = (
        f"{bits} latches like SRAM cells at 45 nm, 0.346 um2 each (Mistry et al., IEDM 2007), "
        "without the branches that they switch"
    )
    return Cost(value=bits * 0.346e-12, unit="m2", source=assumed(text))
