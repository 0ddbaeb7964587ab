"""Published devices, one a file, each with its sources, its range and its published curves."""

from __future__ import annotations

from crossbar.devices.library.capacitor import CAPACITOR
from crossbar.devices.library.cmos import CMOS
from crossbar.devices.library.constant import CONSTANT
from crossbar.devices.library.ecram import ECRAM
from crossbar.devices.library.ecram_metal_oxide import ECRAM_METAL_OXIDE
from crossbar.devices.library.fefet import FEFET
from crossbar.devices.library.ideal import IDEAL
from crossbar.devices.library.pcm import PCM
from crossbar.devices.library.pcm_joshi import PCM_JOSHI
from crossbar.devices.library.pcm_training import PCM_TRAINING
from crossbar.devices.library.preset import DEVICES, Preset
from crossbar.devices.library.published import PublishedCurve, Shown
from crossbar.devices.library.reram import RERAM
from crossbar.devices.library.reram_array import RERAM_ARRAY_HFO2, RERAM_ARRAY_OM
from crossbar.devices.library.reram_exponential import RERAM_EXPONENTIAL
from crossbar.devices.library.reram_wan import RERAM_WAN
from crossbar.devices.library.sonos import SONOS
from crossbar.devices.library.sram import SRAM
from crossbar.devices.library.taox import TAOX

__all__ = ["DEVICES", "PRESETS", "Preset", "PublishedCurve", "Shown"]

PRESETS: dict[str, Preset] = {
    "ideal": IDEAL,
    "cmos": CMOS,
    "sram": SRAM,
    "reram": RERAM,
    "reram-exponential": RERAM_EXPONENTIAL,
    "reram-array-om": RERAM_ARRAY_OM,
    "reram-array-hfo2": RERAM_ARRAY_HFO2,
    "reram-wan": RERAM_WAN,
    "taox": TAOX,
    "pcm": PCM,
    "pcm-joshi": PCM_JOSHI,
    "pcm-training": PCM_TRAINING,
    "ecram": ECRAM,
    "ecram-metal-oxide": ECRAM_METAL_OXIDE,
    "capacitor": CAPACITOR,
    "fefet": FEFET,
    "sonos": SONOS,
    "constant": CONSTANT,
}

for _name, _preset in PRESETS.items():
    DEVICES.register(_name, words=_preset.valid_for)(_preset)
