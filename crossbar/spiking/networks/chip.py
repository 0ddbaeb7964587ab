"""A spiking network in hardware: what was programmed, and runs of events through it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from crossbar.activity import Activity
from crossbar.checks import require_generator, require_part
from crossbar.displayed import Displayed
from crossbar.errors import ShapeError, fail, message, nearest, require_number
from crossbar.errors import shown as written
from crossbar.progress import Progress, reporting, shown
from crossbar.spiking.networks.group import Group
from crossbar.spiking.networks.recording import Recording
from crossbar.spiking.networks.wired import Arrivals, Wired
from crossbar.spiking.neurons import NeuronState
from crossbar.spiking.spikes import Spikes
from crossbar.types import Floats, Rng
from crossbar.units import text

LOOP = "Give one of its synapses a delay."


@dataclass(eq=False, repr=False)
class SpikingChip(Displayed):
    """Neurons and programmed synapses, through which ``run`` lets events.

    Attributes
    ----------
    inputs, groups, synapses
        By name.
    states
        State of the neurons of every group; the next run resumes from it.
    activity
        What happened: reads of cells, spikes, synaptic events.
    """

    inputs: Mapping[str, int]
    groups: Mapping[str, Group]
    synapses: dict[str, Wired]
    states: dict[str, NeuronState]
    activity: Activity

    def __post_init__(self) -> None:
        self.back, self.order = self._plan()
        self.slice = min((self.synapses[name].shortest for name in self.back), default=math.inf)
        self.slice *= 1 - 1e-9  # sums of times are rounded
        self.waiting = {name: one.spec.queue.build() for name, one in self.synapses.items()}

    @property
    def t(self) -> float:
        """Time up to which events went through [s]."""
        return max((state.t for state in self.states.values()), default=0.0)

    def _plan(self) -> tuple[list[str], list[str]]:
        """Return the synapses that lead back, none without a loop, and the order of the groups.

        Synapses between groups lead back if they all have a delay: what they bring in a slice of
        time was sent before it, as long as a slice is no longer than the shortest of their delays.
        """
        between = {n: s for n, s in self.synapses.items() if s.spec.source in self.groups}
        try:
            return [], self._ordered(between)
        except CycleError:
            back = [name for name, one in between.items() if one.shortest > 0]
        try:
            return back, self._ordered({n: s for n, s in between.items() if n not in back})
        except CycleError as error:
            loop = " to ".join(error.args[1])
            fail("SpikingNetwork.synapses", "a delay in every loop", f"none in {loop}", LOOP)

    def _ordered(self, between: dict[str, Wired]) -> list[str]:
        """Return the groups in an order in which those that others hear come first."""
        before: dict[str, set[str]] = {name: set() for name in self.groups}
        for one in between.values():
            before[one.spec.target].add(one.spec.source)
        return list(TopologicalSorter(before).static_order())

    @reporting
    def run(
        self, spikes: Mapping[str, Spikes], until: float, *, rng: Rng,
        currents: Mapping[str, Any] | None = None, sample: float | None = None,
        progress: Progress = shown,
    ) -> Recording:  # fmt: skip
        """Let ``spikes`` of the inputs through, from where the last run ended, and record.

        Parameters
        ----------
        spikes
            By input; one without is silent.
        until : [s]
            After the last spike.
        rng
            Draws the noise of reads.
        currents : one or (count,) [A]
            Constant currents of groups beside the synapses.
        sample : [s]
            Time between recorded voltages of membranes; None for none.
        progress
            Told of the time that has passed, in percent.

        Raises
        ------
        ConfigError
            If a name is no input or group, or time goes backwards.
        ShapeError, DataError
            If spikes are of other lines, or outside the time of the run.
        SimulationError
            If a queue is full.
        """
        require_generator("SpikingChip.run", rng)
        begin = self.t
        require_number("SpikingChip.run.until", until, above=begin, unit="s",
                       remedy="Time goes forwards.")  # fmt: skip
        given = self._given(spikes, begin, until)
        flowing = {name: (currents or {}).get(name, 0.0) for name in self.groups}
        for name in currents or {}:
            if name not in self.groups:
                fail("SpikingChip.run.currents", "a group", repr(name), nearest(name, self.groups))
        lost = {name: len(waiting.dropped) for name, waiting in self.waiting.items()}
        fired: dict[str, list[Spikes]] = {name: [] for name in self.groups}
        samples: list[tuple[float, dict[str, Floats]]] = []
        for end, sampled in _reported(self._ends(begin, until, sample), begin, until, progress):
            now = {name: one.where((one.times >= self.t) & (one.times < end))
                   for name, one in given.items()}  # fmt: skip
            self._slice(now, end, flowing, rng)
            for name, parts in fired.items():
                parts.append(now[name])
            if sampled:
                volts = {n: g.neuron.potential(self.states[n]) for n, g in self.groups.items()}
                samples.append((end, volts))
        for name, parts in fired.items():
            self.activity.add(name, "spikes", sum(map(len, parts)))
            self.activity.add(name, "neuron_time", self.groups[name].count * (until - begin))
        dropped = {name: len(one.dropped) - lost[name] for name, one in self.waiting.items()}
        return Recording.of(given, fired, samples, dropped, until)

    def _ends(
        self, begin: float, until: float, sample: float | None
    ) -> Iterator[tuple[float, bool]]:
        """Yield the ends of the slices of a run [s], and whether voltages are taken there."""
        edges = [until]
        if sample is not None:
            require_number("SpikingChip.run.sample", sample, above=0, unit="s")
            count = math.ceil((until - begin) / sample - 1e-9)  # the last one is not of rounding
            edges = [*(begin + sample * np.arange(1, count)).tolist(), until]
        for edge in edges:
            pieces = max(1, math.ceil((edge - begin) / self.slice))
            for k in range(1, pieces):
                yield begin + (edge - begin) * k / pieces, False
            yield edge, sample is not None
            begin = edge

    def _slice(
        self, now: dict[str, Spikes], end: float, currents: dict[str, Any], rng: Rng
    ) -> None:
        """Let one slice of time pass: groups in order, each with all that arrives in it.

        ``now`` has the spikes of the inputs, and gets those of the groups.
        """
        for name in self.order:
            into = {n: s for n, s in self.synapses.items() if s.spec.target == name}
            for label, one in into.items():
                if label not in self.back:
                    one.send(now[one.spec.source], self.waiting[label])
            due = Arrivals.joined(
                [one.arrived(self.waiting[label], end, rng) for label, one in into.items()]
            )
            state, neuron = self.states[name], self.groups[name].neuron
            arriving = Spikes(due.times, due.neurons, state.count)
            now[name] = neuron.respond(arriving, due.charges, end, state, current=currents[name])
        for label in self.back:  # which arrives in a later slice
            one = self.synapses[label]
            one.send(now[one.spec.source], self.waiting[label])

    def _given(self, spikes: Mapping[str, Spikes], begin: float, until: float) -> dict[str, Spikes]:
        """Return the spikes of every input, checked."""
        where = "SpikingChip.run.spikes"
        if not isinstance(spikes, Mapping):
            fail(where, "Spikes by input", written(spikes), f"Inputs: {', '.join(self.inputs)}.")
        for name, one in spikes.items():
            if name not in self.inputs:
                fail(where, "an input", repr(name), nearest(str(name), self.inputs))
            require_part(f"{where}['{name}']", one, Spikes)
            if one.width != self.inputs[name]:
                expected, got = f"{self.inputs[name]} lines", f"{one.width}"
                raise ShapeError(message(f"{where}['{name}']", expected, got, "Give all lines."))
            if len(one) and not begin <= one.times[0] <= one.times[-1] < until:
                got = f"{one.times[0]:g} to {one.times[-1]:g} s"
                fail(f"{where}['{name}']", f"times from {begin:g} s, before {until:g} s", got,
                     "Time goes forwards.")  # fmt: skip
        return {name: spikes.get(name, Spikes.none(width)) for name, width in self.inputs.items()}


def _reported(
    ends: Iterator[tuple[float, bool]], begin: float, until: float, progress: Progress
) -> Iterator[tuple[float, bool]]:
    """Yield the ends of slices, and tell the percent of the run that is done after each."""
    last = 0
    for end, sampled in ends:
        yield end, sampled
        done = int(100 * (end - begin) / (until - begin))
        if done > last:
            last = done
            progress("run", done, 100, f"{text(end, 's')} of {text(until, 's')}")
