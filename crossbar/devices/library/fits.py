"""Numbers of published fits in the units of a device: relative to its range."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.polynomial import Polynomial

from crossbar.devices.laws.linear import Linear, SoftBounds
from crossbar.devices.library.published import PublishedCurve, Shown
from crossbar.sources import Source, derived
from crossbar.types import Floats

POINTS = 11  # of a published formula
DIGITS = 1e-9  # a formula is evaluated, not read off a figure


def relative(sigma: Sequence[float], g_min: float, g_max: float) -> tuple[float, ...]:
    """Return a published sigma(G), polynomial in uS, in u and relative to the range [S]."""
    low, span = g_min * 1e6, (g_max - g_min) * 1e6
    in_u = Polynomial(sigma)(Polynomial([low, span])) / span
    return tuple(float(c) for c in in_u.coef)


def fit(to: str) -> str:
    """Return what names the public fit of a pulse response to the data of a paper."""
    return f"fit to {to}, published in IBM aihwkit, simulator/presets/devices.py"


def halved(value: float, fit: str) -> Source:
    """Return the source of half the ``value`` of ``fit``, whose weights have a range of 2."""
    return derived(f"{value:g} on weights over a range of 2, halved for a range of 1, {fit}")


def at_middle(dw: float, low: float, high: float, fit: str) -> Source:
    """Return the source of steps and slopes that are stated at weight 0 of ``low`` to ``high``."""
    return derived(
        f"steps of {dw:g} at weight 0 of {low:g} to {high:g}, restated at the middle and halved, "
        f"{fit}"
    )


def linear_steps(
    dw: float, ends: tuple[float, float], up: float, down: float, spread: float = 0.0
) -> Linear:
    """Return the law whose steps are dw (1 - up w / w_max) and dw (1 - down w / w_min).

    ``ends`` are w_min and w_max, ``spread`` a standard deviation that is the same everywhere, in
    units of dw.
    """
    low, high = ends
    middle, span = 0.5 * (low + high), high - low
    set_step, reset_step = 1 - up * middle / high, 1 - down * middle / low
    return Linear(
        dw_min=dw * set_step / span,
        slope=up * span / (2 * high * set_step),
        dw_min_reset=dw * reset_step / span,
        slope_reset=-down * span / (2 * low * reset_step),
        spread=spread * dw / span,
    )


def soft_bounds(dw: float, ends: tuple[float, float], spread: float) -> SoftBounds:
    """Return the law of :func:`linear_steps` for steps that vanish at the bounds."""
    line = linear_steps(dw, ends, 1.0, 1.0, spread)
    return SoftBounds(dw_min=line.dw_min, dw_min_reset=line.dw_min_reset, spread=line.spread)


def neurosim_steps(pulses: int, up: float, down: float, spread: float) -> Linear:
    """Return the law of G = B (1 - exp(-P / A)) + G_min, P of ``pulses`` over the range.

    ``up`` and ``down`` are A / pulses of set and reset pulses, negative where reset steps shrink
    towards the lower end. The step of a pulse is then linear in G. ``spread`` is relative to the
    range.
    """

    def each(a: float, forward: int) -> tuple[float, float]:
        """Step at the middle, and its slope against u, of a pulse along the curve or back."""
        end = 1 / -math.expm1(-1 / a)
        share = forward * -math.expm1(-forward / (a * pulses))
        return share * (end - 0.5), -share

    (size, rise), (back, fall) = each(up, 1), each(down, -1)
    return Linear(
        dw_min=size, slope=-0.5 * rise / size, dw_min_reset=back, slope_reset=0.5 * fall / back,
        spread=spread,
    )  # fmt: skip


def curve(
    of: Shown, source: Source, formula: Callable[[Floats], Floats], window: tuple[float, float],
    *, at: float | None = None, within: float = DIGITS,
) -> PublishedCurve:  # fmt: skip
    """Return ``formula``, of conductances in uS and in print units of uS, over ``window`` [S].

    ``formula`` takes conductances [uS] and returns what is printed, uS where it is a conductance.
    """
    g = np.linspace(*window, POINTS)
    y = np.asarray(formula(1e6 * g)) * (1.0 if of in (Shown.DRIFT, Shown.DRIFT_SPREAD) else 1e-6)
    return PublishedCurve(of=of, source=source, x=tuple(g.tolist()), y=tuple(y.tolist()),
                          within=within, at=at)  # fmt: skip


def both_steps(
    source: Source, up: Callable[[Floats], Floats], down: Callable[[Floats], Floats],
    ends: tuple[float, float], window: tuple[float, float],
) -> tuple[PublishedCurve, ...]:  # fmt: skip
    """Return steps printed against weights from ``ends``, over conductances of ``window`` [S]."""
    w, g = np.linspace(*ends, POINTS), np.linspace(*window, POINTS)
    siemens = (window[1] - window[0]) / (ends[1] - ends[0])
    return tuple(
        PublishedCurve(of=of, source=source, x=tuple(g.tolist()), within=DIGITS,
                       y=tuple((siemens * np.asarray(law(w))).tolist()))
        for of, law in ((Shown.SET_STEP, up), (Shown.RESET_STEP, down))
    )  # fmt: skip
