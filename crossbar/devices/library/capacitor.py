"""A capacitor cell, which leaks."""

from __future__ import annotations

from dataclasses import replace

from crossbar.devices.library.ecram import RANGE, SOURCES, nearly_linear
from crossbar.devices.library.fits import both_steps, fit, halved, linear_steps
from crossbar.devices.library.preset import Preset
from crossbar.sources import assumed, derived, published

LI = fit("a capacitor cell of Li et al., VLSI 2018")
DW, SLOPE = 0.005, 0.05

CAPACITOR = Preset(
    replace(
        nearly_linear(linear_steps(DW, (-1.0, 1.0), SLOPE, SLOPE, 0.3), 0.0, 0.06, 0.035),
        tau_leak=1e-3,
    ),
    {
        "step.dw_min step.dw_min_reset": halved(DW, LI),
        "step.slope step.slope_reset": published(LI),
        "step.spread": derived(f"0.3 steps, the same at every weight, halved, {LI}"),
        "sigma_d2d sigma_asymmetry_d2d": published(LI),
        "sigma_bounds_d2d": halved(0.07, LI),
        "tau_leak": assumed("leakage in 1 ms"),
    }
    | SOURCES,
    "10 to 100 uS, training shorter than the leakage",
    both_steps(
        published(LI), lambda w: DW * (1 - SLOPE * w), lambda w: DW * (1 + SLOPE * w),
        (-1.0, 1.0), RANGE,
    ),
)  # fmt: skip
