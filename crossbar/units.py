"""Engineering notation: "5 uS" to 5e-6 and back, checked against the unit that a field has."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import MISSING, field
from typing import Any

from quantiphy import QuantiPhyError, Quantity

from crossbar.errors import ConfigError, fail, nearest, shown


def si(value: float | str, unit: str, *, where: str = "value") -> float:
    """Return ``value`` as a plain number in the SI unit ``unit``.

    Parameters
    ----------
    value
        A number, taken to be in ``unit`` already, or text such as ``"5 uS"`` or ``"25 fJ"``, and
        ``"5 %"`` where there is no unit.
    unit
        The SI unit that the number must have, such as ``"S"``; empty for a plain ratio.
    where
        Name of the field, for the error.

    Raises
    ------
    ConfigError
        If the text is no number, or names another unit, or no float is as large.

    Examples
    --------
    >>> si("5 uS", "S")
    5e-06
    >>> si(0.2, "V")
    0.2
    """
    if not isinstance(value, str):
        try:
            return float(value)
        except OverflowError:
            fail(where, LARGEST, shown(value), "Give a smaller one.")
    try:
        number, unit_given = measured(value)
    except ValueError:
        expected = f"a number in {unit}" if unit else "a number"
        fail(where, expected, shown(value), f"Write it like {like(unit)}.")
    if unit_given not in ("", unit) or (unit and "%" in value):
        fail(where, f"the unit {unit or 'none'}", shown(value), f"Write it like {like(unit)}.")
    if math.isinf(number) and "inf" not in value.lower():
        fail(where, LARGEST, shown(value), "Give a smaller one.")
    return number


LARGEST = "a number below 1.8e308"
SECONDS = {"min": 60.0, "h": 3600.0, "d": 86400.0, "y": 365.25 * 86400.0}
LONG = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(min|h|d|y)\s*")
CELSIUS = 273.15  # K
OHMS = dict.fromkeys(("Ω", "\N{OHM SIGN}", "Ohm", "ohms", "Ohms"), "ohm")
# QuantiPhy takes seconds for thousands of digits, and reads names ("x = 5") and comments too.
LONGEST = 100  # characters of a number with its unit
NUMBER = re.compile(r"\s*[-+]?(\d|\.\d|inf|nan)[^=#:<>\n\r]*", re.IGNORECASE)


def measured(text: str) -> tuple[float, str]:
    """Return the number that ``text`` stands for in its SI unit, and that unit; 5 % are 0.05.

    Times may be in min, h, d (days) and y (years), temperatures in degrees Celsius.

    Raises
    ------
    ValueError
        If it is no number.

    Examples
    --------
    >>> measured("5 uS"), measured("90%"), measured("3"), measured("2 kΩ")
    ((5e-06, 'S'), (0.9, ''), (3.0, ''), (2000.0, 'ohm'))
    >>> measured("2 h"), measured("27 °C")
    ((7200.0, 's'), (300.15, 'K'))
    """
    if len(text) > LONGEST or not NUMBER.fullmatch(text):
        raise ValueError(f"{text[:LONGEST]!r} is no number")
    if long := LONG.fullmatch(text):
        return float(long[1]) * SECONDS[long[2]], "s"
    try:
        quantity = Quantity(text)
    except QuantiPhyError:
        raise ValueError(f"{text!r} is no number") from None
    number, unit = float(quantity), str(quantity.units)
    if unit == "%":
        return number / 100.0, ""
    if unit in ("°C", "degC"):
        return number + CELSIUS, "K"
    return number, OHMS.get(unit, unit)


def comparable(text: str, unit: str | None, where: str, remedy: str) -> float:
    """Return the number ``text`` in SI, to be compared with numbers in ``unit``.

    Parameters
    ----------
    unit
        Empty or ``%`` for a share, which may be given in percent; None where it is not known.

    Raises
    ------
    ConfigError
        If the text is no finite number, or has another unit.
    """
    try:
        number, given = measured(text)
    except ValueError:
        number, given = math.nan, ""
    if not math.isfinite(number):
        fail(where, "a number", shown(text), remedy)
    if unit == "%" and not given and "%" not in text and abs(number) > 1.0:
        fail(where, "a share from 0 to 1, or percent", shown(text), f"Write {number:g}%.")
    share = unit in ("", "%", None)
    if (given and (share or given != unit)) or ("%" in text and not share):
        known = "no unit" if unit is None else f"the unit {unit or 'none'}"
        fail(where, "no unit or percent" if unit == "%" else known, shown(text), remedy)
    return number


def like(unit: str) -> str:
    """Return how a number in ``unit`` is written.

    Examples
    --------
    >>> like("S"), like("ohm"), like("K"), like("1/s"), like("")
    ('"5 uS"', '"5 kohm"', '"5 K"', '"5 1/s"', '0.05 or "5 %"')
    """
    if not unit:
        return '0.05 or "5 %"'
    return f'"5 {PREFIXES.get(unit, "")}{unit}"'


PREFIXES = {"ohm": "k", "Hz": "k", "s": "n", "V": "m", "m": "u", "J": "p"} | dict.fromkeys(
    ("A", "S", "W"), "u"
)  # of numbers as they occur


def duration(value: str, *, where: str = "time") -> float:
    """Return a time in seconds from text with the unit s (or a prefix of it), min, h, d or y.

    Examples
    --------
    >>> duration("10 d"), duration("1e6 s"), duration("5 ms"), duration("1h")
    (864000.0, 1000000.0, 0.005, 3600.0)
    """
    try:
        return si(value, "s", where=where)
    except ConfigError:
        fail(where, "a time", shown(value), 'Write it in s, min, h, d or y, such as "30 d".')


@functools.lru_cache(maxsize=4096)
def text(value: float, unit: str = "", digits: int = 4) -> str:
    """Return ``value`` in engineering notation, such as ``'87.36 fJ'``.

    Examples
    --------
    >>> text(8.736e-14, "J")
    '87.36 fJ'
    """
    return Quantity(value, unit).render(prec=digits - 1)


SPREAD, NOISE, METHOD = "spread", "noise", "method"
LIMITS = ("low", "high", "above", "below", "remedy")


def quantity(
    default: Any = MISSING,
    *,
    unit: str = "",
    words: str = "",
    share: bool = False,
    role: str = "",
    **limits: Any,
) -> Any:
    """Return a dataclass field that holds a number in the SI unit ``unit``.

    A configuration file may then give it in engineering notation. ``words`` says in a few words
    what it is, for axes and tables of reports; see :func:`crossbar.meaning.meanings`. A ``share``,
    from 0 to 1, is shown there in percent. The ``role`` of some is that reports know them by:
    :data:`SPREAD` of what makes one chip differ from the next, :data:`NOISE` of what differs from
    read to read or from pulse to pulse, :data:`METHOD` of what the simulation goes by and no chip
    has. ``limits`` are ``low``, ``high``, ``above``, ``below``
    and ``remedy``, the reason for them, as :func:`crossbar.errors.require_number` takes them;
    :func:`crossbar.checks.check_fields` checks.
    """
    for name in limits:
        if name not in LIMITS:
            fail("quantity", "the limits of a number", name, nearest(name, LIMITS))
    metadata = {"unit": unit, "words": words, "share": share, "role": role, "limits": limits}
    return field(default=default, metadata=metadata)
