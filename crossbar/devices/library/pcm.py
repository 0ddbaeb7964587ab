"""Phase-change memory for inference."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.polynomial.polynomial import polyval

from crossbar.devices.array_spread import OwnBounds
from crossbar.devices.drift import PcmExponent
from crossbar.devices.laws.steps import Exponential
from crossbar.devices.library.fits import curve, relative
from crossbar.devices.library.preset import Preset
from crossbar.devices.library.published import PublishedCurve, Shown
from crossbar.devices.memristor import Memristor
from crossbar.devices.noise import PcmFlicker
from crossbar.sources import assumed, derived, published
from crossbar.types import Floats

FULL = 25e-6  # S, to which printed laws of drift and noise refer conductances
RANGE = (0.1e-6, FULL)
Coefficients = tuple[float, float, float, float]
NANDAKUMAR = "Nandakumar et al., ICECS 2019"
FITTED = f"{NANDAKUMAR}, as fitted in IBM aihwkit, inference/noise/pcm.py"
SIGMA = (0.26348, 1.9650, -1.1731)  # uS, of x = G / 25 uS
T0 = published("default t_0 of IBM aihwkit, inference/noise/pcm.py")  # of 20 s
READ_AT = 86400.0  # s, of the read noise that is shown
STEPS = {
    "step.dw_min step.steepness spread.sigma": assumed(
        "step 1 % of the range with steepness 2, spread 20 % between cells"
    ),
    "sigma_c2c": assumed("spread of 50 % between pulses"),
    "spread.below spread.above": assumed("cells reach from zero to a fifth beyond the range"),
    "v_write t_write": assumed("write pulse 2 V x 100 ns"),
}
TIME = {
    "drift.nu drift.sigma_nu": published(f"drift exponent against conductance of {FITTED}"),
    "flicker.amplitude flicker.power flicker.most flicker.t_r": published(f"1/f noise of {FITTED}"),
}


def flicker(g_max: float) -> PcmFlicker:
    """Return the printed 1/f noise, of x = G / 25 uS, for conductances relative to ``g_max``."""
    law = PcmFlicker()
    return replace(law, amplitude=law.amplitude * (g_max / FULL) ** -law.power)


def exponent(g_max: float) -> PcmExponent:
    """Return the printed exponents, of x = G / 25 uS, for conductances relative to ``g_max``."""
    law = PcmExponent()

    def restated(coefficients: Coefficients) -> Coefficients:
        a, b, low, high = coefficients
        return a, b + a * math.log(g_max / FULL), low, high

    return PcmExponent(nu=restated(law.nu), sigma_nu=restated(law.sigma_nu))


def pcm(g_min: float, sigma: tuple[float, ...], t0: float) -> Memristor:
    """Return a cell up to 25 uS with programming error ``sigma`` [uS], polynomial in G [uS]."""
    return Memristor(
        g_min=g_min,
        g_max=RANGE[1],
        step=Exponential(dw_min=0.01, steepness=2.0),
        spread=OwnBounds(sigma=0.2, below=0.02, above=0.2),
        sigma_c2c=0.5,
        sigma_program=relative(sigma, g_min, RANGE[1]),
        flicker=flicker(FULL),
        drift=exponent(FULL),
        t0=t0,
        v_write=2.0,
        t_write=100e-9,
    )


def _noise(g: Floats) -> Floats:
    """Return the printed read noise [uS] of cells that have not drifted."""
    x = g / 25
    grown = np.sqrt(np.log((READ_AT + 250e-9) / (2 * 250e-9)))
    noise: Floats = g * np.minimum(0.0088 / x**0.65, 0.2) * grown
    return noise


def drifting(window: tuple[float, float]) -> tuple[PublishedCurve, ...]:
    """Return what was published of drift and read noise, over conductances of ``window`` [S]."""
    nu = TIME["drift.nu drift.sigma_nu"]
    return (
        curve(Shown.DRIFT, nu,
              lambda g: np.clip(-0.0155 * np.log(g / 25) + 0.0244, 0.049, 0.1), window),
        curve(Shown.DRIFT_SPREAD, nu,
              lambda g: np.clip(-0.0125 * np.log(g / 25) - 0.0059, 0.008, 0.045), window),
        curve(Shown.READ_NOISE, published(f"1/f noise of {FITTED}, before drift"), _noise, window,
              at=READ_AT),
    )  # fmt: skip


PCM = Preset(
    # x = G / 25 uS in print, so the coefficients of G are divided by 25 and 625.
    pcm(RANGE[0], (SIGMA[0], SIGMA[1] / 25, SIGMA[2] / 625), 20.0),
    {
        "g_max": published(f"25 uS full scale of {NANDAKUMAR}"),
        "g_min": assumed("0.1 uS, a 250th of full scale"),
        "sigma_program": derived(
            f"sigma(G) of {NANDAKUMAR}, as a polynomial of u over the range"
        ),
        "t0": T0,
    }
    | TIME
    | STEPS,
    "programming and inference; a pulse train that melts (reset) is not gradual in PCM",
    (
        curve(Shown.PROGRAMMING_ERROR, published(f"sigma(G) of {FITTED}"),
              lambda g: polyval(g / 25, SIGMA), RANGE),
        *drifting(RANGE),
    ),
)  # fmt: skip
