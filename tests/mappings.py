"""The mappings that tests of arrays of one plane have a case of."""

from __future__ import annotations

from crossbar.circuit.mapping import Mapping
from crossbar.circuit.slices import Slices
from crossbar.circuit.zero_shift import ZeroShift


def of_one_plane() -> set[type[Mapping]]:
    """Return the mappings of the package of one plane; test_planes has slices."""
    own = {kind for kind in Mapping.__subclasses__() if kind.__module__.startswith("crossbar.")}
    return own - {Slices, ZeroShift}
