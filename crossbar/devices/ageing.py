"""Whether time alone moves the conductances of a device."""

from __future__ import annotations

import numpy as np

from crossbar.devices.cells import OLDEST
from crossbar.devices.device import Device

CELLS = 8


def drifts(device: Device) -> bool:
    """Return whether cells of ``device`` have other conductances after a very long time.

    It is tried on some cells, a quarter of the range below its upper end.

    Examples
    --------
    >>> from crossbar.devices import IdealCell, Memristor
    >>> drifts(IdealCell()), drifts(Memristor(nu=0.05)), drifts(Memristor(tau_leak=1.0))
    (False, True, True)
    """
    rng = np.random.default_rng(0)
    cells = device.fabricate((1, CELLS), rng=rng, dtype=np.float64)
    low, _, high = device.window
    cells.program(np.full((1, CELLS), 0.25 * low + 0.75 * high), rng=rng)
    before = cells.g.copy()
    cells.age(OLDEST)
    return not np.allclose(cells.g, before, rtol=1e-9, atol=0.0)
