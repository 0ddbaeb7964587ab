"""Electrochemical memory on lithium."""

from __future__ import annotations

from crossbar.devices.laws.steps import Linear
from crossbar.devices.library.fits import fit, halved, mean_slope
from crossbar.devices.library.preset import Preset
from crossbar.devices.memristor import Memristor
from crossbar.sources import assumed, published

SOURCES = {
    "asymmetry": assumed("zero weight at the symmetry point, in the middle of the range"),
    "g_min g_max sigma_program sigma_read": assumed(
        "range 10 to 100 uS, programming error and read noise 0.5 % of it"
    ),
    "v_write t_write": assumed("write pulse 1 V x 1 us"),
}
TANG = fit("Li-ion ECRAM of Tang et al., IEDM 2018")


def nearly_linear(
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


ECRAM = Preset(
    nearly_linear(0.001, 0.36, 0.3, 0.01, 0.025),
    {
        "step.dw_min": halved(0.002, TANG),
        "step.slope": mean_slope("0.10", "0.61", TANG),
        "sigma_d2d sigma_asymmetry_d2d sigma_c2c": published(TANG),
        "sigma_bounds_d2d": halved(0.05, TANG),
    }
    | SOURCES,
    "10 to 100 uS",
)
