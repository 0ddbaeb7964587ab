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


def _relative(sigma: Sequence[float], g_min: float, g_max: float) -> tuple[float, ...]:
    """Return a published sigma(G), polynomial in uS, in u and relative to the range [S]."""
    low, span = g_min * 1e6, (g_max - g_min) * 1e6
    in_u = Polynomial(sigma)(Polynomial([low, span])) / span
    return tuple(float(c) for c in in_u.coef)


_RERAM_RANGE = (1e-6, 39.26e-6)
_RERAM_PROGRAM = _relative((1.053, 0.2374, -1.167e-2, 1.536e-4), *_RERAM_RANGE)
_RERAM_SOURCES = {
    "g_min g_max": published("range of Wan et al., Nature 608:504, 2022"),
    "sigma_program": derived(
        "sigma(G) at 1 s of Wan et al., Nature 608:504, 2022, as a polynomial of u over the range"
    ),
    "sigma_d2d sigma_asymmetry_d2d sigma_bounds_d2d sigma_c2c": assumed(
        "spread of the step 30 % between cells and between pulses, of the asymmetry 0.01, of the "
        "bounds 5 %"
    ),
    "sigma_read": assumed("read noise 1 % of the range"),
}


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


_ECRAM_SOURCES = {
    "g_min g_max step.dw_min sigma_d2d sigma_c2c sigma_program sigma_read": assumed(
        "range 10 to 100 uS, step 0.1 % of the range, spreads 10 %, programming error and read "
        "noise 0.5 %"
    ),
    "v_write t_write": assumed("write pulse 1 V x 1 us"),
}


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
        _reram(SoftBounds(dw_min=0.002)),
        {
            "step.dw_min": assumed(
                "soft bounds as in the loose fit to HfO2 of Gong et al., Nat. Commun. 9:2102, "
                "2018, with a step of our own, 0.2 % of the range"
            ),
        }
        | _RERAM_SOURCES,
        "1 to 39 uS, pulsed training near room temperature",
    ),
    "reram-exponential": Preset(
        _reram(Exponential(dw_min=0.00135, steepness=3.0)),
        {
            "step.dw_min step.steepness": assumed(
                "exponential step as in the fit to HfO2 of Gong et al., Nat. Commun. 9:2102, "
                "2018, with a step of our own, 0.135 % of the range, and steepness 3"
            ),
        }
        | _RERAM_SOURCES,
        "1 to 39 uS, pulsed training near room temperature",
    ),
    "pcm": Preset(
        _PCM,
        {
            "g_min g_max": published("25 uS full scale of Nandakumar et al., ICECS 2019"),
            "sigma_program": derived(
                "sigma(G) of Nandakumar et al., ICECS 2019, as a polynomial of u over the range"
            ),
            "t0": published("Joshi et al., Nat. Commun. 11:2473, 2020"),
            "nu sigma_nu": assumed("drift exponent 0.05 +- 0.02, the same at all conductances"),
            "step.dw_min step.steepness sigma_d2d sigma_c2c": assumed(
                "step 1 % of the range with steepness 2, spread 20 % between cells and 50 % "
                "between pulses"
            ),
            "sigma_read": assumed("read noise 1 % of the range"),
            "v_write t_write": assumed("write pulse 2 V x 100 ns"),
        },
        "programming and inference; a pulse train that melts (reset) is not gradual in PCM",
    ),
    "ecram": Preset(
        _ecram(dw_min=0.001, slope=0.1, asymmetry=0.0),
        {
            "step.slope": assumed(
                "slope 0.1 of a linear step, whose form is that of Li-ion ECRAM in Tang et al., "
                "IEDM 2018"
            ),
        }
        | _ECRAM_SOURCES,
        "10 to 100 uS",
    ),
    "ecram-metal-oxide": Preset(
        _ecram(dw_min=0.001, slope=0.5, asymmetry=0.1),
        {
            "step.slope asymmetry": assumed(
                "slope 0.5 and asymmetry 0.1 of a linear step, whose form is that of metal-oxide "
                "ECRAM in Kim et al., IEDM 2019"
            ),
        }
        | _ECRAM_SOURCES,
        "10 to 100 uS",
    ),
    "capacitor": Preset(
        replace(_ecram(dw_min=0.001, slope=0.1, asymmetry=0.0), tau_leak=1e-3),
        {
            "step.slope tau_leak": assumed(
                "slope 0.1 of a linear step and leakage in 1 ms, forms as of the capacitor cell "
                "of Li et al., VLSI 2018"
            ),
        }
        | _ECRAM_SOURCES,
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
