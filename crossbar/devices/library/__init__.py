"""Published devices, one a file, each with its sources, its range and its published curves."""

from __future__ import annotations

from crossbar.devices.library.capacitor import CAPACITOR
from crossbar.devices.library.cmos import CMOS
from crossbar.devices.library.constant import CONSTANT
from crossbar.devices.library.ecram import ECRAM
from crossbar.devices.library.ecram_metal_oxide import ECRAM_METAL_OXIDE
from crossbar.devices.library.ideal import IDEAL
from crossbar.devices.library.pcm import PCM
from crossbar.devices.library.preset import DEVICES, Preset
from crossbar.devices.library.published import PublishedCurve, Shown
from crossbar.devices.library.reram import RERAM
from crossbar.devices.library.reram_exponential import RERAM_EXPONENTIAL

__all__ = ["DEVICES", "PRESETS", "Preset", "PublishedCurve", "Shown"]

PRESETS: dict[str, Preset] = {
    "ideal": IDEAL,
    "cmos": CMOS,
    "reram": RERAM,
    "reram-exponential": RERAM_EXPONENTIAL,
    "pcm": PCM,
    "ecram": ECRAM,
    "ecram-metal-oxide": ECRAM_METAL_OXIDE,
    "capacitor": CAPACITOR,
    "constant": CONSTANT,
}

for _name, _preset in PRESETS.items():
    DEVICES.register(_name, words=_preset.valid_for)(_preset)
