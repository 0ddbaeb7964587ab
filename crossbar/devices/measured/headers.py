"""Headers of tables of measurements: names of columns with their units.

A unit follows the name of its column: ``g_uS``, ``g [uS]``, ``g (µS)``, ``g/uS``. A conductance
without a unit is in siemens; other quantities must name theirs. What a header does not say is asked
for by the name of the column: ``columns={"g": "Gd [uS]", "v": "0.2 V"}``, or on the command line
``--column "g=Gd [uS]" --column "v=0.2 V"``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from crossbar import texttables
from crossbar.errors import ConfigError, DataError, closest, message
from crossbar.units import CELSIUS, si

STEPS = ("set", "set_std", "reset", "reset_std")
SIEMENS = ("g", "g_before", "g_after", "dg", *STEPS)
UNITS = dict.fromkeys(SIEMENS, "S") | {
    "r": "ohm", "i": "A", "v": "V", "amplitude": "V", "width": "s", "t": "s", "temperature": "K",
    "polarity": "V",
}  # fmt: skip
NAMED_ONLY = ("r", "i", "v", "amplitude", "width", "t", "temperature")  # that must name their unit
PLAIN = ("device", "cycle", "pulse", "polarity", "cdf", "u", "up", "up_std", "down", "down_std")
ALSO = {
    "conductance": "g", "resistance": "r", "current": "i", "v_read": "v", "vread": "v",
    "read_voltage": "v", "cell": "device", "dut": "device", "device_id": "device",
    "pulse_number": "pulse", "direction": "polarity", "pulse_type": "polarity",
    "v_pulse": "amplitude", "vpulse": "amplitude", "pulse_amplitude": "amplitude",
    "pulse_voltage": "amplitude", "pulse_width": "width", "t_pulse": "width", "time": "t",
    "delta_g": "dg", "change": "dg", "cumulative_probability": "cdf",
    "conductance_before": "g_before", "conductance_after": "g_after",
}  # fmt: skip
"""Other names of columns, with ``_`` for blanks and hyphens."""
WORDS = {
    True: ("set", "+", "pot", "potentiation", "ltp"),
    False: ("reset", "-", "dep", "depression", "ltd"),
}
"""How a column of polarities says that a pulse raises a conductance, or lowers it; or +1, -1."""
CELSIUS_UNITS = ("°C", "degC")

_OHM = re.compile(r"[Oo]hms?|OHM|[ΩΩ]")
_BRACKETS = re.compile(r"(?P<name>[^\[(]+?)\s*[\[(]\s*(?P<unit>[^\])]*?)\s*[\])]")
_UNIT = r"[afpnuµμmkMG]?(?:S|[Oo]hms?|OHM|Ω|Ω|A|V|s)|K|°C|degC"
_SUFFIX = re.compile(rf"(?P<name>.+?)\s*[_/]\s*(?P<unit>{_UNIT})")


def split(cell: str) -> tuple[str, str]:
    """Return the name of a column as it is written, and its unit, empty if it names none.

    Examples
    --------
    >>> split("g_uS"), split("R [kohm]"), split("cycle")
    (('g', 'uS'), ('R', 'kohm'), ('cycle', ''))
    """
    match = _BRACKETS.fullmatch(cell) or _SUFFIX.fullmatch(cell)
    return (match["name"].strip(), match["unit"]) if match else (cell.strip(), "")


def with_units(first: texttables.Row, below: texttables.Row) -> texttables.Row | None:
    """Return the header ``first`` with the units of the row ``below``; None if it has no units."""
    units = [cell.strip("[]()") for cell in below.cells]
    if not any(units) or not all(re.fullmatch(_UNIT, unit) for unit in units if unit):
        return None
    cells = (f"{c} [{u}]" if u else c for c, u in zip(first.cells, units, strict=True))
    return replace(first, cells=tuple(cells))


def named(text: str, also: Mapping[str, str] = ALSO) -> str:
    """Return the name that the column ``text`` (without its unit) has here."""
    if text == "T":
        return "temperature"
    plain = re.sub(r"[\s-]+", "_", text.lower())
    return also.get(plain, plain)


def direction(cell: str) -> bool | None:
    """Return whether a pulse of polarity ``cell`` raises a conductance, None if it is unclear.

    Examples
    --------
    >>> direction("SET"), direction("-1"), direction("\N{MINUS SIGN}"), direction("0")
    (True, False, False, None)
    """
    number, word = texttables.number(cell), cell.lower().replace("\N{MINUS SIGN}", "-")
    if number is not None:
        return number > 0 if abs(number) == 1 else None
    return next((rising for rising, words in WORDS.items() if word in words), None)


def known(cells: Sequence[str], columns: Mapping[str, str], also: Mapping[str, str] = ALSO) -> int:
    """Return how many of ``cells`` are names of columns, here or in ``columns``."""
    asked = [split(text)[0] for text in columns.values()]
    names = [split(cell)[0] for cell in cells]
    return sum(n in asked or named(n, also) in (*UNITS, *PLAIN) for n in names)


@dataclass(frozen=True)
class Header:
    """The columns of a file: place, factor and offset to SI by name, without the unit.

    ``constants`` hold for every row.
    """

    row: texttables.Row
    places: dict[str, int]
    factors: dict[str, float]
    offsets: dict[str, float]
    constants: dict[str, str]

    @classmethod
    def of(
        cls, row: texttables.Row, columns: Mapping[str, str], also: Mapping[str, str] = ALSO
    ) -> Header:
        """Return what the cells of the first row mean, of which ``columns`` says some.

        Raises
        ------
        DataError
            If a column has a wrong unit, two columns have one name, ``columns`` names one that is
            not there, or only some columns of conductance have a unit.
        """
        places: dict[str, int] = {}
        units: dict[str, str] = {}
        asked, constants = _asked(row, columns)
        for k, cell in enumerate(row.cells):
            text, unit = split(cell)
            name, unit = asked.get(k, (named(text, also), unit))
            if k not in asked and name in columns:
                continue  # another column stands for it
            if name in places and name:
                raise row.fail("each column once", f"{name} twice", "Rename one.", k)
            places[name], units[name] = k, unit
        factors = {n: _factor(row, places[n], n, unit) for n, unit in units.items() if unit}
        unclear = [n for n in places if n in SIEMENS and n not in factors]
        if unclear and any(name in SIEMENS for name in factors):
            k = places[unclear[0]]
            raise row.fail(f"a unit in column {unclear[0]} too", "none", "Name each unit.", k)
        offsets = {name: CELSIUS for name, unit in units.items() if unit in CELSIUS_UNITS}
        return cls(row, places, factors | dict.fromkeys(constants, 1.0), offsets, constants)

    def gives(self, name: str) -> bool:
        """Whether column ``name`` is there, or said to be the same in every row."""
        return name in self.places or name in self.constants

    def has(self, name: str) -> bool:
        """Whether column ``name`` is given, or follows from others: g = 1/r or i/v."""
        return self.gives(name) or (name == "g" and self.derived is not None)

    def require(self, name: str, expected: str) -> None:
        """Raise unless column ``name`` is given, in a unit that is known."""
        if not self.has(name):
            raise self.missing(name, expected)
        if name in NAMED_ONLY and name not in self.factors:
            remedy = f"Name its unit in the header: {name} [{UNITS[name]}]."
            raise self.row.fail(f"a unit in column {name}", "none", remedy, self.places.get(name))

    def missing(self, name: str, expected: str) -> DataError:
        """Return the error that asks for column ``name``."""
        if name == "g" and self.unnamed() is not None:
            remedy = f"Name the unit of {self.unnamed()}: r_ohm, or i_A beside v_V."
        else:
            unit = f" [{UNITS[name]}]" if name in UNITS and name != "polarity" else ""
            others = ", ".join(cell for cell in self.row.cells if cell) or "none"
            remedy = (
                f"Name it in the header, or say which it is: columns={{'{name}': 'NAME{unit}'}}, "
                f"or --column '{name}=NAME{unit}' of crossbar device fit; there are {others}."
            )
        return self.row.fail(expected, f"no column {name}", remedy)

    @property
    def derived(self) -> tuple[str, ...] | None:
        """Columns that give the conductance in place of g."""
        ways = (("r",), ("i", "v"))
        return next((way for way in ways if all(name in self.factors for name in way)), None)

    def unnamed(self) -> str | None:
        """Return a column that would give the conductance if it named its unit."""
        ways = ("r", "i", "v")
        return next((n for n in ways if n in self.places and n not in self.factors), None)


def _asked(
    row: texttables.Row, columns: Mapping[str, str]
) -> tuple[dict[int, tuple[str, str]], dict[str, str]]:
    """Return name and unit by place of what ``columns`` says, and what is the same in all rows."""
    places, constants = {}, {}
    for name, text in columns.items():
        if name not in UNITS and name not in PLAIN:
            remedy = closest(name, [*UNITS, *PLAIN], "These are the columns that are read.")
            raise DataError(message("columns", "the name of a column", repr(name), remedy))
        asked, unit = split(text)
        here = [k for k, cell in enumerate(row.cells) if asked in (cell, split(cell)[0])]
        if len(here) == 1:
            own = split(row.cells[here[0]])[1] if asked != row.cells[here[0]] else ""
            if unit and own and unit != own:
                raise row.fail(f"{text} as asked for", f"{own} in the header", "Give one.", here[0])
            places[here[0]] = name, unit or own or split(row.cells[here[0]])[1]
            continue
        constant = _constant(name, text)
        if constant is None or here:
            got = f"{asked!r} {len(here)} times"
            others = ", ".join(row.cells)
            remedy = closest(asked, row.cells, f"There are {others}.")
            raise row.fail(f"one column {asked!r} for {name}", got, remedy)
        constants[name] = constant
    return places, constants


def _constant(name: str, text: str) -> str | None:
    """Return ``text`` as a cell if it is a value and no column: ``0.2 V``, ``3``, ``set``."""
    if name == "polarity":
        return text if direction(text) is not None else None
    try:
        return repr(si(_OHM.sub("ohm", text), UNITS.get(name, "")))
    except ConfigError:
        return None


def _factor(row: texttables.Row, k: int, name: str, unit: str) -> float:
    """Return one ``unit`` of column ``name`` in SI; 1 for columns without units."""
    if name not in UNITS or (UNITS[name] == "K" and unit in CELSIUS_UNITS):
        return 1.0
    try:
        return si(f"1 {_OHM.sub('ohm', unit)}", UNITS[name])
    except ConfigError:
        expected = f"a unit of {UNITS[name]} in column {name}"
        raise row.fail(expected, repr(unit), "Such as uS, mS, kohm, nA.", k) from None
