"""Counting what changes and programming of a tile did: pulses, products, conversions, energy."""

from __future__ import annotations

from typing import NamedTuple

from crossbar.activity import EVENT
from crossbar.devices import Device, Tally
from crossbar.kernels.offers import CHANGED, CONDUCTANCE, PULSES, SATURATED
from crossbar.types import Floats


class Products(NamedTuple):
    """How many products a change took, and how many weights it was offered to."""

    multiplied: float
    converted: float
    offered: float


def count_update(
    counts: Floats, device: Device, copies: int, tally: Tally, products: Products
) -> None:
    """Add an update to ``counts``: its products, its pulses, and the energy of its pulses.

    The energy is that of the current really drawn, V I(V) t, at the conductance that the pulses
    met.
    """
    happened = tally.totals.tolist()  # plain numbers, as reading each from an array takes longer
    pulses, met = happened[PULSES], happened[CONDUCTANCE]
    counts[EVENT["mac_outer"]] += products.multiplied
    counts[EVENT["update_adc"]] += products.converted
    counts[EVENT["update_weights"]] += products.offered * copies
    counts[EVENT[device.write_event]] += pulses
    counts[EVENT["cells_changed"]] += happened[CHANGED]
    counts[EVENT["saturated"]] += happened[SATURATED]
    counts[EVENT["write_energy"]] += _pulse_energy(device, pulses, met)


def _pulse_energy(device: Device, pulses: float, met: float) -> float:
    """Return the energy [J] of ``pulses`` that met conductances of ``met`` [S], summed."""
    v_write, t_write = device.write_pulse
    if not (t_write and pulses):
        return 0.0
    return device.conduction.squared(met / pulses, v_write) * t_write * met


def count_programming(counts: Floats, device: Device, tally: Tally) -> None:
    """Add to ``counts`` what programming took: pulses, reads that verified, energy and time.

    The energy of its pulses is that of :func:`count_update`.
    """
    counts[EVENT["program_pulses"]] += tally.pulses
    counts[EVENT["program_reads"]] += tally.reads
    energy = _pulse_energy(device, tally.pulses, tally.conductance) + tally.read_energy
    counts[EVENT["program_energy"]] += energy
    counts[EVENT["program_time"]] += tally.seconds
