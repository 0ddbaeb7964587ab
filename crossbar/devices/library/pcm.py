"""Phase-change memory."""

from __future__ import annotations

from crossbar.devices.drift import PcmExponent
from crossbar.devices.laws.steps import Exponential
from crossbar.devices.library.fits import relative
from crossbar.devices.library.preset import Preset
from crossbar.devices.memristor import Memristor
from crossbar.devices.noise import PcmFlicker
from crossbar.sources import assumed, derived, published

RANGE = (0.1e-6, 25e-6)
_CELL = Memristor(
    g_min=RANGE[0],
    g_max=RANGE[1],
    step=Exponential(dw_min=0.01, steepness=2.0),
    sigma_d2d=0.2,
    sigma_c2c=0.5,
    # x = G / 25 uS in print, so the coefficients of G are divided by 25 and 625.
    sigma_program=relative((0.26348, 1.9650 / 25, -1.1731 / 625), *RANGE),
    flicker=PcmFlicker(),
    drift=PcmExponent(),
    t0=20.0,
    v_write=2.0,
    t_write=100e-9,
)

PCM = Preset(
    _CELL,
    {
        "g_max": published("25 uS full scale of Nandakumar et al., ICECS 2019"),
        "g_min": assumed("0.1 uS, a 250th of full scale"),
        "sigma_program": derived(
            "sigma(G) of Nandakumar et al., ICECS 2019, as a polynomial of u over the range"
        ),
        "t0": published("Joshi et al., Nat. Commun. 11:2473, 2020"),
        "drift.nu drift.sigma_nu": published(
            "drift exponent against conductance of Nandakumar et al., ICECS 2019, as fitted in "
            "IBM aihwkit, inference/noise/pcm.py"
        ),
        "step.dw_min step.steepness sigma_d2d sigma_c2c": assumed(
            "step 1 % of the range with steepness 2, spread 20 % between cells and 50 % "
            "between pulses"
        ),
        "flicker.amplitude flicker.power flicker.most flicker.t_r": published(
            "1/f noise of Nandakumar et al., ICECS 2019, as fitted in IBM aihwkit, "
            "inference/noise/pcm.py"
        ),
        "v_write t_write": assumed("write pulse 2 V x 100 ns"),
    },
    "programming and inference; a pulse train that melts (reset) is not gradual in PCM",
)
