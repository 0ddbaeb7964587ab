"""Columns of a table of pulses: names with their units, and rows that give SI values by name.

A unit follows the name of its column: ``g_uS``, ``g [uS]``, ``g (µS)``, ``g/uS``. A column without
a unit is in siemens, or a plain number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from crossbar import texttables
from crossbar.errors import ConfigError, DataError
from crossbar.units import si

SIEMENS = ("g", "set", "set_std", "reset", "reset_std")
UNITS = dict.fromkeys(SIEMENS, "S") | {"r": "ohm", "i": "A", "v": "V"}
NAMED_ONLY = ("r", "i", "v")  # columns that must name their unit
G_LARGEST = 1.0  # S, of any cell
G_RATIO = 1e6  # between the conductances of one file
ASK = "Which unit is it in? Name it in the header: g_uS, g [uS], r_ohm, or i_A beside v_V."

_OHM = re.compile(r"[Oo]hms?|OHM|[ΩΩ]")
_BRACKETS = re.compile(r"(?P<name>[^\[(]+?)\s*[\[(]\s*(?P<unit>[^\])]*?)\s*[\])]")
_SUFFIX = re.compile(r"(?P<name>.+?)\s*[_/]\s*(?P<unit>[afpnuµμmkMG]?(?:S|[Oo]hms?|OHM|Ω|Ω|A|V))")


@dataclass(frozen=True)
class Header:
    """The columns of a file: place and factor to SI by name, without the unit."""

    row: texttables.Row
    places: dict[str, int]
    factors: dict[str, float]

    @classmethod
    def of(cls, row: texttables.Row) -> Header:
        """Return what the cells of the first row mean.

        Raises
        ------
        DataError
            If a column has a wrong unit, two columns have one name, or only some columns of
            conductance have a unit.
        """
        places: dict[str, int] = {}
        factors: dict[str, float] = {}
        plain: list[str] = []
        for k, cell in enumerate(row.cells):
            match = _BRACKETS.fullmatch(cell) or _SUFFIX.fullmatch(cell)
            name = (match["name"] if match else cell).strip().lower()
            if name in places and name:
                raise row.fail("each column once", f"{name} twice", "Rename one.", k)
            places[name] = k
            if match and match["unit"]:
                factors[name] = _factor(row, k, name, match["unit"])
            elif name in UNITS:
                plain.append(name)
        unclear = [n for n in plain if n in SIEMENS and any(m in SIEMENS for m in factors)]
        if unclear:
            k = places[unclear[0]]
            raise row.fail(f"a unit in column {unclear[0]} too", "none", "Name each unit.", k)
        return cls(row, places, factors)

    def has(self, name: str) -> bool:
        """Whether column ``name`` is given, or follows from others: g = 1/r or i/v."""
        return name in self.places or (name == "g" and self.derived is not None)

    @property
    def derived(self) -> tuple[str, ...] | None:
        """Columns that give the conductance in place of g."""
        ways = (("r",), ("i", "v"))
        return next((way for way in ways if all(name in self.factors for name in way)), None)

    def unnamed(self) -> str | None:
        """Return a column that would give the conductance if it named its unit."""
        return next((n for n in NAMED_ONLY if n in self.places and n not in self.factors), None)


def _factor(row: texttables.Row, k: int, name: str, unit: str) -> float:
    """Return one ``unit`` of column ``name`` in SI; 1 for columns without units."""
    if name not in UNITS:
        return 1.0
    try:
        return si(f"1 {_OHM.sub('ohm', unit)}", UNITS[name])
    except ConfigError:
        expected = f"a unit of {UNITS[name]} in column {name}"
        raise row.fail(expected, repr(unit), "Such as uS, mS, kohm, nA.", k) from None


@dataclass(frozen=True)
class Line:
    """A row of a file below its header."""

    row: texttables.Row
    header: Header

    def text(self, column: str) -> str:
        """Return the cell in ``column`` unchanged."""
        return self.row.cells[self.header.places[column]]

    def fail(self, expected: str, got: str, remedy: str) -> DataError:
        """Return the error that names this line."""
        return self.row.fail(expected, got, remedy)

    def value(self, column: str, *, low: float = -math.inf, above: float = -math.inf) -> float:
        """Return the number in ``column`` [SI], or raise."""
        number = texttables.number(self.text(column))
        if number is None or not (math.isfinite(number) and number >= low and number > above):
            limit = f" >= {low:g}" if low > -math.inf else ""
            limit = f" above {above:g}" if above > -math.inf else limit
            remedy = "Correct the cell, or remove the row."
            raise self.fail(f"a number{limit} in column {column}", repr(self.text(column)), remedy)
        return number * self.header.factors.get(column, 1.0)

    def conductance(self) -> float:
        """Return the conductance [S], above 0: in column g, or 1/r, or i/v."""
        if "g" in self.header.places:
            return self.value("g", above=0)
        if self.header.derived == ("r",):
            return 1 / self.value("r", above=0)
        current, voltage = self.value("i"), self.value("v")
        if not current * voltage > 0:
            got = f"{self.text('i')} and {self.text('v')}"
            remedy = "Subtract the offset of the meter, or remove the row."
            raise self.fail("i and v of one sign, neither zero", got, remedy)
        return current / voltage


def require_credible(lines: Sequence[Line], values: Sequence[float]) -> None:
    """Raise unless conductances ``values`` [S] of ``lines`` can be those of cells in siemens."""
    for line, value in zip(lines, values, strict=True):
        if value > G_LARGEST:
            raise line.fail(f"a conductance up to {G_LARGEST:g} S", f"{value:g} S", ASK)
    low, high = min(values), max(values)
    if high > G_RATIO * low:
        line = lines[list(values).index(low)]
        expected = f"conductances within a factor of {G_RATIO:.0e}"
        raise line.fail(expected, f"{low:g} S here and {high:g} S elsewhere", ASK)
