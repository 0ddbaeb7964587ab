"""HfO2 ReRAM with an exponential step."""

from __future__ import annotations

import numpy as np

from crossbar.devices.laws.exponential_floor import DW, ExponentialFloor
from crossbar.devices.library.fits import both_steps, fit, halved
from crossbar.devices.library.preset import Preset
from crossbar.devices.library.reram import GONG, PROGRAMMING, RANGE, SOURCES, hfo2
from crossbar.sources import derived, published

EXPONENTIAL = fit(f"{GONG} (exponential step)")
DOWN = DW * (1 - 0.259359)

RERAM_EXPONENTIAL = Preset(
    hfo2(ExponentialFloor(), 0.2, 0.05, 5.0),
    {
        "step.floor step.floor_reset": halved(DW, f"{EXPONENTIAL}, reset steps less by 0.259359"),
        "step.rise step.steepness step.rise_reset step.steepness_reset": derived(
            "1 + 1.18445 exp(-2.5 (w + 1)) and 1 + 0.081404 exp(2.5 (w + 1)) of weights w from -1 "
            f"to 1, restated for a range of 1, {EXPONENTIAL}"
        ),
        "sigma_d2d sigma_asymmetry_d2d sigma_c2c": published(
            f"{EXPONENTIAL}, whose write noise of 75 steps is omitted"
        ),
        "sigma_bounds_d2d": halved(0.3, EXPONENTIAL),
    }
    | SOURCES,
    "1 to 39 uS, pulsed training near room temperature",
    (
        *both_steps(
            published(EXPONENTIAL),
            lambda w: DW * (1 + 1.18445 * np.exp(5 * (-0.5 * w - 0.5))),
            lambda w: DOWN * (1 + 0.081404 * np.exp(-5 * (-0.5 * w - 0.5))),
            (-1.0, 1.0), RANGE,
        ),
        PROGRAMMING,
    ),
)  # fmt: skip
