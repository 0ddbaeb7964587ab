"""Flash-like cells that trap charge (SONOS), read below threshold."""

from __future__ import annotations

import numpy as np

from crossbar.devices.array_spread import OwnBounds
from crossbar.devices.laws.steps import Exponential
from crossbar.devices.library.fits import curve
from crossbar.devices.library.preset import Preset
from crossbar.devices.library.published import Shown
from crossbar.devices.memristor import Memristor
from crossbar.devices.noise import SaturatingNoise
from crossbar.devices.programming import SaturatingError
from crossbar.sources import assumed, derived, published

RANGE = (1.6e-9, 16e-6)
AGRAWAL = "SONOS of Agrawal et al., IEDM 2022, 21.7, as fitted in CrossSim"

SONOS = Preset(
    Memristor(
        g_min=RANGE[0],
        g_max=RANGE[1],
        step=Exponential(dw_min=0.01, steepness=2.0),
        spread=OwnBounds(below=0.01, above=0.1),
        programming=SaturatingError(),
        flicker=SaturatingNoise(),
        v_write=8.0,
        t_write=1e-3,
    ),
    {
        "g_max": derived(f"1600 nA at a read voltage of 0.1 V, {AGRAWAL}"),
        "g_min": assumed("a ten thousandth of that, of cells that reach 1e-7"),
        "programming.amplitude programming.scale": derived(
            f"19.88665 nA (1 - exp(-I / 176.3115 nA)) after the write, over 1600 nA, {AGRAWAL}"
        ),
        "flicker.amplitude flicker.scale": derived(
            f"12.58037 nA (1 - exp(-I / 215.36557 nA)), over 1600 nA, {AGRAWAL}"
        ),
        "step.dw_min step.steepness": assumed("step 1 % of the range with steepness 2"),
        "spread.below spread.above": assumed("cells reach from zero to a tenth beyond the range"),
        "v_write t_write": assumed("write pulse 8 V x 1 ms"),
    },
    "programming and inference within hours of the write: loss of charge over days is omitted",
    (
        curve(Shown.PROGRAMMING_ERROR, published(AGRAWAL),
              lambda g: 0.1988665 * -np.expm1(-g / 1.763115), RANGE),
        curve(Shown.READ_NOISE, published(AGRAWAL),
              lambda g: 0.1258037 * -np.expm1(-g / 2.1536557), RANGE, at=1.0),
    ),
)  # fmt: skip
