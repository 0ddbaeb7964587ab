"""Spiking neurons in ngspice: charges, energies, a calibrated neuron, layers of them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from crossbar.cli import main
from crossbar.errors import DataError, ShapeError, SimulationError
from crossbar.plots.neurons import calibrated_neuron
from crossbar.random import Streams
from crossbar.spice.neurons import (
    CircuitRecording,
    NeuronCalibration,
    NeuronCircuit,
    RacingColumns,
    SpikingLayers,
)
from crossbar.spice.neurons.circuit import SUPPLY
from crossbar.spice.neurons.trials import calibrate, column, difference, poisson
from crossbar.spiking import LIF, Spikes

pytestmark = pytest.mark.ngspice
CIRCUIT = NeuronCircuit()
G = 1 / np.array([100e3, 200e3, 400e3, 150e3])
QUIET = Spikes([1e-6, 1.5e-6, 4e-6], [0, 3, 2], 4)  # two of 0.2 and 0.13 V, one of 0.05 V


@pytest.fixture(scope="module")
def quiet() -> CircuitRecording:
    return column().run(QUIET, 8e-6)


@pytest.fixture(scope="module")
def calibration() -> NeuronCalibration:
    return calibrate(Streams(1), stimuli=3)


def test_the_membrane_keeps_the_charge_of_pulses(quiet):
    """C V = int I dt - g int V dt, and int I dt = ratio V t G by the trapezoids of the sources."""
    t, v, i = quiet.t, quiet.membranes[0][:, 0], quiet.currents[0][:, 0]
    given = CIRCUIT.ratio * CIRCUIT.v_read * CIRCUIT.t_pulse * G[QUIET.lines].sum()
    assert np.trapezoid(i, t) == pytest.approx(given, rel=1e-6, abs=0)
    leaked = CIRCUIT.g_leak * np.trapezoid(v, t)
    assert CIRCUIT.capacitance * v[-1] == pytest.approx(
        given - leaked, rel=1e-5, abs=0
    )  # reltol 1e-6
    assert not len(quiet.spikes[0])


def test_energies_of_events_are_in_closed_form(quiet):
    """Cells take V^2 G (t - edge / 3), as edges are ramps; the supply gives ratio V G t."""
    charge = CIRCUIT.v_read * G[QUIET.lines].sum()
    cells = CIRCUIT.v_read * charge * (CIRCUIT.t_pulse - CIRCUIT.edge / 3)
    mirrors = SUPPLY * CIRCUIT.ratio * charge * CIRCUIT.t_pulse
    # Edges are of few steps: trapezoids of a square are too large by a share of 1e-4 of a pulse.
    assert quiet.energies["word lines"] == pytest.approx(cells, rel=2e-4, abs=0)
    assert quiet.energies["mirrors"] == pytest.approx(mirrors, rel=1e-6, abs=0)
    assert quiet.events == 3
    assert quiet.energy_event == pytest.approx((cells + mirrors) / 3, rel=2e-4, abs=0)
    with pytest.raises(SimulationError, match="expected events and spikes, got none"):
        _ = quiet.energy_spike


def test_the_calibrated_neuron_fires_as_the_circuit_on_what_it_has_not_seen(calibration):
    for trial in calibration.held_out:
        assert len(trial.recording.spikes[0]) > 4
        np.testing.assert_array_equal(trial.recording.spikes[0].counts(), trial.spikes.counts())
    assert calibration.worst < 50e-9
    assert calibration.worst < max(trial.nominal_error for trial in calibration.held_out) / 10
    neuron = calibration.neuron
    assert neuron.capacitance == pytest.approx(CIRCUIT.capacitance, rel=1e-4, abs=0)
    assert neuron.g_leak == pytest.approx(CIRCUIT.g_leak, rel=1e-3, abs=0)


def test_threshold_is_the_saddle_node_of_the_comparator(calibration):
    """V = v_th - 0.49 L + atanh(2 L - 1) / 2000 has its maximum where L (1 - L) = 1 / 1960."""
    latch = (1 - np.sqrt(1 - 4 / 1960)) / 2
    turns = CIRCUIT.v_th - 0.49 * latch + np.arctanh(2 * latch - 1) / 2000
    assert calibration.neuron.threshold == pytest.approx(turns, abs=1e-4)


def test_a_spike_takes_what_charges_its_latch(calibration):
    """The driver gives C V^2, half of it into the capacitor, and a little while it turns."""
    charged = CIRCUIT.c_latch * SUPPLY**2
    assert charged * 0.99 < calibration.energy_spike < charged * 1.03


def test_layers_fire_as_the_neurons_event_by_event(calibration):
    rng = np.random.default_rng(4)
    cells = [1 / rng.uniform(100e3, 400e3, (4, 3)), 1 / rng.uniform(50e3, 200e3, (3, 2))]
    layers = SpikingLayers(cells, CIRCUIT)
    stimulus = poisson(CIRCUIT, 4, rate=1.1e5, until=60e-6, rng=rng)
    recording = layers.run(stimulus, 60e-6)
    pulses = recording.pulses(CIRCUIT.pulses)
    assert pulses.t_pulse == pytest.approx(CIRCUIT.t_pulse, rel=0.02, abs=0)
    assert 0 < pulses.delay < 2e-9
    fired = layers.behave(calibration.neuron, stimulus, 60e-6, hidden=pulses, rng=rng)
    for circuit, behaviour in zip(recording.spikes, fired, strict=True):
        assert circuit.counts().min() > 0
        assert difference(circuit, behaviour) < 50e-9
    assert recording.events == 3 * len(stimulus) + 2 * len(recording.spikes[0])
    assert recording.energies["pulses"] > 0


def test_a_cut_layer_gives_other_spikes(calibration):
    """The comparison notices a cell: without one of four, spikes differ."""
    trial = calibration.held_out[0]
    cells = np.where(np.arange(4)[:, None] == 0, 0.0, G[:, None])
    other = SpikingLayers([cells], CIRCUIT)
    rng = np.random.default_rng(0)
    fired = other.behave(calibration.neuron, trial.stimulus, 1e-4, hidden=CIRCUIT.pulses, rng=rng)
    assert difference(trial.recording.spikes[0], fired[0]) > 1e-6


def test_figure_and_command(calibration, monkeypatch, capsys, tmp_path):
    drawing = calibrated_neuron(calibration)
    assert np.abs(drawing.data["circuit [V]"] - drawing.data["neuron [V]"]).median() < 1e-3
    monkeypatch.setattr("sys.argv", ["crossbar", "spice", "neuron", "--stimuli", "1", "--json",
                                     "--out", str(tmp_path)])  # fmt: skip
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    record = json.loads(capsys.readouterr().out)
    assert record["error"] < 50e-9
    assert len(record["held_out"]) == 1
    assert record["energy_spike"] > 0
    assert (tmp_path / "spiking-neuron.svg").is_file()


def test_mistakes_are_named():
    with pytest.raises(ShapeError, match=r"SpikingLayers\.layers\[1\]: expected"):
        SpikingLayers([np.ones((4, 3)), np.ones((2, 2))])
    with pytest.raises(DataError, match=r"layers\[0\]: expected conductances from 0"):
        SpikingLayers([-np.ones((4, 3))])
    with pytest.raises(DataError, match="expected a layer"):
        SpikingLayers([])
    with pytest.raises(ShapeError, match=r"SpikingLayers\.spikes: expected 4 lines, got 3"):
        column().deck(Spikes([1e-6], [0], 3), 1e-5)
    with pytest.raises(DataError, match="pulses of line 0 an edge apart"):
        column().deck(Spikes([1e-6, 2.0001e-6], [0, 0], 4), 1e-5)
    assert difference(Spikes([1.0], [0], 1), Spikes.none(1)) == float("inf")
    assert LIF(threshold=0.5) == CIRCUIT.nominal


def test_columns_that_inhibit_each_other_have_the_winner_of_the_race(calibration):
    """The comparator takes 2 to 3 ns to turn, which the calibrated threshold leaves out."""
    rng = np.random.default_rng(3)
    for _ in range(3):
        columns = RacingColumns(rng.uniform(1e-6, 12e-6, (8, 4)))
        wave = rng.uniform(1e-7, 6e-6, 8)
        wave[rng.integers(8)] = np.inf
        times = columns.raced(wave, calibration.neuron)
        won = columns.run(wave, 9e-6)
        assert won is not None
        assert won.column == times.argmin()
        assert won.time == pytest.approx(times.min(), abs=5e-9)
    weak = RacingColumns(np.full((8, 4), 1e-7))
    assert weak.run(wave, 9e-6) is None
    assert np.isinf(weak.raced(wave, calibration.neuron)).all()
