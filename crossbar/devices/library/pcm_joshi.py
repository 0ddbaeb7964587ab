"""Phase-change memory of the ResNet chip of Joshi et al., for inference."""

from __future__ import annotations

from numpy.polynomial.polynomial import polyval

from crossbar.devices.library.fits import curve
from crossbar.devices.library.pcm import RANGE, STEPS, TIME, drifting, pcm
from crossbar.devices.library.preset import Preset
from crossbar.devices.library.published import Shown
from crossbar.sources import assumed, derived, published

JOSHI = "Joshi et al., Nat. Commun. 11:2473, 2020, figure 3b"
SIGMA = (0.28638599, 0.07585724, -0.00178767)  # uS, of G in uS
LOW = 0.25e-6

PCM_JOSHI = Preset(
    pcm(LOW, SIGMA, 27.36),
    {
        "g_max": published(f"25 uS full scale of {JOSHI}"),
        "g_min": assumed("0.25 uS, the on/off ratio of 100 that CrossSim suggests"),
        "sigma_program": derived(
            f"sigma(G) of {JOSHI}, quadratic fit in CrossSim, as a polynomial of u over the range"
        ),
        "t0": published(f"programming errors are read after 27.36 s, {JOSHI}"),
    }
    | TIME
    | STEPS,
    "programming and inference from 27 s after the write",
    (
        curve(Shown.PROGRAMMING_ERROR, published(f"{JOSHI}, quadratic fit in CrossSim"),
              lambda g: polyval(g, SIGMA), (LOW, RANGE[1])),
        *drifting((LOW, RANGE[1])),
    ),
)  # fmt: skip
