"""ReRAM of a TaOx / HfOx stack."""

from __future__ import annotations

from crossbar.devices.library.neurosim import neurosim

TAOX = neurosim(
    "TaOx / HfOx of Wu et al., VLSI Technology 2018",
    pulses=128,
    nonlinearity=(0.04, -0.63),
    normalised=(31.5668, -1.9973),
    resistance=100e3,
    ratio=10.0,
    spread=0.037,
    write=(1.6, 50e-9),
    valid_for="1 to 10 uS, identical pulses",
)
