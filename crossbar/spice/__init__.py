"""Netlists from live objects, ngspice runs, and measurements on what they give."""

from crossbar.spice.deck import Deck
from crossbar.spice.ngspice import Version, run, run_many, version
from crossbar.spice.numbers import number
from crossbar.spice.waveforms import Waveforms

__all__ = ["Deck", "Version", "Waveforms", "number", "run", "run_many", "version"]
