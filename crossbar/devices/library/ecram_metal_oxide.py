"""Electrochemical memory on metal oxide."""

from __future__ import annotations

from crossbar.devices.library.ecram import RANGE, SOURCES, nearly_linear
from crossbar.devices.library.fits import at_middle, both_steps, fit, halved, linear_steps
from crossbar.devices.library.preset import Preset
from crossbar.sources import published

KIM = fit("metal-oxide ECRAM of Kim et al., IEDM 2019")
DW, ENDS, UP, DOWN = 2.8214e-4, (-0.8286, 1.1714), 0.4152, 0.7342

ECRAM_METAL_OXIDE = Preset(
    nearly_linear(linear_steps(DW, ENDS, UP, DOWN), 2.0, 0.01, 0.025),
    {
        "step.dw_min step.slope step.dw_min_reset step.slope_reset": at_middle(DW, *ENDS, KIM),
        "sigma_d2d sigma_asymmetry_d2d sigma_c2c": published(KIM),
        "sigma_bounds_d2d": halved(0.05, f"{KIM}, relative to either bound"),
    }
    | SOURCES,
    "10 to 100 uS",
    both_steps(
        published(KIM),
        lambda w: DW * (1 - UP * w / ENDS[1]),
        lambda w: DW * (1 - DOWN * w / ENDS[0]),
        ENDS, RANGE,
    ),
)  # fmt: skip
