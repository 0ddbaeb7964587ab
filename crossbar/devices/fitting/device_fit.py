"""A device fitted to measured trains: its law, parameters with intervals, and what is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from crossbar.devices.device_file import write_device_file
from crossbar.devices.fitting.goodness import Goodness
from crossbar.devices.fitting.mode import Mode
from crossbar.devices.measured.estimates import Estimate
from crossbar.devices.measured.pulse_trains import PulseTrains
from crossbar.devices.memristor import Memristor
from crossbar.displayed import Displayed
from crossbar.sources import derived, numbers
from crossbar.types import Doubles, Record
from crossbar.units import text

STEP = "step."
UNITS = {"g_min": "S", "g_max": "S"}
SPREADS = ("sigma_d2d", "sigma_asymmetry_d2d", "sigma_bounds_d2d", "sigma_c2c", "sigma_read")
DRAWS = 1000  # of the posterior that are kept
PEAK = 0.25  # of all draws, over which a density is taken
EXCLUDED = 0.26  # exp(-1.353), what is left of a density at the end of a 90 % interval


def estimate(draws: Doubles, level: float, unit: str, *, positive: bool) -> Estimate:
    """Return the interval of ``level`` that leaves as many draws below as above.

    Of a standard deviation, which is ``positive``, it begins at zero where the data do not tell it
    from zero: where the density there is above exp(-1.35) of its largest (twice the logarithm of a
    likelihood ratio is then below 2.7). Its upper end leaves all of the rest above.
    """
    middle, error = float(np.median(draws)), float(draws.std())
    if positive and _reaches_zero(draws):
        return Estimate(middle, 0.0, float(np.quantile(draws, level)), error, unit)
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(middle, float(low), float(high), error, unit)


def _reaches_zero(draws: Doubles) -> bool:
    """Return whether positive ``draws`` are about as dense at zero as anywhere."""
    ordered = np.sort(draws)
    width = PEAK * float(draws.std())
    if not width > 0:
        return False
    inside = np.searchsorted(ordered, ordered + width) - np.arange(len(ordered))
    return bool((ordered < width).sum() > EXCLUDED * inside.max())


@dataclass(frozen=True, eq=False, repr=False)
class DeviceFit(Displayed):
    """What measured trains say of a device.

    Attributes
    ----------
    law
        Law of the step, as settings name it; ``table`` for the measured steps themselves.
    parameters, spread
        Fields of the device by name, with intervals: what it is on average, and how it varies from
        device to device, from pulse to pulse and from read to read.
    heldout
        Log-likelihood of trains that a law was not fitted to, of every law tried.
    reason
        Why the law was chosen.
    goodness
        Errors of prediction of the law, and whether they are chance.
    posterior : name to (draws,)
        Devices that fit the data as well, by fields.
    level
        Share of cases in which an interval covers the truth.
    notes
        What the data leave open, and what was left out.
    trains
        What was fitted.
    mode
        The most probable parameters and cells.
    """

    law: str
    parameters: dict[str, Estimate]
    spread: dict[str, Estimate]
    heldout: dict[str, float]
    reason: str
    goodness: Goodness
    posterior: dict[str, Doubles]
    level: float
    notes: tuple[str, ...]
    trains: PulseTrains
    mode: Mode

    def __repr__(self) -> str:
        cells = len(self.trains.devices)
        numbers = ", ".join(f"{name} {one}" for name, one in self.parameters.items())
        return f"<DeviceFit: {self.law}, {cells} devices, {100 * self.level:g} %: {numbers}>"

    def _facts(self) -> dict[str, str]:
        every = {**self.parameters, **self.spread}
        return {
            "law": self.law, "why": self.reason,
            **{name: str(one) for name, one in every.items()},
            "notes": "; ".join(self.notes),
        }  # fmt: skip

    @property
    def source(self) -> str:
        """What the numbers are derived from."""
        name = self.trains.source.replace(";", ",") or "measured pulses"
        return f"fit of {self.law} to {name}, median of the posterior"

    def record(self) -> Record:
        """Return the fit as plain values, for JSON, without trains and posterior."""
        good = self.goodness
        return {
            "law": self.law,
            "parameters": {name: one._asdict() for name, one in self.parameters.items()},
            "spread": {name: one._asdict() for name, one in self.spread.items()},
            "heldout": self.heldout,
            "reason": self.reason,
            "goodness": {
                name: getattr(good, name) for name in ("steps", "spread", "correlation", "wrong")
            },
            "level": self.level,
            "notes": list(self.notes),
        }

    def device(self) -> Memristor:
        """Return the device with the medians of all parameters."""
        values = {name: one.value for name, one in {**self.parameters, **self.spread}.items()}
        lists = {n: np.median(v, axis=0) for n, v in self.posterior.items() if v.ndim > 1}
        own = {name: one for name, one in (values | lists).items() if name.startswith(STEP)}
        fields: dict[str, Any] = {n: v for n, v in values.items() if n not in own}
        step = {name.removeprefix(STEP): one for name, one in own.items()}
        law: Any = self.mode.model.law.law
        return Memristor(step=replace(law, **step), **fields)

    def write(self, folder: Path | str) -> Path:
        """Write the device and its posterior into ``folder``; return ``device.toml``.

        Raises
        ------
        OutputError
            If the files cannot be written.
        """
        device, source = self.device(), derived(self.source)
        given = {*self.parameters, *self.spread} | {
            name for name in numbers(device) if name.startswith(STEP)
        }
        return write_device_file(
            folder, device, {" ".join(sorted(given)): source}, self.posterior, self._notes()
        )

    def _notes(self) -> dict[str, Any]:
        low, high = self.trains.range
        notes: dict[str, Any] = {
            "valid_for": f"{text(low, 'S', 3)} to {text(high, 'S', 3)}, as measured",
            "fitted_to": self.trains.source, "level": self.level, "reason": self.reason,
        }  # fmt: skip
        return notes | ({"open": list(self.notes)} if self.notes else {})


def summarised(
    fields: Mapping[str, Doubles], level: float
) -> tuple[dict[str, Estimate], dict[str, Estimate]]:
    """Return parameters and spreads with their intervals, of draws of fields (draws, ...)."""
    parameters: dict[str, Estimate] = {}
    spread: dict[str, Estimate] = {}
    for name, draws in fields.items():
        if draws.ndim > 1:
            continue
        part = spread if name in SPREADS else parameters
        part[name] = estimate(draws, level, UNITS.get(name, ""), positive=name in SPREADS)
    return parameters, spread
