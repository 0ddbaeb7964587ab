"""The ideal resistive device of pulsed training: the same step everywhere."""

from __future__ import annotations

from crossbar.devices.laws.steps import Constant
from crossbar.devices.library.preset import Preset
from crossbar.devices.memristor import Memristor
from crossbar.sources import published

CONSTANT = Preset(
    Memristor(step=Constant(dw_min=0.001)),
    {
        "step.dw_min": published(
            "ideal resistive device of Gokmen and Vlasov, Front. Neurosci. 10:333, 2016"
        ),
    },
    "reference for pulsed training",
)
