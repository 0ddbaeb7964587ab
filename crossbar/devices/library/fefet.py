"""Ferroelectric transistor of hafnium zirconium oxide."""

from __future__ import annotations

from crossbar.devices.library.neurosim import neurosim

FEFET = neurosim(
    "HZO FeFET of Jerry et al., IEDM 2017",
    pulses=32,
    nonlinearity=(1.75, 1.46),
    normalised=(0.7021, 0.8487),
    resistance=559.28e3,
    ratio=45.0,
    spread=0.003,
    write=(3.65, 75e-9),
    valid_for="40 nS to 1.8 uS, pulses of rising amplitude; reset pulses go the way back",
)
