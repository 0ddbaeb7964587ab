"""Conductance traces of pulse trains, and what they say of steps and spreads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from crossbar.devices.measured.smoothing import BAND, local_linear, weights_of
from crossbar.errors import DataError, message
from crossbar.types import Floats, Integers, Masks

POINTS = 33  # conductances at which the steps are given
Span: TypeAlias = tuple[float, float]
WHOLE: Span = (0.0, 1.0)  # of u
BACK = 0.2  # of the way of a train, how far noise may take it back
FIT = "fit a law, which needs no difference of reads: crossbar device fit FILE --out DIR."


@dataclass(frozen=True)
class Trace:
    """Conductances ``g`` (pulses + 1,) [S] before and after every pulse of one train."""

    device: int
    cycle: int
    rising: bool
    g: Floats


@dataclass(frozen=True)
class Columns:
    """Steps at normalised conductances ``u`` (points,), relative to the range.

    ``steps`` (4, points) are mean and spread of set, mean and spread of reset steps. The range,
    ``g_min`` to ``g_max`` [S], is None where only normalised conductances are known. Set and reset
    steps were ``measured`` from one u to another; outside they are those of the nearer end. A
    ``note`` says what else the steps rest on.
    """

    u: Floats
    steps: Floats
    g_min: float | None = None
    g_max: float | None = None
    measured: tuple[Span, Span] = (WHOLE, WHOLE)
    note: str = ""


@dataclass(frozen=True)
class Reduction:
    """What was measured: steps, and the spreads from device to device as Memristor names them."""

    columns: Columns
    sigma_d2d: float = 0.0
    sigma_asymmetry_d2d: float = 0.0
    sigma_bounds_d2d: float = 0.0


def reduced(traces: Sequence[Trace], where: str = "traces") -> Reduction:
    """Return mean and spread of the steps against conductance.

    A device moves between its own bounds: where its set trains end and its reset trains end, on
    average. Over u, counted from its lower to its upper bound, the step of device d is taken as
    ``s_d m(u)`` plus a rest: m is the mean of all devices (local linear fits), s_d the size of
    device d for set and for reset. The standard deviation of the two sizes' mean is ``sigma_d2d``,
    that of their relative difference ``sigma_asymmetry_d2d``, that of the bounds relative to the
    range ``sigma_bounds_d2d``. The root mean square of the rest, at each u, is the spread from
    pulse to pulse. What varies from cycle to cycle is within it; so is what makes the curve of one
    device differ from s_d m(u) in shape. Noise of few or short trains widens ``sigma_d2d``.

    Where no set train passed, set steps are extrapolated: mean and spread keep their values at the
    nearest conductance that one passed (constant); so do reset steps. ``columns.measured`` says
    where trains passed, to half a distance of the points.

    Raises
    ------
    DataError
        If a train has fewer than four pulses, set or reset trains are missing or pass fewer than
        two of the points at which steps are given, the conductance
        does not rise over a set train (fall over a reset train) or goes back by a fifth of its way,
        or a mean step has the wrong sign by more than three of its standard errors and by 1 % of
        the largest.
    """
    devices = sorted({t.device for t in traces})
    for trace in traces:
        _check(trace, where)
    for rising in (True, False):
        for device in devices:
            if not any(t.rising == rising and t.device == device for t in traces):
                kind = "set" if rising else "reset"
                remedy = "Measure both trains of every device."
                text = message(where, f"a {kind} train of device {device}", "none", remedy)
                raise DataError(text)
    low, high = (_ends(traces, devices, top) for top in (False, True))
    g_min, g_max = float(low.mean()), float(high.mean())
    u = np.linspace(0.0, 1.0, POINTS)
    sizes, curves, spans = [], [], []
    for rising in (True, False):
        at, step, owner = _steps(traces, devices, low, high, rising, g_max - g_min)
        mean, std, size = _curve(at, step, owner, len(devices), u)
        seen = _passed(traces, devices, low, high, rising, u, where)
        _forward(mean[seen], std[seen], u[seen], len(at), rising, where)
        curves += [np.maximum(mean, 0.0)[held(seen)], std[held(seen)]]
        spans.append((float(u[seen][0]), float(u[seen][-1])))
        sizes.append(size)
    both, tilt = (sizes[0] + sizes[1]) / 2, (sizes[0] - sizes[1]) / (sizes[0] + sizes[1])
    spread = np.sqrt((_variance(low) + _variance(high)) / 2) / (g_max - g_min)
    return Reduction(
        columns=Columns(u, np.stack(curves), g_min, g_max, (spans[0], spans[1])),
        sigma_d2d=float(np.sqrt(_variance(both))),
        sigma_asymmetry_d2d=float(np.sqrt(_variance(tilt))),
        sigma_bounds_d2d=float(spread),
    )


def _variance(values: Floats) -> float:
    """Return the variance, 0 of a single value."""
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def _check(trace: Trace, where: str) -> None:
    """Raise unless ``trace`` goes the way of its pulses."""
    name = f"{'set' if trace.rising else 'reset'} train of device {trace.device}"
    name += f", cycle {trace.cycle}"
    if len(trace.g) < 5:
        remedy = "Measure longer trains."
        text = message(where, f"4 pulses or more in the {name}", f"{len(trace.g) - 1}", remedy)
        raise DataError(text)
    if (trace.g[-1] > trace.g[0]) != trace.rising:
        way = "rises" if trace.rising else "falls"
        got = f"{trace.g[0]:g} S to {trace.g[-1]:g} S"
        remedy = "Check its polarity, and that the pulses are strong enough."
        raise DataError(message(where, f"a conductance that {way} over the {name}", got, remedy))
    forward = trace.g if trace.rising else -trace.g
    back = np.maximum.accumulate(forward) - forward
    if back.max() > BACK * (forward[-1] - forward[0]):
        got = f"one that goes back by {back.max():.3g} S, at its pulse {int(back.argmax())}"
        remedy = f"Leave out what follows the turn. If reads are noisy, {FIT}"
        raise DataError(message(where, f"a monotone conductance in the {name}", got, remedy))


def _ends(traces: Sequence[Trace], devices: list[int], top: bool) -> Floats:
    """Return the upper or the lower bound of every device [S]: where its trains end."""
    return np.array([
        np.mean([t.g[-1] for t in traces if t.device == d and t.rising == top]) for d in devices
    ])  # fmt: skip


def _passed(
    traces: Sequence[Trace],
    devices: list[int],
    low: Floats,
    high: Floats,
    rising: bool,
    u: Floats,
    where: str,
) -> Masks:
    """Return at which ``u`` trains of a polarity were, to half a distance of the points."""
    ends = np.array([
        (np.array([t.g.min(), t.g.max()]) - low[d]) / (high[d] - low[d])
        for t in traces if t.rising == rising for d in [devices.index(t.device)]
    ])  # fmt: skip
    half = 0.5 * (u[1] - u[0])
    seen = (u > ends[:, 0].min() - half) & (u < ends[:, 1].max() + half)
    if seen.sum() < 2:
        kind, other = ("set", "reset") if rising else ("reset", "set")
        share = np.ptp(ends.clip(0.0, 1.0))
        remedy = f"Begin them where the {other} trains end."
        got = f"{100 * share:.2g} % of it"
        raise DataError(message(where, f"{kind} trains over the range", got, remedy))
    return np.asarray(seen)


def held(seen: Masks) -> Integers:
    """Return the index of the nearest point ``seen``, for every point; those seen have no gap."""
    places = np.flatnonzero(seen)
    return np.clip(np.arange(len(seen)), places[0], places[-1])


def _steps(
    traces: Sequence[Trace],
    devices: list[int],
    low: Floats,
    high: Floats,
    rising: bool,
    span: float,
) -> tuple[Floats, Floats, Floats]:
    """Return where each step starts (0 to 1), its size relative to the range, and its device."""
    at, step, owner = [], [], []
    for trace in traces:
        if trace.rising == rising:
            d = devices.index(trace.device)
            at.append((trace.g[:-1] - low[d]) / (high[d] - low[d]))
            step.append(np.diff(trace.g) / span * (1 if rising else -1))
            owner.append(np.full(len(trace.g) - 1, d))
    return np.concatenate(at), np.concatenate(step), np.concatenate(owner)


def _curve(
    at: Floats, step: Floats, owner: Floats, devices: int, u: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return mean and standard deviation of the step at ``u``, and the size of every device."""
    size = np.ones(devices)
    for _ in range(2):  # sizes from the mean curve, and the mean curve from steps of one size
        mean = local_linear(at, step / size[owner], u)
        here = np.interp(at, u, mean)
        size = np.array([
            np.sum((step * here)[owner == d]) / np.sum((here**2)[owner == d])
            for d in range(devices)
        ])  # fmt: skip
        size = size / size.mean()
    rest = (step / size[owner] - np.interp(at, u, mean)) ** 2
    weights = weights_of(at, u)
    return mean, np.sqrt(weights @ rest / weights.sum(axis=1)), size


def _forward(mean: Floats, std: Floats, u: Floats, steps: int, rising: bool, where: str) -> None:
    """Raise if a mean step goes back by more than chance and rounding explain."""
    error = 3 * std / np.sqrt(max(steps * BAND, 1.0))
    worst = int(np.argmin(mean + error))
    if mean[worst] < -max(float(error[worst]), 0.01 * float(mean.max())):
        kind = "set" if rising else "reset"
        got = f"{mean[worst]:.2g} of the range at u = {u[worst]:.2f}"
        remedy = "Conductance must be monotone on average: measure more cycles or check the column."
        raise DataError(message(where, f"a mean {kind} step >= 0", got, remedy))
