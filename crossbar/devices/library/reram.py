"""HfO2 ReRAM with soft bounds."""

from __future__ import annotations

from crossbar.devices.laws.steps import SoftBounds, Step
from crossbar.devices.library.fits import fit, halved, relative
from crossbar.devices.library.preset import Preset
from crossbar.devices.memristor import Memristor
from crossbar.sources import assumed, derived, published

RANGE = (1e-6, 39.26e-6)
PROGRAM = relative((1.053, 0.2374, -1.167e-2, 1.536e-4), *RANGE)
SOURCES = {
    "g_max": published("largest conductance of Wan et al., Nature 608:504, 2022"),
    "g_min": assumed("1 uS, a fortieth of the largest conductance"),
    "sigma_program": derived(
        "sigma(G) at 1 s of Wan et al., Nature 608:504, 2022, as a polynomial of u over the range"
    ),
    "asymmetry": assumed("zero weight at the symmetry point, in the middle of the range"),
    "sigma_read": assumed("read noise 1 % of the range"),
}
GONG = "HfO2 of Gong et al., Nat. Commun. 9:2102, 2018"
LOOSE = fit(f"{GONG} (loose, soft bounds)")


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
    hfo2(SoftBounds(dw_min=0.001), 0.3, 0.01, 3.75),
    {
        "step.dw_min": halved(0.002, LOOSE),
        "sigma_d2d sigma_asymmetry_d2d sigma_c2c": published(
            f"{LOOSE}, whose spread from pulse to pulse is absolute and whose write noise of "
            "56 steps is omitted"
        ),
        "sigma_bounds_d2d": halved(0.3, LOOSE),
    }
    | SOURCES,
    "1 to 39 uS, pulsed training near room temperature",
)
