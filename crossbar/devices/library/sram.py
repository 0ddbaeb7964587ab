"""Bits in static memory that switch binary-weighted branches."""

from __future__ import annotations

from crossbar.devices.cmos import CmosSynapse
from crossbar.devices.library.preset import Preset
from crossbar.sources import assumed

SRAM = Preset(
    CmosSynapse(bits=8, g_full=25.6e-6, sigma_unit=0.01, sigma_read=0.001),
    {
        "bits": assumed("8 bits a weight"),
        "g_full": assumed("0.1 uS a code step"),
        "sigma_unit": assumed("mismatch 1 % of a unit conductance"),
        "sigma_read": assumed("read noise 0.1 % of the range"),
    },
    "codes that hold while powered, without drift; every number is assumed",
)
