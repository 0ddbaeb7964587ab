"""A law of the step that was fitted to trains of pulses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.devices.laws.steps import ClosedForm
from crossbar.devices.measured.traces import Columns, Trace
from crossbar.types import Floats
from crossbar.units import text


@dataclass(frozen=True, kw_only=True)
class TrainFit:
    """A law of the step, fitted to the conductances of trains by least squares.

    A set pulse at u = (g - g_min)/(g_max - g_min) adds ``(1 + asymmetry) step.set_mean(u)`` of the
    range, a reset pulse subtracts ``(1 - asymmetry) step.reset_mean(u)``; the rest is read noise.

    Attributes
    ----------
    step
        The law, with its fitted ``dw_min`` and ``steepness``.
    g_min, g_max : [S]
        Bounds of the law; the trains may not reach them.
    asymmetry
        Relative difference of set and reset steps, as above.
    errors
        Standard errors by name: of ``g_min``, ``g_max`` [S], ``dw_min``, ``asymmetry`` and
        ``steepness``, for ``noise``, widened by its correlation from pulse to pulse.
    noise : [S]
        Root mean square of the residuals: reads of the cell and of the meter together.
    correlation
        Of residuals of neighbouring pulses: 0 for read noise alone. Well above 0, the law does not
        describe the device, or the pulses themselves vary.
    residuals
        Measured minus fitted conductance [S], one array for each train.
    traces
        What was fitted.
    """

    step: ClosedForm
    g_min: float
    g_max: float
    asymmetry: float
    errors: dict[str, float]
    noise: float
    correlation: float
    residuals: tuple[Floats, ...]
    traces: tuple[Trace, ...]

    @property
    def columns(self) -> Columns:
        """Steps of the law, without a spread: read noise hides the spread between pulses."""
        sizes = 1 + self.asymmetry * np.array([[1], [1], [-1], [-1]])
        steps = sizes * self.step.table(0.0)
        u = np.linspace(0.0, 1.0, steps.shape[1])
        return Columns(u, steps, self.g_min, self.g_max, note=self.note)

    @property
    def note(self) -> str:
        """The law and the trains that it was fitted to, in words."""
        pulses = sum(len(trace.g) - 1 for trace in self.traces)
        ends = [t.g - rest for t, rest in zip(self.traces, self.residuals, strict=True)]
        low, high = min(float(e.min()) for e in ends), max(float(e.max()) for e in ends)
        return (
            f"{self.law} fitted to {pulses} pulses of one device from {text(low, 'S', 3)} to "
            f"{text(high, 'S', 3)}, beyond them the law is extrapolated; noise of reads "
            f"{text(self.noise, 'S', 3)} rms, sigma_read = {self.sigma_read:.3g}"
        )

    @property
    def sigma_read(self) -> float:
        """Noise relative to the range, an upper limit of the read noise of the cell."""
        return self.noise / (self.g_max - self.g_min)

    @property
    def law(self) -> str:
        """Name of the law."""
        return self.step.words
