"""Tails of the distributions that monitors judge by."""

from __future__ import annotations

from scipy.special import betainc, stdtr


def negative_binomial_tail(count: int, mean: float, excess: float) -> float:
    r"""Return the probability of ``count`` or more, of variance :math:`\mu + \phi \mu^2`.

    It is :math:`I_p(k, r)`, the regularised incomplete beta function, with
    :math:`r = 1 / \phi` and :math:`p = \mu / (\mu + r)`.

    Parameters
    ----------
    count
        From 0.
    mean
        :math:`\mu` > 0.
    excess
        :math:`\phi` > 0.

    Examples
    --------
    >>> round(negative_binomial_tail(1, 0.5, 1.0), 6)  # geometric: mu / (1 + mu)
    0.333333
    """
    if count <= 0:
        return 1.0
    size = 1.0 / excess
    return float(betainc(count, size, mean / (mean + size)))


def student_tail(value: float, freedom: float) -> float:
    """Return the probability of ``value`` or more in Student's distribution.

    Examples
    --------
    >>> round(student_tail(1.0, 1.0), 12)
    0.25
    """
    return float(stdtr(freedom, -value))
