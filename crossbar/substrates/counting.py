"""Counting what pulses took, of changes and of programming."""

from __future__ import annotations

from crossbar.activity import EVENT
from crossbar.devices import Device, Tally
from crossbar.types import Floats


def pulse_energy(device: Device, tally: Tally) -> float:
    """Return the energy [J] of pulses: that of the current really drawn, V I(V) t.

    I is that at the mean conductance that the pulses met.
    """
    pulses, met = tally.pulses, tally.conductance
    v_write, t_write = device.write_pulse
    if not (t_write and pulses):
        return 0.0
    return device.conduction.squared(met / pulses, v_write) * t_write * met


def count_programming(counts: Floats, device: Device, tally: Tally) -> None:
    """Add to ``counts`` what programming took: pulses, reads that verified, energy and time.

    The energy of its pulses is that of the pulses of an update.
    """
    counts[EVENT["program_pulses"]] += tally.pulses
    counts[EVENT["program_reads"]] += tally.reads
    counts[EVENT["program_energy"]] += pulse_energy(device, tally) + tally.read_energy
    counts[EVENT["program_time"]] += tally.seconds
