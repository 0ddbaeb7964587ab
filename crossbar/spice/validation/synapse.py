"""The CMOS synapse in transistors: linearity, speed, energy and mismatch against its behaviour."""

from __future__ import annotations

import numpy as np

from crossbar.energy.published import A_AV, T_WRITE
from crossbar.random import Streams
from crossbar.spice.engine import measure
from crossbar.spice.synapse.cell import levels, on_resistance
from crossbar.spice.synapse.circuit import Synapse
from crossbar.spice.synapse.mismatch import Mismatch, behavioural_inl, monte_carlo
from crossbar.spice.synapse.slots import column, measure_slots, random_codes
from crossbar.spice.validation import objects
from crossbar.spice.validation.check import Check, Row
from crossbar.types import Floats

TRANSITIONS = 20
CHIPS = 500
CELLS = 10_000  # behavioural synapses: their own spread of the 95 % point is 0.2 of the chips'
SIGMAS = 4.0  # standard errors of a statistical tolerance: false alarm 6e-5 in normal deviations
FALSE_ALARM = 1e-4  # of the Kolmogorov-Smirnov distance


def _static(name: str, _: Streams) -> list[Row]:
    """Compare every code of the nominal synapse with a straight line of the expected step."""
    synapse = Synapse()
    g = levels(synapse)
    step = (g[-1] - g[0]) / (len(g) - 1)
    expected = 1.0 / (synapse.r_u + on_resistance(synapse))
    detail = f"{synapse.bits} bits, transistors without mismatch, {synapse.v_in:g} V"
    return [
        Row(check=name, metric="largest INL", error=float(np.abs(measure.inl(g)).max()),
            tolerance=0.1, unit="LSB", note=detail),
        Row(check=name, metric="step to 1/(R_u + R_on)", error=float(abs(step / expected - 1)),
            tolerance=0.01, note=f"{detail}; R_on of a lone switch"),
    ]  # fmt: skip


def _dynamic(name: str, streams: Streams) -> list[Row]:
    """Compare random transitions with the published slot and energy."""
    synapse = Synapse()
    codes = random_codes(synapse.bits, TRANSITIONS, rng=streams(name))
    slots = [written for written, _ in measure_slots(synapse, codes)]
    energies = column(slots, "energy")
    ratio = float(energies.mean()) / A_AV
    detail = f"mean of {TRANSITIONS} random transitions: {1e15 * energies.mean():.1f} fJ, "
    detail += f"standard deviation {1e15 * energies.std(ddof=1):.1f} fJ"
    return [
        Row(check=name, metric="longest 1 % settling", tolerance=T_WRITE, unit="s",
            error=float(column(slots, "settling").max()), note="tolerance: the published slot"),
        Row(check=name, metric=f"energy, factor to {1e15 * A_AV:.2f} fJ", tolerance=1.5,
            error=max(ratio, 1.0 / ratio), note=detail),
    ]  # fmt: skip


def _mismatch(name: str, streams: Streams) -> list[Row]:
    """Compare a Monte Carlo over transistors and resistors with the mismatch of the device."""
    device, synapse = objects.synapse(), Synapse()
    mismatch = Mismatch().for_unit(synapse, device.sigma_unit)
    circuits = monte_carlo(synapse, mismatch, CHIPS, rng=streams(name, of="circuit"))
    rng = streams(name, of="behaviour")
    behaviour = behavioural_inl(device.bits, device.sigma_unit, CELLS, rng=rng)
    middle, margin = quantile(behaviour, 0.95, len(circuits.inl))
    apart, limit = distance(circuits.inl, behaviour)
    detail = f"{CHIPS} circuits, {behaviour.size} behavioural cells"
    return [
        Row(check=name, metric="unit mismatch",
            error=abs(circuits.sigma_unit - device.sigma_unit), tolerance=SIGMAS * circuits.error,
            note=f"{100 * circuits.sigma_unit:.3f} % fitted, {100 * device.sigma_unit:g} % asked "
            f"for; tolerance: {SIGMAS:g} standard errors"),
        Row(check=name, metric="INL, 95 % stay below", error=abs(circuits.p95 - middle),
            tolerance=margin, unit="LSB", note=f"{circuits.p95:.3f} LSB in circuit, "
            f"{middle:.3f} LSB by behaviour; tolerance: {SIGMAS:g} standard errors"),
        Row(check=name, metric="INL distributions, distance", error=apart,
            tolerance=limit, note=f"{detail}; Kolmogorov-Smirnov, false alarm {FALSE_ALARM:g}"),
    ]  # fmt: skip


def quantile(sample: Floats, share: float, n: int) -> tuple[float, float]:
    """Return the ``share`` quantile of ``sample``, and how far that of n others may lie from it.

    The number of n draws below the quantile is binomial; :data:`SIGMAS` of its standard deviations
    either way are two other quantiles, the farther of which bounds the distance.
    """
    spread = SIGMAS * np.sqrt(share * (1.0 - share) / n)
    low, middle, high = np.quantile(sample, [share - spread, share, min(share + spread, 1.0)])
    return float(middle), float(max(high - middle, middle - low))


def distance(a: Floats, b: Floats) -> tuple[float, float]:
    """Return the largest distance of two empirical distributions, and its critical value.

    The critical value at the false alarm rate p is sqrt(ln(2/p)/2 (1/n + 1/m)).
    """
    at = np.concatenate([a, b])
    below = [np.searchsorted(np.sort(s), at, side="right") / s.size for s in (a, b)]
    limit = np.sqrt(np.log(2.0 / FALSE_ALARM) / 2.0 * (1.0 / a.size + 1.0 / b.size))
    return float(np.abs(below[0] - below[1]).max()), float(limit)


CHECKS = (
    Check("CMOS synapse, every code", _static),
    Check("CMOS synapse, random transitions", _dynamic),
    Check("CMOS synapse, mismatch", _mismatch),
)
