"""Rules of thumb for the energy of spikes, and what a run of events takes."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit import DifferentialPair, Reading
from crossbar.devices import IdealCell
from crossbar.energy import Costs, RulesOfThumb, charged
from crossbar.random import Streams
from crossbar.spiking import LIF, Group, Spikes, SpikingNetwork, Synapses
from crossbar.substrates.tile import Tile

SPECTROGRAM_CNN = 150_128  # multiplications of an inference


def test_values_of_the_source():
    """0.691 uJ; break-even at 6.9 M spikes or 0.77 M synaptic events."""
    rule = RulesOfThumb(macs=SPECTROGRAM_CNN)
    assert rule.conventional == pytest.approx(0.691e-6, rel=1e-3, abs=0)
    assert rule.break_even == pytest.approx(6.9e6, rel=2e-3)
    assert rule.break_even_events == pytest.approx(0.77e6, rel=5e-3)


def test_both_take_the_same_at_break_even():
    leaking = {"macs": 1e4, "seconds": 1e-3, "leakage": 1e-6}
    rule = RulesOfThumb(**leaking)
    by_spikes = RulesOfThumb(spikes=rule.break_even, **leaking)
    by_events = RulesOfThumb(events=rule.break_even_events, **leaking)
    assert by_spikes.spiking == pytest.approx(rule.conventional, rel=1e-12, abs=0)
    assert by_events.spiking_by_events == pytest.approx(rule.conventional, rel=1e-12, abs=0)
    assert RulesOfThumb(**leaking | {"leakage": 1.0}).break_even < 0


def test_a_run_takes_the_energy_of_its_reads_and_its_spikes():
    """Every arrival V^2 G t of its word line, every spike of a neuron 0.1 pJ."""
    reading = Reading(v_read=0.2, t_read=1e-6, temperature=0.0)
    tile = Tile(device=IdealCell(), mapping=DifferentialPair(w_max=1.0), reading=reading,
                dtype=np.float64)  # fmt: skip
    network = SpikingNetwork(
        inputs={"in": 2}, groups={"out": Group(count=3, neuron=LIF())},
        synapses={"fc": Synapses(source="in", target="out", charge=1e-12)},
    )  # fmt: skip
    chip = network.build(tile, Streams(0), weights={"fc": np.full((2, 3), 0.9)})
    cells = sum(cells.g for cells in chip.synapses["fc"].held.tile.array.cells).sum(axis=1)
    before = chip.activity.copy()
    spikes = Spikes([1e-5, 2e-5, 3e-5], [0, 1, 1], 2)
    recording = chip.run({"in": spikes}, 1e-4, rng=np.random.default_rng(0))
    rows = charged(chip.activity.since(before), Costs(), phase="run")
    energy = {row.event: row.energy for row in rows}
    expected = 0.2**2 * 1e-6 * (cells[0] + 2 * cells[1])
    assert energy["read_energy"] == pytest.approx(expected, rel=1e-6, abs=0)
    fired = len(recording.spikes["out"])
    assert fired >= 3
    assert energy["spikes"] == pytest.approx(fired * 0.1e-12, rel=1e-12, abs=0)
