"""`crossbar evaluate --chips`: several fabricated chips as one result, and what they agree on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from typer.testing import CliRunner

from crossbar.cli.commands import app
from crossbar.errors import DataError
from crossbar.random import Streams
from crossbar.runs import (
    Conditions,
    Experiment,
    build,
    experiment,
    load_plan,
    retrial,
    train,
    trials,
)
from crossbar.runs.conditions import conditioned

SEED = 4
SETTINGS = {
    "seed": [SEED],
    "data": {"clips": 12, "preset": "hard"},
    "train": {"epochs": 2},
    "network": {"layers": [{"name": "out", "kind": "dense", "units": "classes"}]},
    "device": "float",
}
NOISY = ("device.kind=reram", "device.sigma_read=0.2")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluated") / "run"
    train(experiment(SETTINGS), folder)
    return folder


@pytest.fixture(scope="module")
def plan(run: Path) -> Experiment:
    return load_plan(run, NOISY)


def evaluated(*words: object) -> dict:
    ran = CliRunner().invoke(app, ["evaluate", *map(str, words), "--json"])
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def test_agreement_counts_the_decisions_of_the_trained_chip(run: Path, plan: Experiment) -> None:
    dataset, conditions = plan.common.data.read(), Conditions(chip=2)
    metrics, _ = retrial(plan, run, SEED, dataset, conditions)
    kept = pd.read_csv(next(run.rglob("predictions.csv")))["decision"]
    parts = build.parts_of(plan.common.data, dataset, SEED)
    streams = Streams(SEED, chip=2)
    chip = conditioned(plan, run, SEED, dataset, conditions).chip
    build.ranged(chip, parts, streams)
    now = trials.tested(chip, parts, streams).table()["decision"]
    assert metrics["agreement"] == np.mean(now == kept)
    assert 0.5 < metrics["agreement"] < 1


def test_the_trained_chip_agrees_with_itself(run: Path) -> None:
    same, _ = retrial(load_plan(run), run, SEED, load_plan(run).common.data.read())
    assert same["agreement"] == 1.0


def test_chips_are_one_result_with_the_interval_of_their_mean(run: Path) -> None:
    record = evaluated(run, *NOISY, "--chips", 3)
    alone = [evaluated(run, *NOISY, "--chip", k) for k in range(3)]
    each = [one["accuracy"] for one in alone]
    assert len({*each}) > 1
    assert record["per_chip"] == each
    assert record["accuracy"] == pytest.approx(np.mean(each))
    half = stats.t.ppf(0.975, 2) * np.std(each, ddof=1) / np.sqrt(3)
    ends = np.clip([np.mean(each) - half, np.mean(each) + half], 0, 1)
    assert record["accuracy_ci95"] == pytest.approx(ends)
    for name in ("loss", "agreement", "energy_inference"):
        assert record[name] == pytest.approx(np.mean([one[name] for one in alone]))
    kept = pd.read_csv(next(run.rglob("predictions.csv")))
    assert record["accuracy_float"] == np.mean(kept["decision"] == kept["label"])
    assert (record["chips"], "3 chips" in record["interval"]) == (3, True)


def test_other_conditions_have_a_row_each(run: Path) -> None:
    record = evaluated(run, *NOISY, "--chips", 2, "test.stuck=0,0.1")
    assert [one["point"] for one in record["tests"]] == [{"test.stuck": 0}, {"test.stuck": 0.1}]
    assert all(one["chips"] == 2 for one in record["tests"])
    ran = CliRunner().invoke(app, ["evaluate", str(run), *NOISY, "--chips", "2"])
    assert "over 2 chips" in ran.stdout
    assert "the same in floating point" in ran.stdout


def test_one_chip_keeps_the_interval_of_its_samples(run: Path) -> None:
    one, alone = evaluated(run, *NOISY, "--chips", 1), evaluated(run, *NOISY, "--chip", 0)
    assert one["accuracy_ci95"] == alone["accuracy_ci95"]
    assert one["interval"] == alone["interval"]


def test_both_options_at_once_and_lost_decisions_are_refused(run: Path, plan, tmp_path) -> None:
    ran = CliRunner().invoke(app, ["evaluate", str(run), "--chip", "1", "--chips", "2"])
    assert "--chips: expected one of --chip and --chips" in str(ran.exception)
    path = next(run.rglob("predictions.csv"))
    kept = path.read_text()
    try:
        path.unlink()
        with pytest.raises(DataError, match="expected decisions"):
            retrial(plan, run, SEED, plan.common.data.read())
    finally:
        path.write_text(kept)


def test_layers_say_where_floating_point_is_lost(run: Path) -> None:
    """One layer: its error is its own; over chips it is the root of the mean square."""
    each = [evaluated(run, *NOISY, "--chip", k, "--layers")["layer_errors"] for k in (0, 1)]
    for (one,) in each:
        assert one["layer"] == "out"
        assert one["error"] == pytest.approx(one["own"], rel=0.3)
    (both,) = evaluated(run, *NOISY, "--chips", 2, "--layers")["layer_errors"]
    assert both["own"] == pytest.approx(np.sqrt(np.mean([one["own"] ** 2 for (one,) in each])))
    (exact,) = evaluated(run, "--layers")["layer_errors"]
    assert exact["error"] == 0.0
    shown = CliRunner().invoke(app, ["evaluate", str(run), *NOISY, "--layers"])
    assert "Rms error against floating point" in shown.stdout
