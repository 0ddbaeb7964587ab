"""Measurements on waveforms: energy, mean current, settling time, linearity."""

from __future__ import annotations

import numpy as np

from crossbar.errors import SimulationError, message
from crossbar.spice.engine.waveforms import Waveforms
from crossbar.types import Doubles


def window(waves: Waveforms, name: str, start: float, stop: float) -> tuple[Doubles, Doubles]:
    """Return times and values of ``name`` from ``start`` to ``stop`` [s], both ends included.

    The points between are those of the simulation; the ends are interpolated.

    Raises
    ------
    SimulationError
        If the simulation does not cover the window.
    """
    time = waves.axis
    if not time[0] <= start < stop <= time[-1] * (1 + 1e-12):
        expected = f"a window inside {time[0]:g} to {time[-1]:g} s"
        remedy = "Simulate longer."
        raise SimulationError(message("measure", expected, f"{start:g} to {stop:g} s", remedy))
    inside = time[(time > start) & (time < stop)]
    at = np.concatenate([[start], inside, [stop]])
    return at, waves.at(name, at)


def integral(waves: Waveforms, name: str, *, start: float, stop: float) -> float:
    """Return the integral of ``name`` over time, by the trapezoid rule on the simulation's grid."""
    time, values = window(waves, name, start, stop)
    return float(np.trapezoid(values, time))


def energy(waves: Waveforms, source: str, *, node: str, start: float, stop: float) -> float:
    """Return the energy [J] that the voltage ``source`` between ``node`` and ground gave.

    E = - integral v i dt, as the current of a source counts from its plus pin inwards. Both are
    lines between two points of the simulation, and so their product is integrated exactly: the
    trapezoid rule takes a ramp of few points for more than it is.
    """
    time, current = window(waves, f"i({source})", start, stop)
    volts = waves.at(f"v({node})", time)
    bent = float(np.sum(np.diff(time) * np.diff(volts) * np.diff(current))) / 6
    return bent - float(np.trapezoid(volts * current, time))


def mean_current(waves: Waveforms, source: str, *, start: float, stop: float) -> float:
    """Return the mean current [A] that the voltage ``source`` gave."""
    return -integral(waves, f"i({source})", start=start, stop=stop) / (stop - start)


def settling(
    waves: Waveforms,
    name: str,
    *,
    start: float,
    stop: float,
    tolerance: float = 0.01,
    final: float | None = None,
    band: float | None = None,
) -> float:
    """Return the time [s] after ``start`` from which ``name`` stays close to its end.

    Close is within ``band``; None: within ``tolerance`` of the change from ``start`` to ``final``
    (None: the value at ``stop``).
    """
    time, values = window(waves, name, start, stop)
    end = float(values[-1]) if final is None else final
    band = tolerance * abs(end - values[0]) if band is None else band
    outside = np.flatnonzero(np.abs(values - end) > band)
    if not len(outside):
        return 0.0
    last = int(outside[-1])
    if last == len(values) - 1:
        got = f"{values[-1]:g} at {stop:g} s, {end:g} wanted"
        text = message(f"settling of {name}", "a settled end", got, "Simulate longer.")
        raise SimulationError(text)
    outer, inner = abs(values[last] - end), abs(values[last + 1] - end)
    share = (outer - band) / (outer - inner)
    return float(time[last] + share * (time[last + 1] - time[last]) - start)


def inl(values: Doubles) -> Doubles:
    """Return the integral nonlinearity [LSB] of the levels ``values``, end points on the line."""
    line = np.linspace(values[0], values[-1], len(values))
    return np.asarray((values - line) / (line[1] - line[0]))


def dnl(values: Doubles) -> Doubles:
    """Return the differential nonlinearity [LSB] of each step between the levels ``values``."""
    step = (values[-1] - values[0]) / (len(values) - 1)
    return np.asarray(np.diff(values) / step - 1.0)
