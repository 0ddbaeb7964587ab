"""HfO2 ReRAM with soft bounds."""

from __future__ import annotations

from numpy.polynomial.polynomial import polyval

from crossbar.devices.laws.steps import Step
from crossbar.devices.library.fits import (
    at_middle,
    both_steps,
    curve,
    fit,
    halved,
    relative,
    soft_bounds,
)
from crossbar.devices.library.preset import Preset
from crossbar.devices.library.published import Shown
from crossbar.devices.memristor import Memristor
from crossbar.sources import assumed, derived, published

RANGE = (1e-6, 39.26e-6)
WAN = "Wan et al., Nature 608:504, 2022"
SIGMA = (1.053, 0.2374, -1.167e-2, 1.536e-4)  # uS, of G in uS
PROGRAM = relative(SIGMA, *RANGE)
PROGRAMMING = curve(
    Shown.PROGRAMMING_ERROR, published(f"sigma(G) at 1 s of {WAN}, cubic fit in CrossSim"),
    lambda g: polyval(g, SIGMA), RANGE,
)  # fmt: skip
SOURCES = {
    "g_max": published(f"largest conductance of {WAN}"),
    "g_min": assumed("1 uS, a fortieth of the largest conductance"),
    "sigma_program": derived(
        f"sigma(G) at 1 s of {WAN}, cubic fit in CrossSim, as a polynomial of u over the range"
    ),
    "sigma_read": assumed("read noise 1 % of the range"),
}
GONG = "HfO2 of Gong et al., Nat. Commun. 9:2102, 2018"
LOOSE = fit(f"{GONG} (loose, soft bounds)")
DW, ENDS = 0.002, (-0.75, 1.25)  # weights of the fit


def hfo2(step: Step, sigma_d2d: float, sigma_asymmetry_d2d: float, sigma_c2c: float) -> Memristor:
    """Return an HfO2 cell with ``step`` and the spreads of its fit."""
    return Memristor(
        g_min=RANGE[0],
        g_max=RANGE[1],
        step=step,
        sigma_d2d=sigma_d2d,
        sigma_asymmetry_d2d=sigma_asymmetry_d2d,
        sigma_bounds_d2d=0.15,
        sigma_c2c=sigma_c2c,
        sigma_program=PROGRAM,
        sigma_read=0.01,
    )


RERAM = Preset(
    hfo2(soft_bounds(DW, ENDS, 3.75), 0.3, 0.01, 0.0),
    {
        "step.dw_min step.dw_min_reset": at_middle(DW, *ENDS, LOOSE),
        "step.spread": derived(f"3.75 steps, the same at every weight, halved, {LOOSE}"),
        "sigma_d2d sigma_asymmetry_d2d": published(
            f"{LOOSE}, whose write noise of 56 steps is omitted"
        ),
        "sigma_bounds_d2d": halved(0.3, LOOSE),
    }
    | SOURCES,
    "1 to 39 uS, pulsed training near room temperature",
    (
        *both_steps(
            published(LOOSE), lambda w: DW * (1 - w / 1.25), lambda w: DW * (1 + w / 0.75),
            ENDS, RANGE,
        ),
        PROGRAMMING,
    ),
)  # fmt: skip
