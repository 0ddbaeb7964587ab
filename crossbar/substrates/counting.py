"""Counting what changes and programming of a tile did: pulses, products, conversions, energy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crossbar.activity import EVENT
from crossbar.devices import Device, Tally
from crossbar.kernels import offers
from crossbar.kernels.offers import CONDUCTANCE, PULSES
from crossbar.types import Floats, Integers

WRITE_ENERGY = EVENT["write_energy"]


class Products(NamedTuple):
    """How many products a change took, and how many weights it was offered to."""

    multiplied: float
    converted: float
    offered: float


class UpdateCounter:
    """Counts the updates of a tile: products, pulses, and the energy of the pulses.

    Parameters
    ----------
    device
        The cells.
    copies
        How many arrays hold the same weights.
    """

    def __init__(self, device: Device, copies: int) -> None:
        self.device, self.copies = device, copies
        first = ("mac_outer", "update_adc", "update_weights", device.write_event)
        places = [EVENT[event] for event in (*first, "cells_changed", "saturated")]
        self.places: Integers = np.array(places)

    def count(self, counts: Floats, tally: Tally, products: Products) -> None:
        """Add one update to ``counts``.

        The energy is that of the current really drawn, V I(V) t, at the conductance that the pulses
        met.
        """
        multiplied, converted, offered = products
        totals = tally.totals
        offers.count_update(
            counts, self.places, totals, multiplied, converted, offered * self.copies
        )
        counts[WRITE_ENERGY] += _pulse_energy(self.device, totals[PULSES], totals[CONDUCTANCE])


def _pulse_energy(device: Device, pulses: float, met: float) -> float:
    """Return the energy [J] of ``pulses`` that met conductances of ``met`` [S], summed."""
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
    energy = _pulse_energy(device, tally.pulses, tally.conductance) + tally.read_energy
    counts[EVENT["program_energy"]] += energy
    counts[EVENT["program_time"]] += tally.seconds
