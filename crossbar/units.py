"""Engineering notation: "5 uS" to 5e-6 and back, checked against the unit that a field has."""

from __future__ import annotations

import functools
import re
from dataclasses import MISSING, field
from typing import Any

from quantiphy import QuantiPhyError, Quantity

from crossbar.errors import ConfigError, fail


def si(value: float | str, unit: str, *, where: str = "value") -> float:
    """Return ``value`` as a plain number in the SI unit ``unit``.

    Parameters
    ----------
    value
        A number, taken to be in ``unit`` already, or text such as ``"5 uS"`` or ``"25 fJ"``.
    unit
        The SI unit that the number must have, such as ``"S"``; empty for a plain ratio.
    where
        Name of the field, for the error.

    Raises
    ------
    ConfigError
        If the text is no number or names another unit.

    Examples
    --------
    >>> si("5 uS", "S")
    5e-06
    >>> si(0.2, "V")
    0.2
    """
    if not isinstance(value, str):
        return float(value)
    try:
        quantity = Quantity(value)
    except QuantiPhyError:
        fail(where, f"a number in {unit or 'no unit'}", repr(value), 'Write it like "5 uS".')
    if quantity.units not in ("", unit):
        fail(where, f"the unit {unit or 'none'}", repr(value), f"Give it in {unit or 'no unit'}.")
    return float(quantity)


SECONDS = {"min": 60.0, "h": 3600.0, "d": 86400.0, "y": 365.25 * 86400.0}


def duration(value: str, *, where: str = "time") -> float:
    """Return a time in seconds from text with the unit s (or a prefix of it), min, h, d or y.

    Examples
    --------
    >>> duration("10 d"), duration("1e6 s"), duration("5 ms"), duration("1h")
    (864000.0, 1000000.0, 0.005, 3600.0)
    """
    found = re.fullmatch(r"\s*([-+.\deE]+?)\s*(min|h|d|y)\s*", value)
    if found:
        return si(found[1], "", where=where) * SECONDS[found[2]]
    try:
        return si(value, "s", where=where)
    except ConfigError:
        fail(where, "a time", repr(value), 'Write it in s, min, h, d or y, such as "30 d".')


@functools.lru_cache(maxsize=4096)
def text(value: float, unit: str = "", digits: int = 4) -> str:
    """Return ``value`` in engineering notation, such as ``'87.36 fJ'``.

    Examples
    --------
    >>> text(8.736e-14, "J")
    '87.36 fJ'
    """
    return Quantity(value, unit).render(prec=digits - 1)


def quantity(default: Any = MISSING, *, unit: str = "", **limits: Any) -> Any:
    """Return a dataclass field that holds a number in the SI unit ``unit``.

    A configuration file may then give it in engineering notation, and documentation can name it.
    ``limits`` are ``low``, ``high``, ``above``, ``below`` and ``remedy``, the reason for them, as
    :func:`crossbar.errors.require_number` takes them; :func:`crossbar.checks.check_fields` checks.
    """
    return field(default=default, metadata={"unit": unit, "limits": limits})
