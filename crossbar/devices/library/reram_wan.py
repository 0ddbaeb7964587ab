"""ReRAM of the NeuRRAM chip, for inference."""

from __future__ import annotations

from numpy.polynomial.polynomial import polyval

from crossbar.devices.array_spread import OwnBounds
from crossbar.devices.laws.linear import SoftBounds
from crossbar.devices.library.fits import curve, relative
from crossbar.devices.library.preset import Preset
from crossbar.devices.library.published import Shown
from crossbar.devices.library.reram import SIGMA as CUBIC
from crossbar.devices.library.reram import WAN
from crossbar.devices.memristor import Memristor
from crossbar.devices.relaxation import FilamentRelaxation
from crossbar.sources import assumed, derived, published

RANGE = (1e-6, 40e-6)
FITTED = f"{WAN}, as fitted in IBM aihwkit, inference/noise/reram.py"
SECOND = (0.348, 16.030, -43.853, 45.393, -16.815)  # uS, of x = G / 40 uS
OTHER = 0.5  # of the largest error, by which the fits of two projects to one figure differ

RERAM_WAN = Preset(
    Memristor(
        g_min=RANGE[0],
        g_max=RANGE[1],
        step=SoftBounds(dw_min=0.001),
        spread=OwnBounds(below=0.03, above=0.2),
        sigma_program=relative([c / 40**k for k, c in enumerate(SECOND)], *RANGE),
        drift=FilamentRelaxation(),
        sigma_read=0.01,
    ),
    {
        "g_max": published(f"40 uS, to which the errors are referred, {FITTED}"),
        "g_min": assumed("1 uS, a fortieth of the largest conductance"),
        "step.dw_min": assumed("step 0.1 % of the range"),
        "spread.below spread.above": assumed("cells reach from zero to a fifth beyond the range"),
        "sigma_program": derived(f"sigma(x) at 1 s of {FITTED}, as a polynomial of u"),
        "drift.second drift.day drift.two_days": derived(
            f"sigma(x) in uS of {FITTED}, divided by 40 uS"
        ),
        "sigma_read": published(f"read noise of about 1 %, {FITTED}"),
    },
    "programming and inference, a second to two days after the write",
    (
        curve(Shown.PROGRAMMING_ERROR, published(f"sigma(x) at 1 s of {FITTED}"),
              lambda g: polyval(g / 40, SECOND), RANGE),
        curve(Shown.PROGRAMMING_ERROR, published(f"sigma(G) at 1 s of {WAN}, fit in CrossSim"),
              lambda g: polyval(g, CUBIC), RANGE, within=OTHER),
    ),
)  # fmt: skip
