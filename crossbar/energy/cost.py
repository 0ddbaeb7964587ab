"""A cost: a number with the source that it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.errors import fail, require_number
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one operation costs, and who says so.

    Parameters
    ----------
    value : [unit]
        The cost, zero or more.
    unit
        Its SI unit; energies are in ``J``.
    source
        Publication, deck or "assumed" with the reasoning.

    Raises
    ------
    ConfigError
        If the value is negative or not finite, or if unit or source is missing.

    Examples
    --------
    >>> Cost(value=0.417e-12, source="ISAAC (Shafiee et al., ISCA 2016)").value
    4.17e-13
    """

    value: float = quantity(unit="J")
    unit: str = "J"
    source: str

    def __post_init__(self) -> None:
        require_number("Cost.value", self.value, low=0, unit=self.unit)
        for name in ("unit", "source"):
            if not isinstance(text := getattr(self, name), str) or not text.strip():
                remedy = 'Give the publication, or "assumed" and why.'
                fail(f"Cost.{name}", "a text", repr(text), remedy)
