"""Repairs of the chips of a run: settings, costs, tables; `evaluate`, `stress` and sweeps."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crossbar.cli.commands import app
from crossbar.data import Dataset
from crossbar.energy.costs import DIGITAL_MAC
from crossbar.errors import ConfigError
from crossbar.nn import ColumnFactors, GlobalFactor, LastLayer, Refresh, Renormalisation
from crossbar.nn.repairs.factors import READS
from crossbar.runs import Conditions, Experiment, experiment, load_plan, retrial, stress, train

SEED = 3
AGE = 1e7
LAYERS = [
    {"name": "conv", "kind": "convolution", "filters": 2, "kernel": 8},
    {"name": "norm", "kind": "running-normalisation"},
    {"name": "relu", "kind": "relu"},
    {"name": "out", "kind": "dense", "units": "classes"},
]
SETTINGS = {
    "seed": [SEED],
    "data": {"clips": 6, "preset": "hard"},
    "train": {"epochs": 2},
    "network": {"layers": LAYERS},
    "device": "float",
}
PCM = ("device.kind=pcm", "tile.reading.t_read=10 ns")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repaired") / "run"
    train(experiment(SETTINGS), folder)
    return folder


@pytest.fixture(scope="module")
def plan(run: Path) -> Experiment:
    return load_plan(run, PCM)


@pytest.fixture(scope="module")
def samples(plan: Experiment) -> Dataset:
    return plan.common.data.read()


def aged(**more) -> Conditions:
    return Conditions(age=AGE, chip=1, **more)


def test_compensation_is_another_name_of_the_global_factor(run, plan, samples) -> None:
    one, details = retrial(plan, run, SEED, samples, aged(compensate=True))
    other, same = retrial(plan, run, SEED, samples, aged(repair=GlobalFactor()))
    assert one == other
    assert details["compensation"] == same["compensation"]
    with pytest.raises(ConfigError, match=r"Conditions\.compensate: expected no other repair"):
        aged(compensate=True, repair=Refresh())


def test_a_repair_has_an_energy_and_a_time_of_its_own_and_none_has_none(run, plan, samples) -> None:
    """Time of the factors: 2 x 64 reads of both layers, 10 ns each. What was charged for an
    inference stays, and each output takes a digital multiplication more."""
    plain, none = retrial(plan, run, SEED, samples, aged())
    metrics, detail = retrial(plan, run, SEED, samples, aged(repair=ColumnFactors()))
    assert "repair_energy" not in plain
    assert "repair" not in none
    assert metrics["repair_time"] == pytest.approx(2 * READS * 2 * 10e-9, rel=1e-9)
    assert metrics["repair_energy"] > 0
    outputs = 2 * 21 * 21 + 2  # of two filters at 21 x 21 places, and of two classes
    expected = plain["energy_inference"] + outputs * DIGITAL_MAC.value
    # The factors change the inputs of the last layer, whose reads take 3e-7 of the energy less.
    assert metrics["energy_inference"] == pytest.approx(expected, rel=1e-5)
    assert {len(f) for f in detail["compensation"].values()} == {2}
    reads = [row["amount"] for row in detail["repair"] if row["event"] == "cycles"]
    assert reads == [2 * READS] * 2


def test_learning_costs_images_and_pulses_one_by_one(run, plan, samples) -> None:
    """Time: every presentation takes an inference, and every pulse 100 ns."""
    metrics, detail = retrial(
        plan, run, SEED, samples, aged(repair=LastLayer(samples=4, epochs=2, gamma=0.1))
    )
    counts = {(row["part"], row["event"]): row["amount"] for row in detail["repair"]}
    pulses = counts["out", "pulses"]
    assert counts["chip", "images"] == 8
    expected = 8 * metrics["latency"] + pulses * 100e-9
    assert metrics["repair_time"] == pytest.approx(expected, rel=1e-9)


def test_a_refresh_takes_the_time_of_one_pulse_a_group_of_cells(run, plan, samples) -> None:
    """Two layers of two groups, each written by one pulse of 100 ns, all cells at once."""
    metrics, detail = retrial(plan, run, SEED, samples, aged(repair=Refresh()))
    pulses = sum(row["amount"] for row in detail["repair"] if row["event"] == "program_pulses")
    assert pulses > 4
    assert metrics["repair_time"] == pytest.approx(4 * 100e-9, rel=1e-9)


def test_what_a_refresh_writes_is_no_programming_of_the_chip(run, plan, samples) -> None:
    _, plain = retrial(plan, run, SEED, samples, aged())
    _, detail = retrial(plan, run, SEED, samples, aged(repair=Refresh()))
    assert detail["energy"]["programming"] == plain["energy"]["programming"]
    pulses = sum(row["amount"] for row in detail["repair"] if row["event"] == "program_pulses")
    assert pulses == plain["energy"]["programming"]["pulses"] > 0


def test_normalisations_are_within_reach_where_they_are_not_folded(run, plan, samples) -> None:
    repair = Renormalisation(samples=50)
    with pytest.raises(ConfigError, match=r"test\.fold = false"):
        retrial(plan, run, SEED, samples, aged(repair=repair))
    plain, _ = retrial(plan, run, SEED, samples, aged(fold=False))
    metrics, _ = retrial(plan, run, SEED, samples, aged(fold=False, repair=repair))
    assert metrics["loss"] != plain["loss"]
    both = aged(fold=False, repair=(GlobalFactor(), repair))
    twice, detail = retrial(plan, run, SEED, samples, both)
    assert twice["repair_time"] > metrics["repair_time"]
    assert detail["compensation"]


def test_a_chip_without_age_is_repaired_too(run, plan, samples) -> None:
    fresh = Conditions(chip=1)
    losses = [retrial(plan, run, SEED, samples, replace(fresh, repair=repair))[0]["loss"]
              for repair in (None, Refresh(), LastLayer(samples=20, epochs=1))]  # fmt: skip
    assert len(set(losses)) == 3


def evaluated(run: Path, *words: str) -> str:
    result = CliRunner().invoke(app, ["evaluate", str(run), *PCM, *words])
    return result.stdout or str(result.exception)


def test_the_command_compares_repairs_in_one_table(run, plan, samples) -> None:
    words = ("test.age=1e7", "test.chip=1", "test.fold=false",
             "test.repair=none,refresh,column+normalisation")  # fmt: skip
    tests = json.loads(evaluated(run, *words, "--json"))["tests"]
    repairs = [None, Refresh(), (ColumnFactors(), Renormalisation())]
    wanted = [retrial(plan, run, SEED, samples, aged(fold=False, repair=r))[0] for r in repairs]
    assert [one["loss"] for one in tests] == [one["loss"] for one in wanted]
    points = [one["point"] for one in tests]
    assert points == [{"test.repair": r} for r in ("none", "refresh", "column+normalisation")]
    shown = evaluated(run, *words)
    for text in ("repair", "refresh", "column+norm", "energy", "time", "[95 %]"):
        assert text in shown


COMPARED = ("accuracy", "loss", "age", "chip", "repair_energy", "repair_time")


def test_options_are_conditions_too(run) -> None:
    words = ("--age", "1e7 s", "--chip", "1", "--repair", "column", "--json")
    one = json.loads(evaluated(run, *words))
    other = json.loads(
        evaluated(run, "test.age=1e7", "test.chip=1", "test.repair=column", "--json")
    )
    assert {k: one[k] for k in COMPARED} == {k: other[k] for k in COMPARED}
    assert one["repair"] == {"type": "ColumnFactors"}


@pytest.mark.parametrize(
    ("words", "error"),
    [(("--age", "1 y", "test.age=3"), "test.age: expected each name once"),
     (("test.age=1:1e8:log",), "test.age: expected values, got a whole range"),
     (("test.repair=colum",), "Did you mean 'column'?"),
     (("test.repair=last-layer", "test.repair.epochs=0"), "test.repair.epochs"),
     (("test.repair=column+nothing",), "expected one of: correction, global"),
     (("--temperature", "85 degC"), "expected an age with it")],
)  # fmt: skip
def test_mistakes_are_one_line(run, words, error) -> None:
    assert error in evaluated(run, *words)


def test_stress_repairs_at_every_age(run) -> None:
    """Every test of a repaired chip has its cost; a stress among the settings is refused."""
    frame = stress(run, [*PCM, "test.repair=column", "test.chip=1"], jobs=1)
    assert set(frame["status"]) == {"done"}
    assert (frame["repair_energy"] > 0).all()
    with pytest.raises(ConfigError, match=r"test\.age: expected no stress among the settings"):
        stress(run, [*PCM, "test.age=3"], jobs=1)
