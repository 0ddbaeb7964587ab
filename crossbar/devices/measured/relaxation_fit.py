"""Loss of conductance at several temperatures: rates of the cells and their activation energy."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from crossbar.devices.measured.estimates import Estimate, normal, spread_of
from crossbar.devices.measured.robust import robust
from crossbar.devices.retention import BOLTZMANN, Retention
from crossbar.displayed import Displayed
from crossbar.errors import DataError, message
from crossbar.types import Doubles, Floats, Integers

LEAST_LOSS = 0.01  # of the first conductance, below which a rate is not told
SMALL = 0.05  # of the first conductance, below which noise is no longer proportional to it
BETA = 0.7  # where the search begins


@dataclass(frozen=True, eq=False, repr=False)
class RelaxationFit(Displayed):
    """g(t) = g_r + (g0 - g_r) exp(-(k t)^beta) of cells at several temperatures.

    Attributes
    ----------
    beta
        Exponent of the time, the same for all cells.
    activation : [eV]
        Activation energy E_a of the rate.
    log_rate
        ln of the median rate k [1/s] at ``reference``.
    sigma_rate
        Spread of ln k from cell to cell.
    rest : [S]
        Conductance g_r, as it was given.
    reference : [K]
        Temperature of the rate.
    cells
        Number of cells, those of each temperature counted apart.
    """

    beta: Estimate
    activation: Estimate
    log_rate: Estimate
    sigma_rate: Estimate
    rest: float
    reference: float
    cells: int

    def __repr__(self) -> str:
        return (
            f"<RelaxationFit: beta {self.beta}, {self.activation} eV, spread {self.sigma_rate}, "
            f"{self.cells} cells>"
        )

    def law(self, g_max: float) -> Retention:
        """Return the law of drift for ``device.drift`` of a device with ``g_max`` [S].

        Its cells are all alike where two cells were fitted, which tell no spread.
        """
        sigma = self.sigma_rate.value
        return Retention(
            rest=self.rest / g_max, rate=math.exp(self.log_rate.value), beta=self.beta.value,
            sigma_rate=0.0 if math.isnan(sigma) else sigma, activation=self.activation.value,
            reference=self.reference,
        )  # fmt: skip


def relaxation(
    t: Doubles, g: Doubles, cell: Integers, kelvin: Doubles, rest: float, reference: float,
    level: float, where: str,
) -> RelaxationFit:  # fmt: skip
    """Return the fit of reads ``g`` [S] at ``t`` [s] of every ``cell``, stored at ``kelvin``.

    First g0 and k of each cell and beta of all, by robust least squares, with noise of reads that
    is proportional to g down to 5 % of the first read. Then ln k against 1/T: the slope is the
    activation energy; the rest, without what the errors of ln k add, is the spread of the cells.
    The line is as uncertain as these errors make it at least, by which alone two cells tell it.
    """
    cells, own = np.unique(cell, return_inverse=True)
    first = np.array([g[cell == one][0] for one in cells])
    last = np.array([g[cell == one][-1] for one in cells])
    end = np.array([t[cell == one][-1] for one in cells])
    hot = np.array([kelvin[cell == one][0] for one in cells])
    lost = (first - last) / (first - rest)
    if len(np.unique(hot)) < 2:
        got, remedy = f"{hot[0]:g} K alone", "At one temperature, drift() gives the exponent."
        raise DataError(message(where, "two temperatures or more", got, remedy))
    if np.median(lost) < LEAST_LOSS:
        got = f"{100 * float(np.median(lost)):.2g} %, the median of the cells"
        remedy = "Bake hotter or longer, and give rest in S if cells relax to one."
        expected = f"a loss of {100 * LEAST_LOSS:g} % or more towards rest"
        raise DataError(message(where, expected, got, remedy))
    share = np.clip(lost, LEAST_LOSS, 0.98)
    start = np.log((-np.log1p(-share)) ** (1 / BETA) / end)
    residuals = functools.partial(_off, t, g / first[own], rest / first[own], own, len(cells))
    fit = robust(residuals, np.concatenate([[math.log(BETA)], np.ones(len(cells)), start]))
    beta, error = math.exp(fit.values[0]), float(fit.errors[0])
    log_rate, errors = fit.values[1 + len(cells) :], fit.errors[1 + len(cells) :]
    slopes = np.stack([np.ones(len(cells)), (1 / reference - 1 / hot) / BOLTZMANN], axis=1)
    (rate, energy), *_ = np.linalg.lstsq(slopes, log_rate, rcond=None)
    off = log_rate - slopes @ np.array([rate, energy])
    freedom = len(cells) - 2
    variance = max(float(np.sum(off**2)) / max(freedom, 1), float(np.mean(errors**2)))
    student = freedom if freedom > 0 else math.inf
    own_errors = np.sqrt(np.diag(variance * np.linalg.inv(slopes.T @ slopes)))
    return RelaxationFit(
        normal(beta, beta * error, level),
        normal(float(energy), float(own_errors[1]), level, student),
        normal(float(rate), float(own_errors[0]), level, student),
        spread_of(off, errors, level, fitted=2),
        rest, reference, len(cells),
    )  # fmt: skip


def _off(
    t: Doubles, y: Doubles, rest: Doubles, own: Integers, cells: int, p: Floats
) -> Floats:  # fmt: skip
    """Return by how much conductances are off those of the model, relative to these."""
    beta, start, log_rate = math.exp(min(p[0], 3.0)), p[1 : 1 + cells], p[1 + cells :]
    kt = np.minimum(beta * (log_rate[own] + np.log(t)), 50.0)
    model = rest + (start[own] - rest) * np.exp(-np.exp(kt))
    return np.asarray((y - model) / np.maximum(model, SMALL))
