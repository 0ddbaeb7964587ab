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
TANG = fit("Li-ion ECRAM of Tang et al., IEDM 2018")
DW, ENDS, UP, DOWN = 0.002, (-0.8276, 1.1724), 0.1153, 0.5085


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


ECRAM = Preset(
    nearly_linear(linear_steps(DW, ENDS, UP, DOWN), 0.3, 0.01, 0.025),
    {
        "step.dw_min step.slope step.dw_min_reset step.slope_reset": at_middle(DW, *ENDS, TANG),
        "sigma_d2d sigma_asymmetry_d2d sigma_c2c": published(TANG),
        "sigma_bounds_d2d": halved(0.05, f"{TANG}, relative to either bound"),
    }
    | SOURCES,
    "10 to 100 uS",
    both_steps(
        published(TANG),
        lambda w: DW * (1 - UP * w / ENDS[1]),
        lambda w: DW * (1 - DOWN * w / ENDS[0]),
        ENDS, RANGE,
    ),
)  # fmt: skip
