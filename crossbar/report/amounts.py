"""Values of metrics as pages write them."""

from __future__ import annotations

import math
from collections.abc import Callable

from crossbar.intervals import Interval
from crossbar.report.wording import quantity_text


def amounts(value: Interval, unit: str) -> tuple[str, str, str]:
    """Return a value of a metric and the ends of its interval, with the digits that this tells.

    Half of the interval has two digits.

    Examples
    --------
    >>> amounts(Interval(0.9412, 0.92, 0.9624), "%")
    ('94.1 %', '92.0 %', '96.2 %')
    >>> amounts(Interval(3.2145e-9, 3.2e-9, 3.229e-9), "J")
    ('3.215 nJ', '3.2 nJ', '3.229 nJ')
    """
    largest = max(abs(value.low), abs(value.high))
    if not value.half > 1e-9 * largest:  # no interval, or none but rounding
        return each(value, lambda one: amount(one, unit))
    if unit == "%":
        return each(value, lambda one: f"{100 * one:.{value.times(100).decimals}f} %")
    if unit in ("", "nats") and largest > 1e-3:
        return each(value, lambda one: f"{one:.{value.decimals}f} {unit}".rstrip())
    digits = 2 + math.floor(math.log10(largest)) - math.floor(math.log10(value.half))
    if not unit:
        return each(value, lambda one: f"{one:.{digits}g}")
    return each(value, lambda one: quantity_text(one, unit, max(digits, 2)))


def each(value: Interval, text: Callable[[float], str]) -> tuple[str, str, str]:
    """Return the mean and the ends of the interval of ``value`` as ``text`` writes them."""
    return text(value.mean), text(value.low), text(value.high)


def amount(value: float, unit: str) -> str:
    """Return a value of a metric as the page writes it.

    Examples
    --------
    >>> amount(0.9412, "%"), amount(3.2e-9, "J"), amount(0.5, "nats"), amount(30130.0, "")
    ('94.1 %', '3.2 nJ', '0.500 nats', '30130')
    """
    if not math.isfinite(value):
        return "none"
    if unit == "%":
        return f"{100 * value:.1f} %"
    if unit == "nats":
        return f"{value:.3f} nats"
    if unit:
        return quantity_text(value, unit, 3)
    if value.is_integer() and abs(value) < 1e9:
        return f"{value:.0f}"
    return f"{value:.4g}"
