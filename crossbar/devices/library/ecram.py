"""Electrochemical memory on lithium."""

from __future__ import annotations

from crossbar.devices.laws.linear import Linear
from crossbar.devices.library.fits import at_middle, both_steps, fit, halved, linear_steps
from crossbar.devices.library.preset import Preset
from crossbar.devices.memristor import Memristor
from crossbar.sources import assumed, published

RANGE = (10e-6, 100e-6)
SOURCES = {
    "g_min g_max sigma_program sigma_read": assumed(
        "range 10 to 100 uS, programming error and read noise 0.5 % of it"
    ),
    "v_write t_write": assumed("write pulse 1 V x 1 us"),
}


def nearly_linear(
    step: Linear, sigma_c2c: float, sigma_asymmetry: float, sigma_bounds: float
) -> Memristor:
    """Return a cell with nearly linear steps, electrochemical or of a capacitor."""
    return Memristor(
        g_min=RANGE[0],
        g_max=RANGE[1],
        step=step,
        sigma_d2d=0.1,
        sigma_asymmetry_d2d=sigma_asymmetry,
        sigma_bounds_d2d=sigma_bounds,
        sigma_c2c=sigma_c2c,
        sigma_program=(0.005,),
        sigma_read=0.005,
        v_write=1.0,
        t_write=1e-6,
    )


def electrochemical(
    to: str, dw: float, ends: tuple[float, float], up: float, down: float, sigma_c2c: float
) -> Preset:
    """Return the device of a fit ``to`` a paper, with its steps as printed.

    They are dw (1 - up w / w_max) and dw (1 - down w / w_min) at the weight w, from w_min to w_max
    of ``ends``.
    """
    return Preset(
        nearly_linear(linear_steps(dw, ends, up, down), sigma_c2c, 0.01, 0.025),
        {
            "step.dw_min step.slope step.dw_min_reset step.slope_reset": at_middle(dw, *ends, to),
            "sigma_d2d sigma_asymmetry_d2d sigma_c2c": published(to),
            "sigma_bounds_d2d": halved(0.05, f"{to}, relative to either bound"),
        }
        | SOURCES,
        "10 to 100 uS",
        both_steps(
            published(to),
            lambda w: dw * (1 - up * w / ends[1]),
            lambda w: dw * (1 - down * w / ends[0]),
            ends, RANGE,
        ),
    )  # fmt: skip


TANG = fit("Li-ion ECRAM of Tang et al., IEDM 2018")
ECRAM = electrochemical(TANG, 0.002, (-0.8276, 1.1724), 0.1153, 0.5085, sigma_c2c=0.3)
