"""Designs of real chips: runs keep them, and models are programmed from what they learned."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from crossbar.cli.commands import app
from crossbar.cli.design_result import FIGURES, RECORD
from crossbar.runs.store import Store, places

CONFIG = Path(__file__).parents[2] / "scripts" / "leti_cnn.toml"
SMALL = ["data.preset=clear", "data.clips=12", "train.epochs=1", "train.batch=16", "seed=0:1",
         "device.g_full=1e-3:1e-2:log", "tile.adc.bits=4:9"]  # fmt: skip
GOAL = ["--minimise", "energy_inference", "--subject-to", "accuracy>=0.1", "--samples", "16"]


def asked(out: Path, *more: str) -> Result:
    given = ["design", str(CONFIG), *SMALL, *GOAL, "--jobs", "1", "--out", str(out), *more]
    return CliRunner().invoke(app, given)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Return the folder of a design of four points, and its answer."""
    out = tmp_path_factory.mktemp("design") / "d"
    result = asked(out, "--points", "4", "--pareto", "0.1", "--json")
    assert result.exit_code == 0, result.output
    return out, json.loads(result.stdout)


def test_the_fourth_point_is_cheaper_than_those_before(made: tuple[Path, dict[str, Any]]) -> None:
    out, answer = made
    with Store(out) as kept:
        frame = kept.frame()
    assert len(frame) == 4
    assert answer["best"]["runs"] == [4]
    assert frame.energy_inference.iloc[3] < frame.energy_inference.iloc[:3].min()
    predicted = answer["predicted"]["4"]["energy_inference"]
    assert predicted == pytest.approx(frame.energy_inference.iloc[3], rel=0.02)
    assert json.loads((out / RECORD).read_text())["goal"] == answer["goal"]
    for name in ("design-front", "design-sensitivities"):
        assert (out / FIGURES / f"{name}.png").stat().st_size > 10_000


def test_sensitivities_are_of_every_setting_with_the_kind_of_derivative(
    made: tuple[Path, dict[str, Any]],
) -> None:
    by = {(one["metric"], one["parameter"]): one for one in made[1]["sensitivities"]}
    assert len(by) == 4
    cells = by["energy_inference", "device.g_full"]
    assert (cells["kind"], cells["whole"]) == ("straight-through", False)
    assert 0 < cells["relative"] < 1  # a part of the energy, that of cells, is as conductances
    assert by["energy_inference", "tile.adc.bits"]["kind"] == "difference"
    assert by["energy_inference", "tile.adc.bits"]["change"]["mean"] > 0


def test_every_point_keeps_its_chip_and_one_that_is_gone_is_trained_again(
    made: tuple[Path, dict[str, Any]],
) -> None:
    out, answer = made
    with Store(out) as kept:
        folders = sorted(kept.chips.iterdir())
    assert len(folders) == 4
    assert all(places.finished(folder, 0) for folder in folders)
    for folder in folders:
        shutil.rmtree(folder)
    result = asked(out, "--points", "0")
    assert result.exit_code == 0, result.output
    assert "energy_inference at the best point" in result.stdout
    (again,) = [folder for folder in folders if folder.exists()]
    assert places.finished(again, 0)  # that of the best point alone
    then = json.loads((out / RECORD).read_text())["sensitivities"]
    assert then == answer["sensitivities"]  # to the last bit


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["train.gamma=1e-4:1e-2:log"], "train.gamma: expected a setting of the hardware"),
        (
            ["tile.adc.kind=logarithmic", "tile.adc.smallest=1e-3:0.1:log"],
            "tile.adc.smallest: expected a setting that keeps arrays, tables and lines",
        ),
        (["test.age=1:1e6:log"], "age: expected a section or setting"),
        (["tile.scaling=layer,column"], "tile.scaling: expected numbers, which have derivatives"),
        (["--subject-to", "f1>=0.5"], "f1>=0.5: expected a metric with derivatives: loss,"),
        (["--pareto", "0.1:0.5:lin"], "--pareto: expected a number of bounds"),
        (["--maximise", "accuracy"], "expected one of --minimise NAME and --maximise NAME"),
    ],
)
def test_what_cannot_be_designed_is_told_before_anything_is_run(
    tmp_path: Path, more: list[str], told: str
) -> None:
    result = asked(tmp_path / "d", *more)
    assert result.exit_code != 0
    assert told in str(result.exception)
    assert not (tmp_path / "d").exists()


def test_a_setting_that_is_0_moves_relative_to_how_large_it_gets(tmp_path: Path) -> None:
    given = [
        *SMALL[:5],
        "tile.adc.bits=6",
        "tile.adc.noise=0:0.1:lin",
        *GOAL,
        "--points",
        "1",
        "--json",
    ]
    where = ["--jobs", "1", "--out", str(tmp_path / "d")]
    result = CliRunner().invoke(app, ["design", str(CONFIG), *given, *where])
    assert result.exit_code == 0, result.output
    own = json.loads(result.stdout)["sensitivities"]
    assert [(one["value"], one["change"]["mean"]) for one in own] == [(0, 0), (0, 0)]
