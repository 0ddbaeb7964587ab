"""Samples with labels: where they come from, how they are split and scaled."""

from crossbar.data.normalise import Db80, Normalisation, ZScore
from crossbar.data.split import ByFold, ByRecording, ByWindow, Split

__all__ = ["ByFold", "ByRecording", "ByWindow", "Db80", "Normalisation", "Split", "ZScore"]
