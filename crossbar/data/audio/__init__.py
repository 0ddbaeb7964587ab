"""From recordings, the user's or synthesised, to 28 x 28 spectrograms with classes and splits."""

from crossbar.data.audio.dataset import WindowSet
from crossbar.data.audio.engines import PRESETS, EngineSounds
from crossbar.data.audio.recordings import Recordings
from crossbar.data.audio.spectrogram import (
    SAMPLE_RATE,
    WINDOW,
    decibels,
    load,
    mel,
    resize,
    spectrograms,
    windows,
)
from crossbar.data.normalise import Db80, Normalisation, ZScore
from crossbar.data.split import ByFold, ByRecording, ByWindow, Split

__all__ = [
    "PRESETS",
    "SAMPLE_RATE",
    "WINDOW",
    "ByFold",
    "ByRecording",
    "ByWindow",
    "Db80",
    "EngineSounds",
    "Normalisation",
    "Recordings",
    "Split",
    "WindowSet",
    "ZScore",
    "decibels",
    "load",
    "mel",
    "resize",
    "spectrograms",
    "windows",
]
