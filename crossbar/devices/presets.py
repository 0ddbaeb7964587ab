"""Published devices, each with its source and range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from numpy.polynomial import Polynomial

from crossbar.devices.cmos import CmosSynapse
from crossbar.devices.device import Device
from crossbar.devices.drift import PcmExponent
from crossbar.devices.ideal import IdealCell
from crossbar.devices.laws.steps import Constant, Exponential, Linear, SoftBounds, Step
from crossbar.devices.memristor import Memristor
from crossbar.devices.noise import PcmFlicker
from crossbar.registry import Registry
from crossbar.sources import Source, assumed, derived, published, sourced


@dataclass(frozen=True)
class Preset:
    """A device with the source of each of its numbers and the range where they hold.

    Parameters
    ----------
    device
        The specification.
    told
        Sources by the names of the numbers that share them; see :func:`crossbar.sources.sourced`.
    valid_for
        Range and use where the device holds.

    Raises
    ------
    ConfigError
        If a number of the device that is not at its default has no source.
    """

    device: Device
    told: dict[str, Source]
    valid_for: str

    def __post_init__(self) -> None:
        sourced(self.device, self.told)

    @property
    def sources(self) -> dict[str, Source]:
        """Source of every number by its name, ``step.dw_min`` for one of the step."""
        return sourced(self.device, self.told)


DEVICES = Registry(Device, "devices", "kinds of cell", also=Preset)


def _relative(sigma: Sequence[float], g_min: float, g_max: float) -> tuple[float, ...]:
    """Return a published sigma(G), polynomial in uS, in u and relative to the range [S]."""
    low, span = g_min * 1e6, (g_max - g_min) * 1e6
    in_u = Polynomial(sigma)(Polynomial([low, span])) / span
    return tuple(float(c) for c in in_u.coef)


_RERAM_RANGE = (1e-6, 39.26e-6)
_RERAM_PROGRAM = _relative((1.053, 0.2374, -1.167e-2, 1.536e-4), *_RERAM_RANGE)
_RERAM_SOURCES = {
    "g_max": published("largest conductance of Wan et al., Nature 608:504, 2022"),
    "g_min": assumed("1 uS, a fortieth of the largest conductance"),
    "sigma_program": derived(
        "sigma(G) at 1 s of Wan et al., Nature 608:504, 2022, as a polynomial of u over the range"
    ),
    "asymmetry": assumed("zero weight at the symmetry point, in the middle of the range"),
    "sigma_read": assumed("read noise 1 % of the range"),
}


def _fit(to: str) -> str:
    """Return what names the public fit of a pulse response to the data of a paper."""
    return f"fit to {to}, published in IBM aihwkit, simulator/presets/devices.py"


_GONG = "HfO2 of Gong et al., Nat. Commun. 9:2102, 2018"
_LOOSE, _EXPONENTIAL = _fit(f"{_GONG} (loose, soft bounds)"), _fit(f"{_GONG} (exponential step)")


def _halved(value: float, fit: str) -> Source:
    """Return the source of half the ``value`` of ``fit``, which counts weights from -1 to 1."""
    return derived(f"{value:g} on weights from -1 to 1, halved for a range of 1, {fit}")


def _reram(step: Step, sigma_d2d: float, sigma_asymmetry_d2d: float, sigma_c2c: float) -> Memristor:
    """Return an HfO2 cell with ``step`` and the spreads of its fit."""
    return Memristor(
        g_min=_RERAM_RANGE[0],
        g_max=_RERAM_RANGE[1],
        step=step,
        sigma_d2d=sigma_d2d,
        sigma_asymmetry_d2d=sigma_asymmetry_d2d,
        sigma_bounds_d2d=0.15,
        sigma_c2c=sigma_c2c,
        sigma_program=_RERAM_PROGRAM,
        sigma_read=0.01,
    )


_PCM_RANGE = (0.1e-6, 25e-6)
_PCM = Memristor(
    g_min=_PCM_RANGE[0],
    g_max=_PCM_RANGE[1],
    step=Exponential(dw_min=0.01, steepness=2.0),
    sigma_d2d=0.2,
    sigma_c2c=0.5,
    # x = G / 25 uS in print, so the coefficients of G are divided by 25 and 625.
    sigma_program=_relative((0.26348, 1.9650 / 25, -1.1731 / 625), *_PCM_RANGE),
    flicker=PcmFlicker(),
    drift=PcmExponent(),
    t0=20.0,
    v_write=2.0,
    t_write=100e-9,
)


_LINEAR_SOURCES = {
    "asymmetry": assumed("zero weight at the symmetry point, in the middle of the range"),
    "g_min g_max sigma_program sigma_read": assumed(
        "range 10 to 100 uS, programming error and read noise 0.5 % of it"
    ),
    "v_write t_write": assumed("write pulse 1 V x 1 us"),
}
_TANG = _fit("Li-ion ECRAM of Tang et al., IEDM 2018")
_KIM = _fit("metal-oxide ECRAM of Kim et al., IEDM 2019")
_LI = _fit("a capacitor cell of Li et al., VLSI 2018")


def _linear(
    dw_min: float, slope: float, sigma_c2c: float, sigma_asymmetry: float, sigma_bounds: float
) -> Memristor:
    """Return a cell with nearly linear steps, electrochemical or of a capacitor."""
    return Memristor(
        g_min=10e-6,
        g_max=100e-6,
        step=Linear(dw_min=dw_min, slope=slope),
        sigma_d2d=0.1,
        sigma_asymmetry_d2d=sigma_asymmetry,
        sigma_bounds_d2d=sigma_bounds,
        sigma_c2c=sigma_c2c,
        sigma_program=(0.005,),
        sigma_read=0.005,
        v_write=1.0,
        t_write=1e-6,
    )


def _mean_slope(up: str, down: str, fit: str) -> Source:
    """Return the source of the slope that stands for both directions of a fit."""
    return derived(
        f"one slope for both directions, the mean of {up} (set) and {down} (reset), {fit}"
    )


PRESETS: dict[str, Preset] = {
    "ideal": Preset(IdealCell(), {}, "reference calculations"),
    "cmos": Preset(
        CmosSynapse(sigma_read=0.005),
        {
            "bits": published("LETI 2026: binary code converted into conductance, 4 to 8 bits"),
            "g_full": assumed(
                "2^8/R_u with R_u = 60 kohm, chosen together with V_in = 0.35 V so that an "
                "operation lands near the published 87.36 fJ (the transistors are not published)"
            ),
            "sigma_unit": assumed("mismatch 3 % of a unit conductance"),
            "sigma_read": assumed("read noise 0.5 % of the range"),
        },
        "4 to 8 bits, inputs up to 0.35 V",
    ),
    "reram": Preset(
        _reram(SoftBounds(dw_min=0.001), 0.3, 0.01, 3.75),
        {
            "step.dw_min": _halved(0.002, _LOOSE),
            "sigma_d2d sigma_asymmetry_d2d sigma_c2c": published(
                f"{_LOOSE}, whose spread from pulse to pulse is absolute and whose write noise of "
                "56 steps is left out"
            ),
            "sigma_bounds_d2d": _halved(0.3, _LOOSE),
        }
        | _RERAM_SOURCES,
        "1 to 39 uS, pulsed training near room temperature",
    ),
    "reram-exponential": Preset(
        _reram(Exponential(dw_min=0.00079, steepness=3.0), 0.2, 0.05, 5.0),
        {
            "step.dw_min": derived(
                "set and reset step where they are equal (at 0.39 of the range, 0.00158 on weights "
                f"from -1 to 1), halved for a range of 1, {_EXPONENTIAL}"
            ),
            "step.steepness": assumed(
                "3, of a step that vanishes at the bounds, unlike that of the fit"
            ),
            "sigma_d2d sigma_asymmetry_d2d sigma_c2c": published(
                f"{_EXPONENTIAL}, whose write noise of 75 steps is left out"
            ),
            "sigma_bounds_d2d": _halved(0.3, _EXPONENTIAL),
        }
        | _RERAM_SOURCES,
        "1 to 39 uS, pulsed training near room temperature",
    ),
    "pcm": Preset(
        _PCM,
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
    ),
    "ecram": Preset(
        _linear(0.001, 0.36, 0.3, 0.01, 0.025),
        {
            "step.dw_min": _halved(0.002, _TANG),
            "step.slope": _mean_slope("0.10", "0.61", _TANG),
            "sigma_d2d sigma_asymmetry_d2d sigma_c2c": published(_TANG),
            "sigma_bounds_d2d": _halved(0.05, _TANG),
        }
        | _LINEAR_SOURCES,
        "10 to 100 uS",
    ),
    "ecram-metal-oxide": Preset(
        _linear(1.4107e-4, 0.62, 2.0, 0.01, 0.025),
        {
            "step.dw_min": _halved(2.8214e-4, _KIM),
            "step.slope": _mean_slope("0.35", "0.89", _KIM),
            "sigma_d2d sigma_asymmetry_d2d sigma_c2c": published(_KIM),
            "sigma_bounds_d2d": _halved(0.05, _KIM),
        }
        | _LINEAR_SOURCES,
        "10 to 100 uS",
    ),
    "capacitor": Preset(
        replace(_linear(0.0025, 0.05, 0.3, 0.06, 0.035), tau_leak=1e-3),
        {
            "step.dw_min": _halved(0.005, _LI),
            "step.slope": published(_LI),
            "sigma_d2d sigma_asymmetry_d2d sigma_c2c": published(
                f"{_LI}, whose spread from pulse to pulse is absolute"
            ),
            "sigma_bounds_d2d": _halved(0.07, _LI),
            "tau_leak": assumed("leakage in 1 ms"),
        }
        | _LINEAR_SOURCES,
        "10 to 100 uS, training shorter than the leakage",
    ),
    "constant": Preset(
        Memristor(step=Constant(dw_min=0.001)),
        {
            "step.dw_min": published(
                "ideal resistive device of Gokmen and Vlasov, Front. Neurosci. 10:333, 2016"
            ),
        },
        "reference for pulsed training",
    ),
}

for _name, _preset in PRESETS.items():
    DEVICES.register(_name, words=_preset.valid_for)(_preset)
