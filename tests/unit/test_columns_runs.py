"""Columns from settings: plans, records, the command, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from crossbar.cli import main
from crossbar.devices import Memristor, StuckAt
from crossbar.errors import ConfigError, CrossbarError, DataError, ShapeError
from crossbar.plots import plot
from crossbar.runs.column_settings import columns_plan
from crossbar.runs.columns import run_columns, waves
from crossbar.spiking import VTEAM_STDP, Columns, Vote
from crossbar.toml import read

FILE = Path(__file__).parents[2] / "scripts" / "columns.toml"
SMALL = ["data.samples=300", "columns.count=20", "run.passes=2"]


def test_columns_learn_the_yin_yang_figure_without_labels():
    """Chance is 34 %, what a network without hidden neurons gets is 64 %."""
    given = ["data.samples=1500", "columns.count=60", "run.passes=3"]
    (state,), record = run_columns(columns_plan(read(FILE), given), progress=False)
    (run,) = record["runs"]
    assert run["accuracy"] > 0.8
    assert run["labelled"] == state.count == 60
    assert run["tasks"] == []
    events = {row["event"] for row in run["energy"]}
    assert events >= {"read_energy"}
    assert events <= {"read_energy", "write_energy", "spikes", "pulses", "neuron_time"}
    assert 0 < run["energy_inference"] < run["energy_training"]


def test_seeds_reproduce_runs():
    plan = columns_plan(read(FILE), [*SMALL, "seed=3"])
    assert run_columns(plan, progress=False)[1] == run_columns(plan, progress=False)[1]


def test_a_chip_is_fabricated_anew_and_learns_from_the_same_waves():
    plans = [columns_plan(read(FILE), [*SMALL, *chip]) for chip in ([], ["chip=0"], ["chip=1"])]
    drawn = [waves(plan, plan.experiment.streams(0)).train for plan in plans]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    runs = [run_columns(plan, progress=False) for plan in plans]
    thresholds = [states[0].thresholds for states, _ in runs]
    assert len({t.tobytes() for t in thresholds}) == 3
    assert [record["device"] for _, record in runs] == ["of the rule"] * 3


def test_tasks_one_after_the_other_are_all_tested():
    plan = columns_plan(read(FILE), [*SMALL, "run.tasks=3"])
    (run,) = run_columns(plan, progress=False)[1]["runs"]
    assert [len(row) for row in run["tasks"]] == [1, 2, 3]
    assert run["tasks"][0] == [1.0]  # of one class alone


def test_the_cells_are_those_of_the_device_section_with_its_faults():
    plan = columns_plan(read(FILE), ["device.kind=reram", "faults.p_off=0.1"])
    assert isinstance(plan.columns.memory, StuckAt)
    assert isinstance(columns_plan(read(FILE)).columns.memory, Memristor)
    assert columns_plan(read(FILE), ["columns.rule.kind=vteam"]).columns.memory.g_max == 0.02


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["device.kind=float"], "device.kind"),
        (["device.kind=ideal", "columns.device.kind=ideal"], "columns.device"),
        (["run.code.kind=rate"], "run.code"),
        (["run.tasks=4"], "run.tasks"),
        (["columns.rule.kind=vteam", "columns.race.v_read=0.3"], "v_read"),
        (["columns.start=0.7,0.3"], "columns.start"),
        (["run.vot.first=3"], "run.vot"),
        (["faults.map=map.csv"], "faults.map"),
        (["data.normalise.kind=unit"], "data.normalise: expected no setting of columns"),
        (["energy.images=3"], "energy.images"),
        (["train.epochs=3"], "train: expected a section of columns"),
    ],
)
def test_settings_that_cannot_be_are_named(given, expected):
    with pytest.raises(CrossbarError, match=expected):
        run_columns(columns_plan(read(FILE), [*SMALL, *given]), progress=False)


def test_columns_refuse_waves_of_other_lines_and_times_before_zero():
    rng = np.random.default_rng(0)
    state = Columns(count=2).build(3, rng=rng)
    with pytest.raises(ShapeError, match=r"shape \(n, 3\), got \(1, 2\)"):
        state.times(np.zeros((1, 2)), rng=rng)
    with pytest.raises(DataError, match="times from 0, got -1"):
        state.learn(np.array([[0.0, -1.0, 0.0]]), rng=rng, progress=False)
    with pytest.raises(DataError, match="got NaN"):
        state.times(np.array([[0.0, np.nan, 0.0]]), rng=rng)
    with pytest.raises(ConfigError, match="first"):
        state.times(np.zeros((1, 3)), first=3, rng=rng)
    with pytest.raises(ConfigError, match=r"Vote\.first"):
        Vote(first=0)


def run_command(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr("sys.argv", ["crossbar", "columns", str(FILE), *SMALL, *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code


def test_the_command_writes_what_columns_stand_for(tmp_path, capsys, monkeypatch):
    run_command(monkeypatch, "run.tasks=3", "--out", str(tmp_path))
    said = capsys.readouterr().out
    assert "accuracy, winners alone" in said
    assert "after task 3" in said
    assert json.loads((tmp_path / "columns.json").read_text())["columns"] == 20
    assert (tmp_path / "columns.png").stat().st_size > 5_000
    run_command(monkeypatch, "--json")
    assert json.loads(capsys.readouterr().out)["runs"][0]["seed"] == 0


def test_columns_of_images_are_drawn_as_images():
    state = Columns(count=5).build(2 * 4 * 4, rng=np.random.default_rng(0))
    assert len(plot(state).axes[0].images) == 1
    lines = Columns(count=5).build(7, rng=np.random.default_rng(0))
    assert plot(lines).axes[0].get_ylabel() == "word line"


def test_the_rule_of_a_device_draws_its_window():
    axes = VTEAM_STDP.plot().axes[0]
    assert axes.get_xlabel().startswith("lag (")
    assert axes.get_legend_handles_labels()[1] == ["equations", "exponential"]
