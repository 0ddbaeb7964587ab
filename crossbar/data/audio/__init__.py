"""From recordings, the user's or synthesised, to mel spectrograms."""

from crossbar.data.audio.engines import PRESETS
from crossbar.data.audio.spectrogram import decibels, resize

__all__ = ["PRESETS", "decibels", "resize"]
