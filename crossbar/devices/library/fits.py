"""Numbers of published fits in the units of a device: relative to its range."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.polynomial import Polynomial

from crossbar.sources import Source, derived


def relative(sigma: Sequence[float], g_min: float, g_max: float) -> tuple[float, ...]:
    """Return a published sigma(G), polynomial in uS, in u and relative to the range [S]."""
    low, span = g_min * 1e6, (g_max - g_min) * 1e6
    in_u = Polynomial(sigma)(Polynomial([low, span])) / span
    return tuple(float(c) for c in in_u.coef)


def fit(to: str) -> str:
    """Return what names the public fit of a pulse response to the data of a paper."""
    return f"fit to {to}, published in IBM aihwkit, simulator/presets/devices.py"


def halved(value: float, fit: str) -> Source:
    """Return the source of half the ``value`` of ``fit``, which counts weights from -1 to 1."""
    return derived(f"{value:g} on weights from -1 to 1, halved for a range of 1, {fit}")


def mean_slope(up: str, down: str, fit: str) -> Source:
    """Return the source of the slope that stands for both directions of a fit."""
    return derived(
        f"one slope for both directions, the mean of {up} (set) and {down} (reset), {fit}"
    )
