"""A cost: a number with the source that it comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from crossbar.checks import check_fields
from crossbar.displayed import Displayed
from crossbar.errors import fail
from crossbar.sources import Source, derived
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Cost(Displayed):
    """What one operation costs, and who says so.

    Parameters
    ----------
    value : [unit]
        The cost, zero or more.
    unit
        Its SI unit; energies are in ``J``.
    source
        Whether it is published, derived or assumed, and by whom, from what or why.

    Raises
    ------
    ConfigError
        If the value is negative or not finite, or if unit or source is missing.

    Examples
    --------
    >>> from crossbar.sources import published
    >>> str(Cost(value=0.417e-12, source=published("ISAAC (Shafiee et al., ISCA 2016)")).source)
    'published: ISAAC (Shafiee et al., ISCA 2016)'
    """

    value: float = quantity(unit="J", low=0, high=1e9)
    unit: str = "J"
    source: Source

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.unit.strip():
            fail("Cost.unit", "a text", repr(self.unit), 'Energies are in "J".')

    def times(self, count: int, words: str) -> Cost:
        """Return the cost of ``count`` of them, which ``words`` name in the source."""
        if count == 1:
            return self
        text = f"{self.source.text}, {count} {words}"
        source = self.source if self.source.kind == "assumed" else derived(self.source.text)
        return replace(self, value=count * self.value, source=replace(source, text=text))
