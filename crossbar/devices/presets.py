"""Published devices, each with its source and range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from numpy.polynomial import Polynomial

from crossbar.devices.base import Device
from crossbar.devices.cmos import CmosSynapse
from crossbar.devices.ideal import IdealCell
from crossbar.devices.memristor import Memristor
from crossbar.devices.steps import Constant, Exponential, Linear, SoftBounds, Step


@dataclass(frozen=True)
class Preset:
    """A device with the source of its numbers and the range where they hold."""

    device: Device
    source: str
    valid_for: str


def _relative(sigma: Sequence[float], g_min: float, g_max: float) -> tuple[float, ...]:
    """Return a published sigma(G), polynomial in uS, in u and relative to the range [S]."""
    low, span = g_min * 1e6, (g_max - g_min) * 1e6
    in_u = Polynomial(sigma)(Polynomial([low, span])) / span
    return tuple(float(c) for c in in_u.coef)


_RERAM_RANGE = (1e-6, 39.26e-6)
_RERAM_PROGRAM = _relative((1.053, 0.2374, -1.167e-2, 1.536e-4), *_RERAM_RANGE)
_RERAM_SOURCE = "range and programming error at 1 s: Wan et al., Nature 608:504, 2022"


def _reram(step: Step) -> Memristor:
    """Return an HfO2 cell with ``step`` and the spreads of the published array fits."""
    return Memristor(
        g_min=_RERAM_RANGE[0],
        g_max=_RERAM_RANGE[1],
        step=step,
        sigma_d2d=0.3,
        sigma_asymmetry_d2d=0.01,
        sigma_bounds_d2d=0.05,
        sigma_c2c=0.3,
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
    sigma_read=0.01,
    nu=0.05,
    sigma_nu=0.02,
    t0=20.0,
    v_write=2.0,
    t_write=100e-9,
)


def _ecram(dw_min: float, slope: float, asymmetry: float) -> Memristor:
    """Return an electrochemical cell: nearly linear steps, small spread."""
    return Memristor(
        g_min=10e-6,
        g_max=100e-6,
        step=Linear(dw_min=dw_min, slope=slope),
        asymmetry=asymmetry,
        sigma_d2d=0.1,
        sigma_c2c=0.1,
        sigma_program=(0.005,),
        sigma_read=0.005,
        v_write=1.0,
        t_write=1e-6,
    )


PRESETS: dict[str, Preset] = {
    "ideal": Preset(IdealCell(), "definition", "reference calculations"),
    "cmos": Preset(
        CmosSynapse(sigma_read=0.005),
        "LETI 2026 (Computer Research and Modeling 18(1):81): code to conductance, 0.7 V, 320 ps; "
        "mismatch 3 % of a unit and read noise 0.5 % of the range assumed",
        "4 to 8 bits, inputs up to 0.35 V",
    ),
    "reram": Preset(
        _reram(SoftBounds(dw_min=0.002)),
        "HfO2, soft bounds with dw_min 0.002 of the range: Gong et al., Nat. Commun. 9:2102, 2018, "
        f"loose fit; {_RERAM_SOURCE}; step spread 30 % between cells and between pulses, bounds "
        "5 %, read noise 1 % of the range, write pulse 1.5 V x 50 ns assumed",
        "1 to 39 uS, pulsed training near room temperature",
    ),
    "reram-exponential": Preset(
        _reram(Exponential(dw_min=0.00135, steepness=3.0)),
        "HfO2, exponential step with dw_min 0.00135 of the range: Gong et al., Nat. Commun. "
        f"9:2102, 2018, fit; steepness 3 assumed; {_RERAM_SOURCE}; spreads as for reram",
        "1 to 39 uS, pulsed training near room temperature",
    ),
    "pcm": Preset(
        _PCM,
        "programming error and 25 uS: Nandakumar et al., ICECS 2019; t0 = 20 s and drift form: "
        "Joshi et al., Nat. Commun. 11:2473, 2020; nu 0.05 +- 0.02 for all conductances, step "
        "0.01 with spread 50 % between pulses and write pulse 2 V x 100 ns assumed",
        "programming and inference; a pulse train that melts (reset) is not gradual in PCM",
    ),
    "ecram": Preset(
        _ecram(dw_min=0.001, slope=0.1, asymmetry=0.0),
        "linear step of Li-ion ECRAM: Tang et al., IEDM 2018; slope, range, spreads and pulse "
        "assumed",
        "10 to 100 uS",
    ),
    "ecram-metal-oxide": Preset(
        _ecram(dw_min=0.001, slope=0.5, asymmetry=0.1),
        "linear step of metal-oxide ECRAM: Kim et al., IEDM 2019; slope, asymmetry, range, "
        "spreads and pulse assumed",
        "10 to 100 uS",
    ),
    "capacitor": Preset(
        replace(_ecram(dw_min=0.001, slope=0.1, asymmetry=0.0), tau_leak=1e-3),
        "linear step with leakage, capacitor cell: Li et al., VLSI 2018; slope, range, spreads, "
        "pulse and the time constant of 1 ms assumed",
        "10 to 100 uS, training shorter than the leakage",
    ),
    "constant": Preset(
        Memristor(step=Constant(dw_min=0.001)),
        "ideal resistive device with finite steps: Gokmen and Vlasov, Front. Neurosci. 10:333, "
        "2016",
        "reference for pulsed training",
    ),
}
