"""A pair of spikes on one memristor in ngspice: two drivers, one cell, what it moves and takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from crossbar.progress import Progress, shown
from crossbar.spice.engine import measure
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.ngspice import run_many
from crossbar.spice.engine.numbers import number, pwl
from crossbar.spice.engine.waveforms import Waveforms
from crossbar.spice.memristors.hysteresis import prepared
from crossbar.spiking.plasticity import DevicePlasticity, Moved, SpikeWaveform
from crossbar.spiking.plasticity.pairs import polarity
from crossbar.spiking.plasticity.waveform import SEEN
from crossbar.types import Floats

EDGE = 1 / 200  # of the shorter plateau, which an edge takes
POINTS = 50  # of a time constant of the tails, at least
NEVER = 1e6  # s, when a tail ends


def spike_deck(rule: DevicePlasticity, *, pre: float | None, post: float | None, x: float) -> Deck:
    """Return the netlist of a cell between a word line and a bit line with one spike each.

    Parameters
    ----------
    rule
        Cell and waveforms.
    pre, post
        When the spikes begin [s], the earlier at 0 or later; None for a line that stays at 0 V.
    x
        State at the start.
    """
    deck = prepared(f"spikes on {rule.cell.model}", rule.cell)
    deck.comment("an edge is centred where a plateau begins or ends")
    edge = EDGE * min(rule.pre.width, rule.post.width)
    for line, start, waveform in (("wl", pre, rule.pre), ("bl", post, rule.post)):
        deck.add(*_driver(line, start, waveform, edge))
    pins = ("bl", "wl") if polarity(rule.cell) > 0 else ("wl", "bl")
    deck.instance("xcell", rule.cell.model, *pins, "state", **replace(rule.cell, x0=x).parameters())
    ends = [start + each.width for start, each in ((pre, rule.pre), (post, rule.post))
            if start is not None]  # fmt: skip
    stop = edge + max(ends) + SEEN * max(rule.pre.tau, rule.post.tau)
    longest = min(rule.pre.tau, rule.post.tau) / POINTS
    deck.tran(step=longest, stop=stop, longest=longest, uic=True)
    deck.save("v(state)", "v(wl)", "v(bl)", "i(vwl)", "i(vbl)")
    return deck


def _driver(line: str, start: float | None, waveform: SpikeWaveform, edge: float) -> list[str]:
    """Return the sources of a line: plateau and step to the tail, and the end of the tail."""
    if start is None:
        return [f"V{line} {line} 0 0"]
    end = start + waveform.width
    corners = [(0.0, 0.0), (start + edge / 2, 0.0), (start + 3 * edge / 2, waveform.height),
               (end + edge / 2, waveform.height), (end + 3 * edge / 2, -waveform.tail)]  # fmt: skip
    rising = " ".join(map(number, (0, waveform.tail, end + edge, waveform.tau, NEVER, 1)))
    return [
        f"V{line} {line} {line}_tail {pwl(corners)}",
        f"V{line}_tail {line}_tail 0 EXP({rising})",
    ]


def _outcome(waves: Waveforms, x: float) -> tuple[float, float]:
    """Return change of the state and energy [J] of both lines."""
    start, stop = float(waves.axis[0]), float(waves.axis[-1])
    spent = [measure.energy(waves, f"v{line}", node=line, start=start, stop=stop)
             for line in ("wl", "bl")]  # fmt: skip
    return float(waves["v(state)"][-1]) - x, sum(spent)


def _moved(
    decks: Sequence[Deck], starts: Sequence[float], shape: tuple[int, ...], jobs: int,
    progress: Progress,
) -> Moved:  # fmt: skip
    """Simulate ``decks``, whose cells begin at the states ``starts``."""
    waves = run_many(decks, jobs=jobs, progress=progress)
    each = np.array([_outcome(wave, x) for wave, x in zip(waves, starts, strict=True)])
    return Moved(each[:, 0].reshape(shape), each[:, 1].reshape(shape))


def simulated_pairs(
    rule: DevicePlasticity, lag: Floats, x: Floats, *, jobs: int = 2, progress: Progress = shown
) -> Moved:
    """Return what ngspice says that pairs of ``lag`` (n,) [s] do to states ``x`` (m,).

    It is for comparison with :meth:`DevicePlasticity.pair`. An edge takes 0.5 % of the shorter
    plateau; lags that put one edge on another differ from ideal edges by more than others do.

    Raises
    ------
    SimulationError
        If ngspice is missing or fails.
    """
    each = [(float(t), float(start)) for t in lag for start in x]
    decks = [spike_deck(rule, pre=max(-t, 0.0), post=max(t, 0.0), x=start) for t, start in each]
    return _moved(decks, [start for _, start in each], (len(lag), len(x)), jobs, progress)


def simulated_alone(
    rule: DevicePlasticity, x: Floats, *, jobs: int = 2, progress: Progress = shown
) -> tuple[Moved, Moved]:
    """Return what ngspice says that a presynaptic and a postsynaptic spike alone do, (m,) each.

    Raises
    ------
    SimulationError
        If ngspice is missing or fails.
    """
    starts = [float(start) for start in x]
    decks = [spike_deck(rule, pre=0.0, post=None, x=start) for start in starts]
    decks += [spike_deck(rule, pre=None, post=0.0, x=start) for start in starts]
    both = _moved(decks, starts * 2, (2, len(starts)), jobs, progress)
    return Moved(both.change[0], both.energy[0]), Moved(both.change[1], both.energy[1])
