"""What stands on an axis: parameters and metrics in words, with units and prefixes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import pandas as pd

from crossbar.report.fields import value_text
from crossbar.report.figures.canvas import prefixed
from crossbar.report.sweeps.levels import Level, missing
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.replicates import own
from crossbar.report.sweeps.statistics import PARTS
from crossbar.report.wording import YEAR, duration, quantity_text

AGE = "test.age"
TIMES = {"y": YEAR, "d": 86400.0, "h": 3600.0, "min": 60.0}


@dataclass(frozen=True)
class Quantity:
    """A quantity as an axis shows it.

    Attributes
    ----------
    words
        What it is.
    unit
        As shown, with its prefix; empty for pure numbers.
    factor
        By which values in SI units are multiplied.
    """

    words: str
    unit: str
    factor: float

    @property
    def label(self) -> str:
        """Words with unit."""
        return f"{self.words} ({self.unit})" if self.unit else self.words

    def change(self) -> Quantity:
        """Return the quantity of a difference."""
        unit = "percentage points" if self.unit == "%" else self.unit
        return Quantity(f"change of {self.words}", unit, self.factor)


def parameter(sweep: Sweep, name: str, largest: float) -> Quantity:
    """Return the parameter ``name``, whose values reach ``largest``, as an axis shows it."""
    words = sweep.fields.words(name)
    if name.startswith("test.") and name.removeprefix("test.") in sweep.parameters:
        words += ", at test"
    return _quantity(words, sweep.unit(name), largest)


def measured(sweep: Sweep, name: str, largest: float) -> Quantity:
    """Return the metric ``name``, whose values reach ``largest``, as an axis shows it."""
    words = sweep.measures.get(name, {}).get("words") or name.replace("_", " ")
    return _quantity(words, sweep.unit(name), largest)


def spreadsheet(sweep: Sweep, table: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return ``table`` of means of ``metric`` under headings with SI units, as CSV files have them.

    Parameters stand under their names; what begins with the name of another metric is of that one.
    """
    parts = [f"{kind}{part}" for kind in ("", "change ") for part in PARTS]
    titles = {part: f"{metric} {part}" for part in parts}
    units = {name: sweep.unit(name) for name in sweep.parameters}
    units |= dict.fromkeys(titles, sweep.unit(metric))
    units |= {f"{name} {part}": sweep.unit(name) for name in sweep.metrics for part in parts}
    named = {key: heading(titles.get(key, key), unit) for key, unit in units.items()}
    seeds, pairs = f"{own(sweep)}s", f"{metric} change pairs"
    counts = {"seeds": seeds, "change pairs": pairs, "failed": "failed runs"}
    return table.rename(columns=named | counts)


def heading(name: str, unit: str) -> str:
    """Return ``name`` with its SI ``unit``; a share is a number from 0 to 1."""
    return name if unit in ("", "%") else f"{name} [{unit}]"


def level_text(sweep: Sweep, name: str, value: Level) -> str:
    """Return ``value`` of the parameter ``name`` with its unit, as short as it goes.

    A chip that is tested at once has no age.
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    if name == AGE and not isinstance(value, str):
        return "at once" if missing(value) else moment(value)
    unit = (sweep.about.get("units") or {}).get(name)
    if unit and unit != "%" and not isinstance(value, str) and not missing(value):
        return _shown(quantity_text(float(value), unit))
    return _shown(value_text(value, sweep.unit(name)))


def short(sweep: Sweep, name: str) -> str:
    """Return the end of a dotted name that distinguishes it from the other parameters.

    Examples
    --------
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> sweep = Sweep(Path("x"), {}, pd.DataFrame(), ("tile.adc.bits", "device.bits"), {}, ())
    >>> short(sweep, "device.bits"), short(sweep, "faults.p_on")
    ('device.bits', 'p_on')
    """
    parts = name.split(".")
    others = [other for other in sweep.parameters if other != name]
    for k in range(len(parts) - 1, 0, -1):
        end = ".".join(parts[k:])
        if not any(other == end or other.endswith(f".{end}") for other in others):
            return end
    return name


def point_text(sweep: Sweep, point: dict[str, Level]) -> str:
    """Return the values of a point, ``'bits 4, sigma_read 1 %'``."""
    texts = (f"{short(sweep, name)} {level_text(sweep, name, v)}" for name, v in point.items())
    return ", ".join(texts)


def moment(seconds: float) -> str:
    """Return a time in the largest unit of which it is a small whole number, or nearly so.

    Examples
    --------
    >>> moment(30.0), moment(7200.0), moment(1e6), moment(315576000.0)
    ('30 s', '2 h', '10⁶ s', '10 y')
    >>> moment(3e7)
    '347 d'
    """
    for unit, size in TIMES.items():
        n = seconds / size
        if 1 <= n < 1000 and abs(n - round(n)) < 1e-9 * n:
            return f"{round(n)} {unit}"
    if seconds < 1000 or math.log10(seconds).is_integer():
        return duration(seconds)
    unit, size = next((u, s) for u, s in TIMES.items() if seconds >= s)
    return f"{seconds / size:.3g} {unit}"


def _quantity(words: str, unit: str, largest: float) -> Quantity:
    if unit == "%":
        return Quantity(words, "%", 100.0)
    if unit in ("", "nats") or not math.isfinite(largest):
        return Quantity(words, unit, 1.0)
    factor, shown = prefixed(abs(largest), unit)
    return Quantity(words, _shown(shown), factor)


def _shown(text: str) -> str:
    return re.sub(r"\bohm\b|(?<=[mkMµ])ohm\b", "Ω", text)
