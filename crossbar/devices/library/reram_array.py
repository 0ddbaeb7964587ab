"""HfO2 ReRAM arrays at 14 nm: the baseline, and with an optimised material (OM)."""

from __future__ import annotations

import math

from crossbar.devices.array_spread import ArraySpread
from crossbar.devices.library.fits import both_steps, fit, soft_bounds
from crossbar.devices.library.preset import Preset
from crossbar.devices.memristor import Memristor
from crossbar.sources import assumed, derived, published

RANGE = (20e-6, 60e-6)
ARRAY = "array of Gong, Rasch et al., IEDM 2022"


def array(
    material: str, dw: float, sigma: float, bounds: tuple[float, float], c2c: float,
    corrupt: float, valid_for: str,
) -> Preset:  # fmt: skip
    """Return the cells of one array, by the numbers of its fit on weights from -1 to 1.

    ``sigma`` is the standard deviation of the logarithm of steps, whose median is ``dw``.
    """
    origin, mean = fit(f"the {material} {ARRAY}"), math.exp(sigma * sigma / 2)
    step = soft_bounds(dw * mean, (-1.0, 1.0), c2c)
    spread = ArraySpread(
        sigma=math.sqrt(math.expm1(sigma * sigma)),
        sigma_asymmetry=0.01,
        sigma_lower=bounds[0] / 2,
        sigma_upper=bounds[1] / 2,
        corrupt=corrupt,
    )
    return Preset(
        Memristor(g_min=RANGE[0], g_max=RANGE[1], step=step, spread=spread,
                  sigma_program=(0.02,), sigma_read=0.01),
        {
            "step.dw_min step.dw_min_reset step.spread spread.sigma": derived(
                f"log-normal steps of median {dw:g} and {sigma:g} in the logarithm on weights from "
                f"-1 to 1, as mean and relative deviation, halved for a range of 1, {origin}"
            ),
            "spread.sigma_lower spread.sigma_upper": derived(
                f"{bounds[0]:g} and {bounds[1]:g} of a bound, halved for a range of 1, {origin}"
            ),
            "spread.sigma_asymmetry": published(origin),
            "spread.corrupt": published(f"share of the measured {ARRAY}"),
            "g_min g_max sigma_program sigma_read": assumed(
                "range 20 to 60 uS, programming error 2 % and read noise 1 % of it"
            ),
        },
        valid_for,
        both_steps(
            derived(
                "step of the cell with nominal bounds and mean size, the median times "
                f"exp(sigma^2 / 2), {origin}"
            ),
            lambda w: dw * mean * (1 - w),
            lambda w: dw * mean * (1 + w), (-1.0, 1.0), RANGE,
        ),
    )  # fmt: skip


RERAM_ARRAY_OM = array(
    "OM HfO2", 0.0949, 0.7829, (0.5695, 0.3499), 0.4158, 0.1348,
    "pulsed training with 13.5 % of the cells corrupt; spread.corrupt = 0 for the others alone",
)  # fmt: skip
RERAM_ARRAY_HFO2 = array(
    "baseline HfO2", 0.4622, 0.7125, (0.5990, 0.4295), 0.2174, 0.0977,
    "pulsed training with 10 % of the cells corrupt; steps are nearly half of the range",
)  # fmt: skip
