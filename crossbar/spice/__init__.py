"""Netlists from live objects, ngspice runs, and measurements on what they give."""

from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.ngspice import Version, run, run_many, version
from crossbar.spice.engine.numbers import number
from crossbar.spice.engine.waveforms import Waveforms

__all__ = ["Deck", "Version", "Waveforms", "number", "run", "run_many", "version"]
