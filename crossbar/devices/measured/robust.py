"""Robust least squares: parameters and their standard errors, whatever few outliers do."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crossbar.types import Doubles, Floats

TUNED = 1.5  # standard deviations beyond which a residual counts less
NEAR = 0.05  # least of 1 - h
NORMAL = 1.4826  # standard deviations of a normal distribution in its median absolute deviation


class Fitted(NamedTuple):
    """Parameters of a model, (parameters,), their covariance, and the scale of the residuals."""

    values: Doubles
    covariance: Doubles
    scale: float

    @property
    def errors(self) -> Doubles:
        """Standard errors."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))


def robust(residuals: Callable[[Floats], Floats], start: Floats) -> Fitted:
    """Return the parameters with the least sum of 2 c^2 (sqrt(1 + r^2/c^2) - 1).

    Residuals r beyond c, 1.5 of their standard deviations as the median absolute deviation gives
    them, count by their size and not by its square. With psi = r / sqrt(1 + r^2/c^2), the
    derivatives J of the residuals and A = sum psi'_i J_i J_i^T, the covariance of the parameters is

        A^-1 (sum (psi_i / (1 - h_i))^2 J_i J_i^T) A^-1,  h_i = psi'_i J_i^T A^-1 J_i,

    which holds too where the noise differs from residual to residual.

    Source: Huber and Ronchetti, Robust Statistics, 2009, section 7.6; 1 - h as in MacKinnon and
    White, J. Econometrics 29:305, 1985 (HC3).
    Valid for: independent residuals, more of them than parameters.
    """
    from scipy.optimize import least_squares

    first = least_squares(residuals, start, loss="soft_l1", x_scale="jac")
    at = first.x
    for _ in range(2):  # the scale, and the parameters with it
        rest = residuals(at)
        scale = NORMAL * float(np.median(np.abs(rest - np.median(rest))))
        c = TUNED * max(scale, 1e-12 * float(np.abs(rest).max()), 1e-300)
        solution = least_squares(residuals, at, loss="soft_l1", f_scale=c, x_scale="jac")
        at = solution.x
    rest = residuals(at)
    root = np.sqrt(1.0 + (rest / c) ** 2)
    weighted = np.asarray(solution.jac)  # sqrt(psi') J, as the solver has it
    inverse = np.linalg.pinv(weighted.T @ weighted)
    leverage = np.einsum("ip,pq,iq->i", weighted, inverse, weighted)
    size = rest / root / np.maximum(1.0 - leverage, NEAR) * root**1.5  # psi J / (sqrt(psi') J)
    inner = (weighted * size[:, None]).T @ (weighted * size[:, None])
    return Fitted(at, inverse @ inner @ inverse, scale)
