"""Electrochemical memory on metal oxide."""

from __future__ import annotations

from crossbar.devices.library.ecram import SOURCES, nearly_linear
from crossbar.devices.library.fits import fit, halved, mean_slope
from crossbar.devices.library.preset import Preset
from crossbar.sources import published

KIM = fit("metal-oxide ECRAM of Kim et al., IEDM 2019")

ECRAM_METAL_OXIDE = Preset(
    nearly_linear(1.4107e-4, 0.62, 2.0, 0.01, 0.025),
    {
        "step.dw_min": halved(2.8214e-4, KIM),
        "step.slope": mean_slope("0.35", "0.89", KIM),
        "sigma_d2d sigma_asymmetry_d2d sigma_c2c": published(KIM),
        "sigma_bounds_d2d": halved(0.05, KIM),
    }
    | SOURCES,
    "10 to 100 uS",
)
