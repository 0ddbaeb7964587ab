"""Derivatives of whole chips: of loss, accuracy and energy, by settings, cells and weights."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.energy.physical import breakdown
from crossbar.nn import CrossEntropy
from crossbar.nn.pathwise import PathwiseChip
from crossbar.runs import build
from crossbar.runs.energy_record import costs
from crossbar.runs.experiment import experiment
from crossbar.runs.sensitivity import SensitiveChip, presented
from crossbar.runs.sensitivity.objectives import objectives
from crossbar.runs.sensitivity.settings import value_of
from crossbar.toml import placed

DENSE = [
    {"name": "hidden", "kind": "dense", "units": 12, "bias": True},
    {"name": "norm", "kind": "batch-normalisation"},
    {"name": "relu", "kind": "relu"},
    {"name": "drop", "kind": "dropout"},
    {"name": "skip", "kind": "dense", "units": 12, "inputs": ["hidden"]},
    {"name": "sum", "kind": "add", "inputs": ["drop", "skip"]},
    {"name": "out", "kind": "dense", "units": 3},
]
SETTINGS = {
    "seed": [0],
    "data": {"kind": "yin-yang", "samples": 34},
    "network": {"layers": DENSE},
    "device": {"kind": "reram", "sigma_read": 0.03},
    "tile": {"reading": {"v_read": 0.02, "t_read": 1e-9}, "precision": "double"},
    "train": {"weights": "memory"},
    "energy": {"images": 24},
}
NAMES = [
    "tile.reading.v_read",
    "tile.reading.temperature",
    "device.g_max",
    "device.sigma_read",
]


def sensitive(settings, number=0):
    """The chip ``number`` with initial weights, and its experiment."""
    plan = experiment(placed(settings, "chip", number))
    dataset = build.samples(plan.common.data)
    learned = build.chip(experiment(settings), dataset.ends, plan.streams(0))
    return SensitiveChip(plan, learned, 0, dataset), plan


def figures(chip, plan):
    """Mean loss and energy of an inference of the compiled chip."""
    held = chip.held.chip(plan)
    before, rng = held.activity.copy(), plan.streams(0)("sensitivity")
    outputs = held.outputs(chip.x, rng=rng)
    rows = breakdown(held.activity.since(before), costs(plan), phase="inference")
    loss = float(held.loss.values(outputs, chip.wanted).mean())
    return np.array([loss, sum(row.energy for row in rows)])


@pytest.mark.parametrize("wires", [{}, {"r_wl": 5.0, "r_bl": 5.0}])
def test_means_of_derivatives_are_derivatives_of_means(wires):
    """Over chips and noise; `benchmarks/chip_gradients.py` does it with 10 000 draws."""
    settings = SETTINGS if not wires else placed(SETTINGS, "tile.wires", wires)
    names = [*NAMES[:3], "tile.wires.r_bl"] if wires else NAMES
    moved, gaps, derivatives = 0.02, [], []
    for number in range(10):
        chip, plan = sensitive(settings, number)
        at = chip.at({}, names)
        own = [[at.by[m][name] for m in ("loss", "energy_inference")] for name in names]
        differences = []
        for name in names:
            value = value_of(plan, name)
            low, high = (
                figures(chip, experiment(placed(plan.settings, name, value * (1 + side))))
                for side in (-moved, moved)
            )
            differences.append((high - low) / (2 * moved * value))
        gaps.append(np.array(own) - differences)
        derivatives.append(differences)
    gap, size = np.mean(gaps, axis=0), np.abs(np.mean(derivatives, axis=0))
    error = np.std(gaps, axis=0, ddof=1) / np.sqrt(len(gaps))
    # Pairs share all that is drawn but the noise of reads. 8 figures are within 8 standard errors
    # of 10 draws in all but 1 of 6 000 runs; a difference over +-2 % bends by some 1e-3.
    assert (np.abs(gap) < 8 * error + 2e-3 * size).all()
    assert (size[[0, 2], 1] > 20 * error[[0, 2], 1]).all()


@pytest.mark.parametrize("trained", ["cells", "memory"])
def test_derivatives_by_weights_are_differences_where_nothing_is_random(trained):
    """Of weights that use the whole range, too, of which the largest can only fall."""
    ideal = SETTINGS | {"device": {"kind": "ideal"}}
    ideal = placed(placed(ideal, "tile.reading.temperature", 0.0), "train.weights", trained)
    chip, plan = sensitive(ideal)
    by = chip.by_weights()
    assert {name: one.shape for name, one in by.items()} == {
        "hidden": (5, 12), "skip": (12, 12), "out": (12, 3)
    }  # fmt: skip
    rng = np.random.default_rng(1)
    largest = {name: np.abs(chip.held.weights[name]).max() for name in by}
    steps = {name: 1e-5 * rng.normal(size=one.shape) for name, one in by.items()}
    for name, step in steps.items():
        step[np.abs(chip.held.weights[name]) == largest[name]] = 0.0
    ends = []
    for side in (1, -1):
        weights = {n: w + side * steps.get(n, 0.0) for n, w in chip.held.weights.items()}
        held = chip.held.chip(plan, weights=weights, largest=chip.held.largest or largest)
        scores = PathwiseChip(held).present(chip.x, rng=rng)
        ends.append(objectives(chip.held.loss, scores, chip.wanted)["loss"](scores, chip.wanted))
    change = ends[0].values.mean() - ends[1].values.mean()
    expected = 2 * sum((by[name] * step).sum() for name, step in steps.items())
    assert expected == pytest.approx(change, rel=1e-6)


@pytest.mark.parametrize(
    "parts",
    [
        {"device": {"kind": "cmos", "bits": 6, "sigma_unit": 0.0, "sigma_read": 0.0}},
        {"tile": {"mapping": {"kind": "slices"}}},
        {"tile": {"mapping": {"kind": "offset-slices", "bits": 3}}},
    ],
    ids=str,
)
def test_rounded_weights_have_the_derivatives_of_what_they_are_rounded_to(parts):
    """A loss depends on the weights that a chip without noise holds, however it holds them."""
    still = {"reading": {"temperature": 0.0}, "precision": "double"}
    tile = still | parts.get("tile", {})
    chip, plan = sensitive(SETTINGS | {"device": {"kind": "ideal"}} | parts | {"tile": tile})
    plain, _ = sensitive(SETTINGS | {"device": {"kind": "ideal"}, "tile": still})
    held = chip.held.chip(plan).held
    plain.held.weights |= {name: one.weights.mean(axis=0) for name, one in held.items()}
    expected = plain.by_weights()
    for name, by in chip.by_weights().items():
        largest = np.abs(plain.held.weights[name]).max()
        inner = np.abs(plain.held.weights[name]) < 0.9 * largest  # by steps to both sides
        np.testing.assert_allclose(by[inner], expected[name][inner], rtol=1e-6, atol=1e-9)


def test_samples_of_large_networks_are_presented_a_few_at_a_time(monkeypatch):
    """Sums over samples do not ask how many of them are in memory together."""
    quiet = SETTINGS | {"device": {"kind": "ideal"}}
    quiet = placed(
        placed(quiet, "tile.reading.temperature", 0.0), "tile.wires", {"r_wl": 5.0, "r_bl": 5.0}
    )
    chip, _ = sensitive(quiet)
    name = "device.g_max"
    whole = chip.at({}, [name])
    for most, batch in ((0, 1), (5 * 56, 5), (10**9, 64)):  # 5 + 12, 12 + 12 and 12 + 3 lines
        monkeypatch.setattr(presented, "KEPT", most)
        assert presented.batch_of(chip.held.network) == batch
        parts = chip.at({}, [name])
        for metric, value in whole.values.items():
            assert parts.values[metric] == pytest.approx(value, rel=1e-10)
            assert parts.by[metric][name] == pytest.approx(whole.by[metric][name], rel=1e-9)


def test_the_smooth_accuracy_is_near_the_share_and_has_its_own_derivative():
    rng = np.random.default_rng(3)
    scores = rng.normal(size=(4000, 5))
    wanted = np.eye(5)[rng.integers(5, size=4000)]
    scores += 1.5 * wanted
    figure = objectives(CrossEntropy(), scores, wanted)["accuracy"]
    share = (scores.argmax(axis=1) == wanted.argmax(axis=1)).mean()
    value, by = figure(scores, wanted)
    assert value.mean() == pytest.approx(share, abs=0.01)
    step = 1e-6 * rng.normal(size=scores.shape)
    ends = [objectives(CrossEntropy(), s, wanted)["accuracy"](s, wanted).values.sum()
            for s in (scores + step, scores - step)]  # fmt: skip
    assert 2 * (by * step).sum() == pytest.approx(ends[0] - ends[1], rel=1e-6)
    along = np.abs(by * scores).sum()  # a common factor of the scores changes no answer
    assert abs((by * scores).sum()) < 1e-10 * along


def test_room_of_weights_counts_as_read_noise_does():
    """Noise of a conductance is one of a weight in proportion to the headroom, and to itself."""
    settings = placed(SETTINGS, "train.weights", "cells")
    settings = placed(settings, "tile.reading.temperature", 0.0)
    settings = placed(settings, "device", {"kind": "ideal", "sigma_read": 0.05})
    names = {"tile.mapping.headroom": 3.0, "device.sigma_read": 0.05}
    chip, _ = sensitive(placed(settings, "tile.mapping.headroom", 3.0))
    for metric in ("loss", "accuracy"):
        by = chip.at({}, list(names)).by[metric]
        room, noise = (by[name] * value for name, value in names.items())
        assert room == pytest.approx(noise, rel=1e-6)
        assert noise != 0


@pytest.mark.parametrize(
    ("around", "name"),
    [
        ({"mismatch": 0.2}, "tile.mismatch"),
        ({"scaling": "column", "mapping": {"headroom": 3.0}}, "tile.mapping.headroom"),
        ({"scaling": "column", "mismatch": 0.2}, "tile.mismatch"),
    ],
)
def test_factors_behind_the_lines_move_with_their_settings(around, name):
    """Gains of mirrors are log-normal, and a scale of columns follows their largest weights."""
    settings = placed(SETTINGS, "train.weights", "cells")
    chip, plan = sensitive(settings | {"tile": SETTINGS["tile"] | around})
    at, step = chip.at({}, [name]), 1e-4 * value_of(plan, name)
    high, low = (chip.at({name: value_of(plan, name) + side}, []).values for side in (step, -step))
    for metric in ("loss", "accuracy"):
        change = (high[metric] - low[metric]) / (2 * step)
        assert at.by[metric][name] == pytest.approx(change, rel=1e-4)
        assert change != 0


def test_programmed_weights_have_the_headroom_that_they_get():
    """They use the whole range unless a headroom is given, so it can only grow from 1 on."""
    chip, plan = sensitive(placed(SETTINGS, "tile.reading.temperature", 0.0))
    name, step = "tile.mapping.headroom", 1e-4
    assert plan.tile.mapping.headroom != 1
    assert value_of(plan, name) == 1
    here, beside = (chip.at(changes, [name]) for changes in ({}, {name: 1 + step}))
    change = (beside.values["loss"] - here.values["loss"]) / step
    assert here.by["loss"][name] == pytest.approx(change, rel=1e-2)


@pytest.mark.parametrize(
    "around",
    [
        {"faults": {"p_on": 0.05, "p_off": 0.05}},
        {"tile": {"mapping": {"kind": "one-sided"}}},
        {"tile": {"mapping": {"kind": "slices"}}},
        {"tile": {"mapping": {"kind": "offset"}}},
        {"tile": {"mismatch": 0.4}},
    ],
    ids=str,
)
def test_a_chip_that_has_learned_is_the_one_whose_settings_move(around):
    """Learning makes up for faults, gains and reference lines, and cells stay as it left them.

    Those stay, too, whose own bounds are beyond the range.
    """
    quiet = SETTINGS | {"train": {}, "device": {"kind": "reram", "sigma_read": 0.0}} | around
    reading = {"reading": {"temperature": 0.0}, "precision": "double"}
    plan = experiment(quiet | {"tile": quiet["tile"] | reading})
    dataset = build.samples(plan.common.data)
    learned = build.chip(plan, dataset.ends, plan.streams(0))
    x, y = build.parts_of(plan.common.data, dataset, 0).train
    rng = np.random.default_rng(0)
    for _ in range(4):
        learned.learn(x, y, 0.05, rng=rng)
    chip = SensitiveChip(plan, learned, 0, dataset)
    loss = learned.loss.values(learned.outputs(chip.x, rng=rng), chip.wanted).mean()
    assert chip.at({}, []).values["loss"] == pytest.approx(loss, rel=1e-9)


@pytest.mark.parametrize(
    "around",
    [
        {"programming": {"kind": "write-verify"}},
        {"wires": {"r_wl": 5.0, "r_bl": 5.0}, "compensation": {"loop": {}}},
        {"remap": {"limit": 0.1}},
    ],
    ids=["write-verify", "loop", "remap"],
)
def test_what_loops_of_programming_leave_is_held_relative_to_the_range(around):
    """A loop comes out otherwise at 1e-4 of a change, and no worse: energy goes with the range."""
    settings = SETTINGS | {"device": {"kind": "reram", "sigma_read": 0.003, "g_min": 1e-9}}
    chip, plan = sensitive(settings | {"tile": {"precision": "double"} | around})
    name = "device.g_max"
    value, at = value_of(plan, name), chip.at({}, [name])
    high, low = (chip.at({name: value * k}, []).values for k in (1.1, 0.9))
    change = (high["energy_inference"] - low["energy_inference"]) / (0.2 * value)
    assert at.by["energy_inference"][name] == pytest.approx(change, rel=0.03)
    assert abs(value * at.by["loss"][name]) < 0.1


def test_the_range_of_a_calibrated_adc_follows_the_currents_and_not_the_amplifiers():
    settings = placed(SETTINGS, "tile.adc", {"kind": "sar", "bits": 6})
    name = "blocks.element.span"
    at = sensitive(settings)[0].at({}, [name])
    assert abs(at.by["loss"][name]) < 1e-8
    given = sensitive(placed(settings, "tile.adc.reach", 0.2))[0].at({}, [name])
    assert abs(given.by["loss"][name]) > 1e-4


CLOCKED = {"name": "clocked", "kind": "clocked", "units": 6, "dt": 1e-6, "events": False}


@pytest.mark.parametrize(
    ("layer", "kind"),
    [
        (CLOCKED | {"neuron": {"kind": "leaky", "tau": 4e-6}}, "exact"),
        (CLOCKED | {"recurrent": False, "membranes": True}, "straight-through"),
        ({"name": "rounded", "kind": "quantise", "scale": 0.1}, "straight-through"),
    ],
    ids=["graded", "spiking", "rounded"],
)
def test_layers_in_time_steps_send_derivatives_back_through_time(layer, kind):
    """Of graded neurons that drive each other and of membranes they are exact."""
    layers = [layer, {"name": "out", "kind": "dense", "units": 3}]
    if layer["kind"] == "clocked":
        layers[1:1] = [{"name": "last", "kind": "last-readout"}]
        layers[:0] = [{"name": "repeated", "kind": "repeated", "steps": 4}]
    settings = placed(placed(SETTINGS, "network.layers", layers), "train.weights", "cells")
    chip, plan = sensitive(settings)
    for name in ("device.g_max", "device.sigma_read"):
        at, step = chip.at({}, [name]), 1e-4 * value_of(plan, name)
        assert at.kinds[name] == kind
        high, low = (chip.at({name: value_of(plan, name) + s}, []).values for s in (step, -step))
        change = (high["loss"] - low["loss"]) / (2 * step)
        assert at.by["loss"][name] == pytest.approx(change, rel=1e-4)
        assert change != 0


def test_converters_and_times_have_the_derivatives_of_their_costs():
    settings = placed(SETTINGS, "tile.adc", {"kind": "sar", "bits": 6})
    chip, _ = sensitive(placed(settings, "tile.dac", {"kind": "serial", "bits": 5}))
    names = ["tile.adc.bits", "tile.reading.t_read", "tile.dac.bits"]
    at = chip.at({}, names)
    assert at.kinds == {
        "tile.adc.bits": "difference",
        "tile.reading.t_read": "straight-through",
        "tile.dac.bits": "difference",
    }
    assert at.by["latency"]["tile.reading.t_read"] > 0


@pytest.mark.parametrize(
    ("around", "name"),
    [
        ({"adc": {"kind": "sar", "bits": 6}}, "tile.adc.bits"),
        ({"adc": {"kind": "logarithmic", "bits": 6}}, "tile.adc.bits"),
        ({"dac": {"kind": "serial", "bits": 5}}, "tile.dac.bits"),
        ({"dac": {"kind": "pulse-width", "bits": 5}}, "tile.dac.bits"),
        ({"mapping": {"kind": "slices", "bits": 4}}, "tile.mapping.slices"),
    ],
)
def test_whole_numbers_have_half_the_difference_of_the_chips_beside(around, name):
    """Of all that they change: steps of a DAC drive cells longer, and slices are more arrays."""
    chip, plan = sensitive(SETTINGS | {"tile": SETTINGS["tile"] | around})
    value, at = value_of(plan, name), chip.at({}, [name])
    high, low = (chip.at({name: value + side}, []).values for side in (1, -1))
    for metric in ("loss", "energy_inference", "latency", "cells"):
        assert at.by[metric][name] == pytest.approx((high[metric] - low[metric]) / 2, rel=1e-12)
    assert at.by["energy_inference"][name] != 0
