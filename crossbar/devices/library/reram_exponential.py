"""HfO2 ReRAM with an exponential step."""

from __future__ import annotations

from crossbar.devices.laws.steps import Exponential
from crossbar.devices.library.fits import fit, halved
from crossbar.devices.library.preset import Preset
from crossbar.devices.library.reram import GONG, SOURCES, hfo2
from crossbar.sources import assumed, derived, published

EXPONENTIAL = fit(f"{GONG} (exponential step)")

RERAM_EXPONENTIAL = Preset(
    hfo2(Exponential(dw_min=0.00079, steepness=3.0), 0.2, 0.05, 5.0),
    {
        "step.dw_min": derived(
            "set and reset step where they are equal (at 0.39 of the range, 0.00158 on weights "
            f"from -1 to 1), halved for a range of 1, {EXPONENTIAL}"
        ),
        "step.steepness": assumed(
            "3, of a step that vanishes at the bounds, unlike that of the fit"
        ),
        "sigma_d2d sigma_asymmetry_d2d sigma_c2c": published(
            f"{EXPONENTIAL}, whose write noise of 75 steps is omitted"
        ),
        "sigma_bounds_d2d": halved(0.3, EXPONENTIAL),
    }
    | SOURCES,
    "1 to 39 uS, pulsed training near room temperature",
)
