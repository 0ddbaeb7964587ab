"""Phase-change memory for training: pairs of cells that pulses only set."""

from __future__ import annotations

import numpy as np

from crossbar.devices.array_spread import OwnBounds
from crossbar.devices.laws.exponential_floor import ExponentialFloor
from crossbar.devices.library.fits import POINTS, fit
from crossbar.devices.library.pcm import FITTED, T0, drifting, exponent, flicker
from crossbar.devices.library.preset import Preset
from crossbar.devices.library.published import PublishedCurve, Shown
from crossbar.devices.memristor import Memristor
from crossbar.devices.periphery import Periphery
from crossbar.sources import assumed, derived, published

RANGE = (0.1e-6, 20e-6)
NANDAKUMAR = fit("PCM of Nandakumar et al., Front. Neurosci. 14:406, 2020")
REFRESH = "defaults of OneSidedUnitCell, IBM aihwkit, simulator/configs/compounds.py"
DW, RISE = 0.01, 27.235  # on weights from 0 to 2
NOISE, ADDED, SLOPE = 0.6, 0.042, 0.108

PCM_TRAINING = Preset(
    Memristor(
        g_min=RANGE[0],
        g_max=RANGE[1],
        step=ExponentialFloor(
            floor=DW / 2, rise=RISE, steepness=5.0,
            floor_reset=0.5, rise_reset=20.0, steepness_reset=1.0,
            noise=NOISE, noise_floor=NOISE * ADDED / 2, noise_slope=NOISE * SLOPE,
        ),
        spread=OwnBounds(sigma=0.2, sigma_upper=0.1),
        sigma_program=(0.02,),
        flicker=flicker(RANGE[1]),
        drift=exponent(RANGE[1]),
        t0=20.0,
        v_write=2.0,
        t_write=100e-9,
    ),
    {
        "g_min": assumed("0.1 uS, a 200th of full scale"),
        "g_max": derived(f"20 uS, whose shares the spreads of the fit are, {NANDAKUMAR}"),
        "step.floor step.rise step.steepness": derived(
            f"0.01 (1 + 27.235 exp(-2.5 w)) of weights w from 0 to 2, halved, {NANDAKUMAR}"
        ),
        "step.floor_reset step.rise_reset step.steepness_reset": assumed(
            "a reset pulse melts the cell and leads to the lower end at once"
        ),
        "step.noise step.noise_floor step.noise_slope": derived(
            f"0.6 (step + 0.042 + 0.108 w) of weights w from 0 to 2, for a range of 1, {NANDAKUMAR}"
        ),
        "spread.sigma spread.sigma_upper": published(NANDAKUMAR),
        "sigma_program": assumed("programming error 2 % of the range"),
        "t0": T0,
        "v_write t_write": assumed("write pulse 2 V x 100 ns"),
        "drift.nu drift.sigma_nu": derived(
            f"drift exponent against conductance of {FITTED}, restated for 20 uS"
        ),
        "flicker.amplitude": derived(f"1/f noise of {FITTED}, restated for 20 uS"),
        "flicker.power flicker.most flicker.t_r": published(f"1/f noise of {FITTED}"),
    },
    "training of pairs that pulses only set, and that are refreshed while they learn",
    (
        PublishedCurve(
            of=Shown.SET_STEP, source=published(NANDAKUMAR), within=1e-9,
            x=tuple(np.linspace(*RANGE, POINTS).tolist()),
            y=tuple((0.5 * (RANGE[1] - RANGE[0]) * DW
                     * (1 + RISE * np.exp(-2.5 * np.linspace(0, 2, POINTS)))).tolist()),
        ),
        *drifting(RANGE),
    ),
    Periphery(
        {"mapping": {"kind": "one-sided", "headroom": 5.0, "refresh": {"every": 100}}},
        {
            "mapping.headroom": assumed("room for weights to grow, five times the initial ones"),
            "mapping.refresh.every": assumed("pairs are looked at every 100 updates"),
            "mapping.refresh.upper": published(REFRESH),
            "mapping.refresh.lower": published(REFRESH),
        },
    ),
)  # fmt: skip
