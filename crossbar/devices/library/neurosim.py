"""Devices by the numbers of the benchmark table of NeuroSim."""

from __future__ import annotations

import numpy as np

from crossbar.devices.library.fits import DIGITS, POINTS, neurosim_steps
from crossbar.devices.library.preset import Preset
from crossbar.devices.library.published import PublishedCurve, Shown
from crossbar.devices.memristor import Memristor
from crossbar.sources import Source, assumed, derived, published

TABLE = "benchmark table of MLP+NeuroSim V3.0"
FORM = "G = B (1 - exp(-P/A)) + G_min of Chen, Peng and Yu, IEEE TCAD 37(12):3067, 2018"


def neurosim(
    paper: str, *, pulses: int, nonlinearity: tuple[float, float],
    normalised: tuple[float, float], resistance: float, ratio: float, spread: float,
    write: tuple[float, float], valid_for: str,
) -> Preset:  # fmt: skip
    """Return a device of that table.

    Parameters
    ----------
    pulses
        Number of conductance states, and of pulses over the range.
    nonlinearity, normalised
        Of set and reset, as printed; and A / pulses of the curve that they label.
    resistance : [ohm]
        At the highest conductance.
    ratio
        Of the highest to the lowest conductance.
    spread
        From pulse to pulse, relative to the range.
    write
        Voltage [V] and time [s] of a set pulse.
    """
    origin, high = f"{paper}, {TABLE}", 1 / resistance
    low = high / ratio
    step = neurosim_steps(pulses, *normalised, spread)
    curves = derived(f"differences of {FORM}, by {pulses} states and nonlinearities, {origin}")
    device = Memristor(g_min=low, g_max=high, step=step, sigma_program=(0.01,), sigma_read=0.005,
                       v_write=write[0], t_write=write[1])  # fmt: skip
    return Preset(
        device,
        {
            "g_min g_max": derived(f"R_on {resistance:g} ohm and on/off ratio {ratio:g}, {origin}"),
            "step.dw_min step.slope step.dw_min_reset step.slope_reset": derived(
                f"{pulses} states and nonlinearities {nonlinearity[0]:g} and {nonlinearity[1]:g}, "
                f"{origin}, by {FORM}, along which steps are linear in G"
            ),
            "step.spread v_write t_write": published(origin),
            "sigma_program sigma_read": assumed(
                "programming error 1 % and read noise 0.5 % of the range"
            ),
        },
        valid_for,
        tuple(_along(curves, (low, high), pulses, a, way)
              for a, way in zip(normalised, (1, -1), strict=True)),
    )  # fmt: skip


def _along(
    source: Source, window: tuple[float, float], pulses: int, a: float, way: int
) -> PublishedCurve:
    """Return the steps along the curve of conductance over pulses, by differences of it."""

    def g(p: np.ndarray) -> np.ndarray:
        low, high = window
        b = (high - low) / (1 - np.exp(-1 / a))
        return np.asarray(b * (1 - np.exp(-p / (a * pulses))) + low)

    p = np.linspace(0, pulses, POINTS)
    steps = way * (g(p + way) - g(p))
    of = Shown.SET_STEP if way > 0 else Shown.RESET_STEP
    return PublishedCurve(of=of, source=source, x=tuple(g(p).tolist()), y=tuple(steps.tolist()),
                          within=DIGITS)  # fmt: skip
