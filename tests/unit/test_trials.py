"""Single runs of a sweep: trials, and tests of trained chips under other conditions."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crossbar.cli.commands import app
from crossbar.data import Dataset
from crossbar.devices import Retention
from crossbar.energy import SETTLING
from crossbar.errors import ConfigError, DataError
from crossbar.runs import (
    Conditions,
    Experiment,
    evaluate_run,
    experiment,
    load_plan,
    retrial,
    train,
    trial,
)
from crossbar.runs.store.result import ABOUT

SEED = 3
SETTINGS = {
    "seed": [SEED],
    "data": {"clips": 6, "preset": "hard"},
    "train": {"epochs": 2},
    "network": {"hidden": 8},
}
METRICS = {
    *("accuracy", "loss", "precision", "recall", "f1", "test_images", "independent_images"),
    "resampling",
    *("energy_inference", "energy_training", "latency", "cells"),
}
DETAIL = {"energy", "activity", "images_per_second", *ABOUT}
LEARNED = {"history", "epochs", "training_images_per_second", "weight_changes_cut",
           "line_resistance"}  # fmt: skip


def plan_of(kind: str, **sections: dict[str, object]) -> Experiment:
    return experiment(SETTINGS | {"device": {"kind": kind}} | sections)


@pytest.fixture(scope="module")
def windows() -> Dataset:
    return plan_of("cmos").common.data.dataset()


@pytest.fixture(scope="module")
def reram(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("trials") / "reram"
    train(plan_of("reram"), out)
    return out


@pytest.fixture(scope="module")
def cmos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("trials") / "cmos"
    train(plan_of("cmos"), out)
    return out


@pytest.mark.parametrize("kind", ["float", "cmos", "pcm"])
def test_a_trial_gives_what_training_into_a_folder_gives(kind, windows, tmp_path) -> None:
    plan = plan_of(kind)
    kept = train(plan, tmp_path / "run")
    metrics, detail = trial(plan, SEED, windows)
    again, details = retrial(plan, tmp_path / "run", SEED, windows)
    assert metrics | {"agreement": 1.0} == again
    assert {name: metrics[name] for name in ("accuracy", "loss", "f1")} == {
        name: kept[name] for name in ("accuracy", "loss", "f1")
    }
    assert set(metrics) == METRICS
    assert all(type(value) is float for value in metrics.values())
    seen = DETAIL | {"confusion", "accuracy_ci95"}
    assert set(detail) == seen | LEARNED
    assert set(details) == seen | {"weights", "compensation"}
    assert [epoch["epoch"] for epoch in detail["history"]] == [0, 1]
    assert metrics["energy_training"] == detail["energy"]["physical"]["energy_training"]


def test_latency_and_cells_are_those_of_the_copies(windows) -> None:
    """625 windows on 25 copies take 25 cycles of 320 ps, fc and out one each; then all settles."""
    plan = plan_of("cmos", network={"hidden": 8, "copies": 25}, train={"epochs": 0})
    metrics, _ = trial(plan, SEED, windows)
    settle = {"normaliser": 3, "rectifier": 1, "softmax": 1}
    rest = sum(times * SETTLING[name].value for name, times in settle.items())
    assert metrics["latency"] == pytest.approx(27 * 320e-12 + rest, rel=1e-12)
    assert metrics["cells"] == 25 * 16 * 3 + 1875 * 8 + 8 * 2


def test_evaluate_tests_the_same_chip_as_a_retrial(cmos, windows) -> None:
    for conditions in (Conditions(age=1e6), Conditions(chip=2)):
        plan = load_plan(cmos, ["device.sigma_read=0.05"])
        whole = evaluate_run(plan, cmos, conditions=conditions)
        metrics, detail = retrial(plan, cmos, SEED, windows, conditions)
        assert metrics["loss"] == whole["loss"]
        assert detail["weights"] == whole["weights"]


@pytest.mark.parametrize(
    "change", [{"train": {"epochs": 3}}, {"network": {"hidden": 4}}, {"data": {"clips": 7}}]
)
def test_what_training_settled_cannot_be_tested(change, cmos, windows) -> None:
    with pytest.raises(
        ConfigError, match=r"(epochs|hidden|preset|split): .* may change after training"
    ):
        retrial(plan_of("cmos", **change), cmos, SEED, windows)


def test_a_seed_without_chip_and_an_unfinished_run_are_refused(cmos, windows, tmp_path) -> None:
    for run, seed in ((cmos, SEED + 1), (tmp_path, SEED)):
        with pytest.raises(DataError, match=r"expected the checkpoint of a trained chip"):
            retrial(plan_of("cmos"), run, seed, windows)


@pytest.mark.parametrize(
    ("mistake", "field"),
    [
        ({"age": -1.0}, "age"),
        ({"chip": -1}, "chip"),
        ({"chip": 1.5}, "chip"),
        ({"compensate": True}, "compensate"),
    ],
)
def test_conditions_that_cannot_be(mistake, field) -> None:
    with pytest.raises(ConfigError, match=rf"Conditions\.{field}: expected"):
        Conditions(**mistake)


def test_new_chips_are_numbered(cmos, windows) -> None:
    """Same number, same chip; another number, another chip, and none is the one that learned."""
    plan = plan_of("cmos")
    chips = [None, 0, 1, 1]
    losses = [retrial(plan, cmos, SEED, windows, Conditions(chip=k))[0]["loss"] for k in chips]
    assert losses[2] == losses[3]
    assert len(set(losses)) == 3


def test_compensation_takes_the_drift_from_the_scores_and_leaves_the_decisions(
    windows, tmp_path
) -> None:
    """Decisions of rectifiers without biases are the same: see docs/theory.md."""
    plan = plan_of("pcm")
    train(plan, tmp_path / "run")
    aged = Conditions(age=1e6, chip=1)
    plain, before = retrial(plan, tmp_path / "run", SEED, windows, aged)
    better, after = retrial(plan, tmp_path / "run", SEED, windows, replace(aged, compensate=True))
    assert before["compensation"] == {}
    assert set(after["compensation"]) == {"conv", "fc", "out"}
    assert all(1 < factor < (1e6 / 20) ** 0.1 for factor in after["compensation"].values())
    assert after["confusion"] == before["confusion"]
    assert better["loss"] != plain["loss"]


def test_the_command_line_sets_the_conditions(windows, tmp_path) -> None:
    plan, run = plan_of("pcm"), tmp_path / "run"
    train(plan, run)
    options = ["--age", "30 d", "--chip", "2", "--compensate", "--json"]
    record = json.loads(CliRunner().invoke(app, ["evaluate", str(run), *options]).stdout)
    conditions = Conditions(age=30 * 86400.0, chip=2, compensate=True)
    assert record["loss"] == retrial(plan, run, SEED, windows, conditions)[0]["loss"]
    assert {name: record[name] for name in conditions.record} == conditions.record


def test_a_memory_of_earlier_trials_changes_nothing(windows, tmp_path) -> None:
    """Trained chip and samples are kept between retrials, until the run is another."""
    run, short = tmp_path / "run", plan_of("pcm", train={"epochs": 1})
    plan = plan_of("pcm")
    noisy = plan_of("pcm", faults={"p_on": 0.1})
    train(plan, run)
    cases = [(plan, Conditions()), (noisy, Conditions(chip=2)), (noisy, Conditions(age=1e6))]
    first = [retrial(p, run, SEED, windows, c)[0] for p, c in cases]
    again = [retrial(p, run, SEED, windows, c)[0] for p, c in reversed(cases)]
    assert first == again[::-1]
    shutil.rmtree(run)
    train(short, run)
    alone = trial(short, SEED, windows)[0]
    assert retrial(short, run, SEED, windows)[0] == alone | {"agreement": 1.0}
    with pytest.raises(ConfigError, match=r"train\.epochs"):
        retrial(plan, run, SEED, windows)


def test_an_hour_in_the_oven_is_the_time_that_arrhenius_says(windows, tmp_path) -> None:
    """A law for one temperature is refused before anything runs."""
    cells = {"kind": "constant", "t0": 1e-3,
             "drift": {"kind": "retention", "rate": 1e-7, "beta": 0.5}}  # fmt: skip
    plan = experiment(SETTINGS | {"device": cells})
    train(plan, tmp_path / "run")
    faster = Retention(rate=1e-7).acceleration(398.15)
    hot, cold = Conditions(age=3600.0, temperature=398.15), Conditions(age=3600.0 * faster)
    losses = [retrial(plan, tmp_path / "run", SEED, windows, c)[0]["loss"]
              for c in (hot, cold, Conditions(age=3600.0))]  # fmt: skip
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert losses[0] != pytest.approx(losses[2], rel=1e-5)
    with pytest.raises(ConfigError, match=r"test\.temperature: expected cells whose drift has"):
        retrial(plan_of("pcm"), tmp_path / "run", SEED, windows, hot)


@pytest.mark.parametrize(
    "changes",
    [("tile.scaling=column",), ("tile.remap.limit=0.3",),
     ("tile.remap.limit=0.3", "tile.spare_rows=2"), ("tile.programming.kind=write-verify",)],
    ids=" ".join,
)  # fmt: skip
def test_what_decides_on_what_is_written_means_new_cells(changes, reram, windows) -> None:
    metrics, detail = retrial(load_plan(reram, changes), reram, SEED, windows)
    assert detail["weights"] == "programmed into new cells"
    assert 0 < metrics["loss"] < 100
