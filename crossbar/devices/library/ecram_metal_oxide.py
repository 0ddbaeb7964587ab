"""Electrochemical memory on metal oxide."""

from __future__ import annotations

from crossbar.devices.library.ecram import electrochemical
from crossbar.devices.library.fits import fit

KIM = fit("metal-oxide ECRAM of Kim et al., IEDM 2019")
ECRAM_METAL_OXIDE = electrochemical(
    KIM, 2.8214e-4, (-0.8286, 1.1714), 0.4152, 0.7342, sigma_c2c=2.0
)
