"""What spiking layers did in time: rasters, shares, records, and the section of the report."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar import Streams
from crossbar.errors import ConfigError
from crossbar.nn import Dense, Network
from crossbar.report import write_report
from crossbar.runs import experiment, train
from crossbar.spiking import (
    ClockedLIF,
    SynapticDelays,
    Traces,
    clocked_network,
    event_network,
    first_spike_network,
)
from crossbar.substrates import Digital


def draws() -> np.random.Generator:
    return np.random.default_rng(0)


X = np.random.default_rng(1).random((6, 4))


def test_steps_are_told_by_their_ends():
    network = clocked_network(hidden=(7, 5), steps=12, decoder="rate")
    chip = network.build(Digital(dtype=np.float64), Streams(0))
    traces = Traces.of(chip, X, rng=draws())
    fired = [chip.layers[name].outputs for name in ("hidden1", "hidden2")]
    assert traces.spikes == sum(one.sum() for one in fired) / 6
    firing = sum(one.any(axis=1).sum() for one in fired)
    assert traces.active == pytest.approx(firing / (6 * 12))
    run = traces.recording(3)
    for name, one in zip(("hidden1", "hidden2"), fired, strict=True):
        steps = np.rint(run.spikes[name].times / 1e-6).astype(int) - 1
        np.testing.assert_array_equal(np.argwhere(one[3]), np.c_[steps, run.spikes[name].lines])
        assert run.voltages[name].shape == (12, one.shape[2])
    assert traces.until == pytest.approx(12e-6)


def test_without_synaptic_current_spikes_are_at_the_beginnings_of_steps():
    network = clocked_network(neuron=ClockedLIF(tau_s=0.0), decoder="rate")
    traces = Traces.of(network.build(Digital(), Streams(0)), X, rng=draws())
    assert traces.recording(0).times[0] == 0.0
    steps = traces.layers["hidden1"].times * 1e6
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-9)
    assert steps.min() < 0.5


def test_first_spikes_are_as_the_layers_give_them_and_records_count_them():
    chip = first_spike_network().build(Digital(dtype=np.float64), Streams(0))
    times = chip.signals(X, rng=draws())
    record = Traces.of(chip, X, rng=draws()).record()
    kept = record["layers"]["hidden"]
    expected = np.sort(times[2][0][np.isfinite(times[2][0])])
    np.testing.assert_allclose(kept["times"], expected, rtol=1e-12)
    assert sum(kept["first"]) == np.isfinite(times[2]).sum()
    assert kept["silent"] == pytest.approx(np.isinf(times[2]).mean())
    assert record["at"] == []
    assert kept["voltages"] == []


def test_events_are_told_with_all_their_spikes_and_their_time_counts():
    network = event_network(recurrent=True, delays=SynapticDelays())
    chip = network.build(Digital(dtype=np.float64), Streams(0))
    assert Traces.of(chip, X, rng=draws()).until == network.lasts == 1e-5
    before = chip.activity.copy()
    traces, state = Traces.of(chip, X, rng=draws()), chip.layers["hidden"]
    counts = state.fired.counts
    assert traces.spikes == pytest.approx(counts.sum() / 6 + traces.layers["out"].times.size / 6)
    run, took = traces.recording(2), chip.activity.since(before)
    np.testing.assert_array_equal(run.spikes["hidden"].counts(), counts[2])
    assert took.total("neuron_time") == pytest.approx(6 * (30 + 3) * 1e-5)
    arrive = (state.fired.spikes * 1e-6 + 1e-7 < 1e-5).sum()
    hidden = took.total("queued", "hidden")
    assert hidden == 6 * 4 * 30 + arrive  # each line to every neuron, and those between them


def test_a_chip_without_spikes_is_refused():
    network = Network(input_shape=(4,), layers={"out": Dense(units=2)})
    with pytest.raises(ConfigError, match=r"^Traces.of.chip: expected a layer of spiking neurons"):
        Traces.of(network.build(Digital(), Streams(0)), X, rng=draws())


def test_many_layers_have_colours_again(tmp_path):
    settings = {
        "data": {"kind": "yin-yang", "samples": 60},
        "network": {"kind": "spiking-steps", "hidden": [2] * 9, "steps": 3},
        "train": {"epochs": 1, "batch": 20, "gamma": 1e-3},
        "device": {"kind": "float"},
        "learner": {"kind": "cosine"},
    }
    train(experiment(settings), tmp_path / "run")
    assert "run-raster" in write_report(tmp_path / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["spiking", "spiking-steps", "spiking-events"])
def test_a_report_shows_the_spikes(tmp_path, kind):
    settings = {
        "data": {"kind": "yin-yang", "samples": 200},
        "network": {"kind": kind},
        "train": {"epochs": 1, "batch": 20, "gamma": 1e-3},
        "device": {"kind": "float"},
        "learner": {"kind": "adam"},
    }
    result = train(experiment(settings), tmp_path / "run")
    seen = result["per_seed"][0]["spikes"]
    assert seen["samples"] == 28  # the test part, a seventh
    page = write_report(tmp_path / "run").read_text(encoding="utf-8")
    drawn = ["run-raster", "run-first-spikes"] + ["run-membranes"] * (kind == "spiking-steps")
    for name in drawn:
        assert name in page
    assert f"In the mean of 28 there are {seen['spikes']:.0f}" in page
