"""Ideal cells, for reference calculations."""

from __future__ import annotations

from crossbar.devices.ideal import IdealCell
from crossbar.devices.library.preset import Preset

IDEAL = Preset(IdealCell(), {}, "reference calculations")
