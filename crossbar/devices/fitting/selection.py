"""Laws compared by what they say of trains that they were not fitted to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from crossbar.devices.fitting.curvature import settled
from crossbar.devices.fitting.mode import Mode, climbed
from crossbar.devices.fitting.model import Model
from crossbar.devices.fitting.observations import Observations
from crossbar.types import Doubles

FOLDS = 5
FEWEST = 4  # devices of which some are held out
TIE = 2.0  # natural units of log-likelihood within which the law with fewer numbers is taken
STEPS, SETTLING = 8, 4  # of a search that begins at the parameters for all trains
DEVICES, CYCLES, NONE = "devices", "cycles", "none"


class Heldout(NamedTuple):
    """How well a law predicts what it was not fitted to."""

    total: float
    """Logarithm of the likelihood (density of reads relative to the measured range)."""
    parts: Doubles
    """(folds,) what every fold contributes."""


def way(data: Observations) -> str:
    """Return what is held out: devices, cycles of few devices, or nothing."""
    if data.cells >= FEWEST:
        return DEVICES
    return CYCLES if len({trace.cycle for trace in data.traces}) > 1 else NONE


def held_out(mode: Mode) -> Heldout:
    """Return the log-likelihood of trains that were held out, each once.

    Of four devices or more, a fifth of the devices: their own numbers are integrated over the
    population that the others have. Of fewer, a fifth of the cycles, for the same cells. Of one
    cycle of few devices nothing can be held out: then it is the log-likelihood of all less the
    number of parameters (Akaike), which estimates the same.
    """
    model = mode.model
    what = way(model.data)
    if what == NONE:
        estimate = float(mode.cells.evidence.sum()) - model.size
        return Heldout(estimate, np.array([estimate]))
    if what == DEVICES:
        cells = list(range(model.data.cells))
        parts = [_devices(mode, cells[k::FOLDS]) for k in range(min(FOLDS, len(cells)))]
    else:
        cycles = sorted({trace.cycle for trace in model.data.traces})
        split = np.array_split(np.array(cycles), min(FOLDS, len(cycles)))
        parts = [_cycles(mode, {int(k) for k in part}) for part in split]
    return Heldout(float(np.sum(parts)), np.array(parts))


def _devices(mode: Mode, out: list[int]) -> float:
    """Return the log-likelihood of the cells ``out``, from a population fitted to the others."""
    data = mode.model.data
    numbers = {data.devices[k] for k in out}
    keep = [k for k in range(data.cells) if k not in out]
    known = data.only(lambda trace: trace.device not in numbers)
    law = mode.model.law.on(known.traces)
    train = Model(known, law, mode.model.varied)
    theta = climbed(train, mode.theta, mode.cells.phi[keep], STEPS).theta
    test = Model(data.only(lambda trace: trace.device in numbers), law, mode.model.varied)
    cells = settled(test, theta, [mode.cells.phi[out]], SETTLING)
    return float(cells.evidence.sum())


def _cycles(mode: Mode, out: set[int]) -> float:
    """Return the log-likelihood of the cycles ``out`` of the same cells, fitted to the others."""
    data = mode.model.data
    known = data.only(lambda trace: trace.cycle not in out)
    law = mode.model.law.on(known.traces)
    train = Model(known, law, mode.model.varied)
    test = Model(data.only(lambda trace: trace.cycle in out), law, mode.model.varied)
    if train.data.devices != data.devices:
        return -math.inf
    fitted = climbed(train, mode.theta, mode.cells.phi, STEPS)
    cells = [data.devices.index(device) for device in test.data.devices]
    shared, mu, _ = train.split(fitted.theta)
    phi, tables = fitted.cells.phi[cells], test.tables_of(shared[None])
    return float(test.log_likelihood(phi[None], shared[None], mu[None], tables).sum())


def chosen(modes: Mapping[str, Mode], heldout: Mapping[str, Heldout]) -> str:
    """Return the law with the fewest numbers among those that predict as well as the best.

    As well means within ``TIE`` units of log-likelihood, of the trains held out or of all trains
    fitted; of laws with as many numbers the one that predicts best. A number too many raises the
    log-likelihood that is held out by more than that in about 1 of 70 cases.
    """
    best = max(heldout, key=lambda name: heldout[name].total)
    near = [
        name
        for name, one in heldout.items()
        if one.total >= heldout[best].total - TIE
        or modes[name].density >= modes[best].density - TIE
    ]
    return min(near, key=lambda name: (modes[name].model.law.fitted, -heldout[name].total))
