"""Layers of neurons that fire any number of times, from event to event."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.spikes.arrivals import ALL, arrange
from crossbar.kernels.spikes.crossing import NEVER
from crossbar.kernels.spikes.flow import (
    STILL,
    Flow,
    Membrane,
    charged,
    due,
    fired,
    moved,
    rise,
    step,
)
from crossbar.types import Doubles, Integers

NONE = -1


class Given(NamedTuple):
    """What arrives at a layer, and what it reads."""

    times: Doubles
    """Spikes of the inputs (n, lines * slots), infinity for none."""
    delays: Doubles
    """Of a line to all neurons alike, (1, lines), or to each, (cols, lines)."""
    read: Doubles
    """Rows of weights as they were read, (reads, cols)."""
    rows: Integers
    """Which of them each spike of the inputs reads, (n, lines * slots) or (1, lines * slots)."""
    own: Doubles
    """Rows of the weights from neuron to neuron, (reads, cols)."""
    own_rows: Integers
    """Which of them each spike of the neurons reads, (n, cols, spikes) or (1, cols, 1)."""


class Fired(NamedTuple):
    """What neurons did."""

    spikes: Doubles
    """Times (n, cols, spikes), infinity for none."""
    slopes: Doubles
    """dV/dt before each spike, and at the end of its refractory time, (n, cols, spikes, 2)."""
    counts: Integers
    """Spikes of every neuron (n, cols): one more than there is room for if there were more."""
    log: Integers
    """Of neurons that send to each other: numbers of the spikes in their order, (n, spikes)."""


class _Neurons(NamedTuple):
    """Membranes (cols, 3) at their times (cols,), and when they fire next (cols,)."""

    y: Doubles
    at: Doubles
    ripe: Doubles


@jit
def _touch(f, hold, now, n, low, high, end, since, weights, row, fires, sent):
    """Let neurons ``low`` to ``high`` fire until ``end``, and take their weights in ``row`` there.

    Many membranes are at ``since``. Nothing arrives where ``row`` is NONE. Returns how many spikes
    there are in the log.
    """
    (y, at, ripe), (spikes, slopes, counts, log) = now, fires
    room, common = spikes.shape[2], step(f, end - since) if end > since else STILL
    for j in range(low, high):
        m, t, waits = Membrane(y[j, 0], y[j, 1], y[j, 2]), at[j], row != NONE
        while waits or ripe[j] < end:
            spiking = ripe[j] < end
            time = ripe[j] if spiking else end
            if time > t:
                s = common if t == since and not spiking else step(f, time - t)
                m, t = moved(s, m), time
            if spiking and counts[n, j] >= room:  # no more: who calls sees it by the count
                counts[n, j], ripe[j] = room + 1, NEVER
                continue
            if spiking:
                slot = counts[n, j]
                spikes[n, j, slot], slopes[n, j, slot, 0] = t, rise(f, m)
                m, t = fired(f, m, hold), t + f.refractory
                counts[n, j] += 1
                if f.lag > 0.0:
                    log[n, sent] = j * room + slot
                    sent += 1
            else:
                m, waits = charged(f, m, weights[row, j], t - end), False
            if t > end or spiking:  # how it leaves the refractory time
                slopes[n, j, counts[n, j] - 1, 1] = rise(f, m)
            ripe[j] = t + due(f, m)
        y[j, 0], y[j, 1], y[j, 2], at[j] = m.w, m.i, m.x, t
    return sent


@jit
def _first(ripe):
    """Return the neuron that fires first."""
    j = 0
    for k in range(1, ripe.size):
        if ripe[k] < ripe[j]:
            j = k
    return j


@jit
def row_of(rows, n, k):
    """Return the row that spike ``k`` of sample ``n`` reads."""
    return rows[n if rows.shape[0] > 1 else 0, k]


@jit
def own_row(rows, n, j, slot):
    """Return the row that a spike of neuron ``j`` in its ``slot`` reads."""
    last = rows.shape[2] - 1
    return rows[n if rows.shape[0] > 1 else 0, j, slot if slot < last else last]


@jit
def run_events(f: Flow, given: Given, fires: Fired, membranes: Doubles) -> None:
    """Let the spikes of every sample through, and write down what neurons do.

    ``fires`` begins with spikes of infinity and counts of 0, and ``membranes`` (n, cols) become the
    voltages at the end.
    """
    times, delays, read, rows, own, own_rows = given
    spikes, log, cols = fires.spikes, fires.log, fires.counts.shape[1]
    slots, hold = times.shape[1] // delays.shape[1], step(f, f.refractory)
    y, at, ripe = now = _Neurons(np.empty((cols, 3)), np.empty(cols), np.empty(cols))
    for n in range(times.shape[0]):
        arrivals, which, targets = arrange(times[n], delays, slots, f.duration)
        since = arrivals[0] if arrivals.size else f.duration
        y[:], at[:], ripe[:] = 0.0, since, NEVER
        k, echo, sent, sent_at, going = 0, 0, 0, spikes[n].reshape(-1), True
        while going:
            arrival = arrivals[k] if k < arrivals.size else NEVER
            echoed = sent_at[log[n, echo]] + f.lag if echo < sent else NEVER
            end = min(arrival, echoed, f.duration)
            weights, row, low, high, first = read, NONE, 0, cols, 0
            if f.lag > 0.0:
                first = _first(ripe)
            if f.lag > 0.0 and ripe[first] < end:
                low, high, end = first, first + 1, np.nextafter(ripe[first], NEVER)
            elif end == f.duration:
                going = False
            elif echoed < arrival:
                one, slot = divmod(log[n, echo], spikes.shape[2])
                weights, row = own, own_row(own_rows, n, one, slot)
                echo += 1
            else:
                row = row_of(rows, n, which[k])
                if targets[k] != ALL:
                    low, high = targets[k], targets[k] + 1
                k += 1
            sent = _touch(f, hold, now, n, low, high, end, since, weights, row, fires, sent)
            since = end if row != NONE else since
        for j in range(cols):
            rest = max(f.duration - at[j], 0.0)
            membranes[n, j] = moved(step(f, rest), Membrane(y[j, 0], y[j, 1], y[j, 2])).w
