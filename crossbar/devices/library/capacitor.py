"""A capacitor cell, which leaks."""

from __future__ import annotations

from dataclasses import replace

from crossbar.devices.library.ecram import SOURCES, nearly_linear
from crossbar.devices.library.fits import fit, halved
from crossbar.devices.library.preset import Preset
from crossbar.sources import assumed, published

LI = fit("a capacitor cell of Li et al., VLSI 2018")

CAPACITOR = Preset(
    replace(nearly_linear(0.0025, 0.05, 0.3, 0.06, 0.035), tau_leak=1e-3),
    {
        "step.dw_min": halved(0.005, LI),
        "step.slope": published(LI),
        "sigma_d2d sigma_asymmetry_d2d sigma_c2c": published(
            f"{LI}, whose spread from pulse to pulse is absolute"
        ),
        "sigma_bounds_d2d": halved(0.07, LI),
        "tau_leak": assumed("leakage in 1 ms"),
    }
    | SOURCES,
    "10 to 100 uS, training shorter than the leakage",
)
