"""From recordings, the user's or synthesised, to mel spectrograms."""

from crossbar.data.audio.engines import PRESETS, EngineSounds
from crossbar.data.audio.recordings import Recordings
from crossbar.data.audio.sound import Sound
from crossbar.data.audio.spectrogram import Spectrogram, decibels, resize
from crossbar.data.audio.synthetic import Synthetic

__all__ = [
    "PRESETS",
    "EngineSounds",
    "Recordings",
    "Sound",
    "Spectrogram",
    "Synthetic",
    "decibels",
    "resize",
]
