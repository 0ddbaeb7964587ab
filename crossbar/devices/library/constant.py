"""The ideal resistive device of pulsed training: the same step everywhere."""

from __future__ import annotations

from crossbar.devices.laws.steps import Constant
from crossbar.devices.library.preset import Preset
from crossbar.devices.memristor import Memristor
from crossbar.sources import assumed

CONSTANT = Preset(
    Memristor(step=Constant(dw_min=0.001)),
    {
        "step.dw_min": assumed(
            "0.1 % of the range, after the ideal device of Gokmen and Vlasov, Front. Neurosci. "
            "10:333, 2016, of 0.001 on weights of +-0.6"
        ),
    },
    "reference for pulsed training",
)
