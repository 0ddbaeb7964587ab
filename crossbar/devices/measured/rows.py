"""Rows of tables of measurements: SI values by name of column."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crossbar import texttables
from crossbar.devices.measured.headers import ALSO, Header, direction, known, with_units
from crossbar.errors import DataError, message

G_LARGEST = 1.0  # S, of any cell
G_UNNAMED = 0.01  # S, the largest of a column that names no unit
G_RATIO = 1e6  # between the conductances of one file
ASK = "Which unit is it in? Name it in the header: g_uS, g [uS], r_ohm, or i_A beside v_V."


@dataclass(frozen=True)
class Line:
    """A row of a file below its header."""

    row: texttables.Row
    header: Header

    def text(self, column: str) -> str:
        """Return the cell in ``column`` unchanged."""
        if column in self.header.constants:
            return self.header.constants[column]
        return self.row.cells[self.header.places[column]]

    def fail(self, expected: str, got: str, remedy: str, column: str = "") -> DataError:
        """Return the error that names this line, and ``column`` where it has a place."""
        return self.row.fail(expected, got, remedy, self.header.places.get(column))

    def value(self, column: str, *, low: float = -math.inf, above: float = -math.inf) -> float:
        """Return the number in ``column`` [SI], or raise unless it is within limits in SI units."""
        read = texttables.number(self.text(column))
        offset = self.header.offsets.get(column, 0.0)
        number = math.nan if read is None else read * self.header.factors.get(column, 1.0) + offset
        if math.isfinite(number) and number >= low and number > above:
            return number
        limit = f" >= {low:g}" if low > -math.inf else ""
        limit = f" above {above:g}" if above > -math.inf else limit
        kelvin = " K" if limit and offset else ""
        got, remedy = repr(self.text(column)), "Correct the cell, or remove the row."
        raise self.fail(f"a number{limit}{kelvin} in column {column}", got, remedy, column)

    def whole(self, column: str) -> int:
        """Return the whole number in ``column``, 0 or more."""
        value = self.value(column, low=0)
        if value != int(value):
            expected, got = f"a whole number in column {column}", self.text(column)
            raise self.fail(expected, got, "Count from 0.", column)
        return int(value)

    def rising(self) -> bool:
        """Return whether the pulse raises a conductance: by a word, or by the sign of a voltage."""
        if "polarity" in self.header.factors and "polarity" in self.header.places:
            volts = self.value("polarity")
            if volts == 0:
                raise self.fail("a voltage with a sign", "0 V", "Remove the row.", "polarity")
            return volts > 0
        rising = direction(self.text("polarity"))
        if rising is None:
            got, remedy = repr(self.text("polarity")), "Or pot and dep, + and -, +1 and -1."
            raise self.fail("set or reset in column polarity", got, remedy, "polarity")
        return rising

    def conductance(self, column: str = "g") -> float:
        """Return the conductance [S], above 0: in ``column``, or 1/r, or i/v in place of g."""
        if self.header.gives(column):
            return self.value(column, above=0)
        if self.header.derived == ("r",):
            return 1 / self.value("r", above=0)
        current, voltage = self.value("i"), self.value("v")
        if not current * voltage > 0:
            got = f"{self.text('i')} and {self.text('v')}"
            remedy = "Subtract the offset of the meter, or remove the row."
            raise self.fail("i and v of one sign, neither zero", got, remedy, "i")
        return current / voltage


def titled(
    path: Path,
    expected: str,
    columns: Mapping[str, str] | None = None,
    *,
    needed: Sequence[str] = (),
    also: Mapping[str, str] | None = None,
) -> tuple[Header, list[Line]]:
    """Return header and rows of the table in ``path``; ``columns`` says what its header does not.

    ``also`` are other names of columns beside those that hold everywhere.

    Raises
    ------
    DataError
        If it cannot be read, ``columns`` names one that is not there, one of ``needed`` is
        missing or one that must name its unit does not.
    """
    asked, names = columns or {}, ALSO | dict(also or {})
    remedy = "Give the path of a CSV file."
    table = texttables.table(path, expected, remedy, known=lambda cells: known(cells, asked, names))
    first, below = table.with_points().titled()
    if below and (united := with_units(first, below[0])) is not None:
        first, below = united, below[1:]
    header = Header.of(first, asked, names)
    for name in needed:
        header.require(name, expected)
    return header, [Line(row, header) for row in below]


def require_credible(lines: Sequence[Line], values: Sequence[float], column: str = "g") -> None:
    """Raise unless conductances ``values`` [S] of ``lines`` can be those of cells in siemens."""
    header = lines[0].header
    derived = not header.gives(column) and header.derived is not None
    most = G_LARGEST if column in header.factors or derived else G_UNNAMED
    for line, value in zip(lines, values, strict=True):
        if value > most:
            raise line.fail(f"a conductance up to {most:g} S", f"{value:g} S", ASK, column)
    low, high = min(values), max(values)
    if high > G_RATIO * low:
        line = lines[list(values).index(low)]
        expected = f"conductances within a factor of {G_RATIO:.0e}"
        raise line.fail(expected, f"{low:g} S here and {high:g} S elsewhere", ASK, column)


def grouped(lines: Sequence[Line], path: Path) -> tuple[list[int], tuple[str, ...]]:
    """Return the number of the device of every row, and their names, or raise without rows."""
    if not lines:
        remedy = "Give the measurements below the header."
        raise DataError(message(str(path), "rows of numbers", "none", remedy))
    if not lines[0].header.gives("device"):
        return [0] * len(lines), ("0",)
    texts = [line.text("device") for line in lines]
    for line, name in zip(lines, texts, strict=True):
        if not name:
            raise line.fail("the name of a device", "an empty cell", "Fill the cell.", "device")
    if all(texttables.number(name) is not None for name in texts):
        texts = [str(line.whole("device")) for line in lines]
    numbers = {name: k for k, name in enumerate(dict.fromkeys(texts))}
    return [numbers[name] for name in texts], tuple(numbers)


def places(keys: Iterable[Hashable]) -> list[list[int]]:
    """Return where each of the ``keys`` stands, in the order of their first places.

    Examples
    --------
    >>> places("abba")
    [[0, 3], [1, 2]]
    """
    every: dict[Hashable, list[int]] = {}
    for k, key in enumerate(keys):
        every.setdefault(key, []).append(k)
    return list(every.values())


def require_rising(lines: Sequence[Line], keys: Iterable[Hashable]) -> None:
    """Raise unless the time of rows of one key rises, where there is a column of it."""
    if not lines[0].header.gives("t"):
        return
    lines[0].header.require("t", "a time with a unit")
    last: dict[Hashable, float] = {}
    for line, key in zip(lines, keys, strict=True):
        now, before = line.value("t"), last.get(key, -math.inf)
        if now <= before:
            got, remedy = f"{now:g} s after {before:g} s", "Sort the rows of each device by time."
            raise line.fail("a time that rises from row to row", got, remedy, "t")
        last[key] = now
