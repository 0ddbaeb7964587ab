"""The CMOS synapse of LETI."""

from __future__ import annotations

from crossbar.devices.cmos import CmosSynapse
from crossbar.devices.library.preset import Preset
from crossbar.sources import assumed, published

CMOS = Preset(
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
)
