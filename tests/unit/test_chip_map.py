"""`crossbar map`: arrays, time, energy and area of a chip, against closed forms and `energy`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from crossbar.cli.commands import app
from crossbar.errors import ConfigError
from crossbar.report.chip_map import write_map
from crossbar.report.figures.chip_map import pictures
from crossbar.runs import energy, experiment, override, read, train
from crossbar.runs.chip_map import chip_map
from crossbar.runs.latency import chip_latency
from crossbar.types import Record

CONFIG = Path(__file__).parents[2] / "scripts" / "leti_cnn.toml"
SMALL = ("data.clips=6", "energy.images=5")
ANALOG = ("device.kind=reram", "tile.size=128,64", "tile.adc.bits=6", "tile.dac.bits=6",
          "tile.adc.shared=8", "network.copies=25")  # fmt: skip


def plan(*given: str):
    return experiment(override(read(CONFIG), [*SMALL, *given]))


@pytest.fixture(scope="module")
def record() -> Record:
    return chip_map(plan(*ANALOG))


def layer(record: Record, name: str) -> Record:
    return next(one for one in record["layers"] if one["name"] == name)


@pytest.mark.parametrize("given", [(), ("device.kind=reram",), ANALOG])
def test_energy_is_that_of_the_command_energy_to_the_last_digit(given) -> None:
    whole = energy(plan(*given))
    total = chip_map(plan(*given))["total"]
    assert total["energy"] == whole["physical"]["energy_inference"]
    assert total["digital"] == whole["digital"]["energy_inference"]
    assert total["efficiency"] == pytest.approx(whole["physical"]["efficiency"], rel=1e-12)
    assert total["power"] == whole["physical"]["power_inference"]


def test_arrays_and_cells_follow_from_the_sizes(record: Record) -> None:
    """1875 x 64 weights on arrays of 128 x 64: 15; a pair has two cells; 25 copies of 16 x 3."""
    conv, fc, out = (layer(record, name) for name in ("conv", "fc", "out"))
    assert [one["tiles"] for one in (conv, fc, out)] == [25, 15, 1]
    assert [one["cells"] for one in (conv, fc, out)] == [2 * 25 * 48, 2 * 120_000, 2 * 128]
    assert conv["utilisation"] == pytest.approx(48 / (128 * 64))
    assert fc["utilisation"] == pytest.approx(1875 / (15 * 128))
    assert [one["cycles"] for one in (conv, fc, out)] == [25, 1, 1]
    total = record["total"]
    assert total["utilisation"] == pytest.approx((1200 + 120_000 + 128) / (41 * 128 * 64))
    assert (total["tiles"], total["cells"]) == (41, 2 * (1200 + 120_000 + 128))


def test_spare_word_lines_are_made_too() -> None:
    given = ("network.filters=1", "tile.spare_rows=5", "tile.remap.limit=0.05")
    one = layer(chip_map(plan("device.kind=reram", *given)), "fc")
    assert one["cells"] == 2 * 630 * 64
    assert one["utilisation"] == pytest.approx(625 / 630)


def test_area_is_that_of_cells_lines_and_shared_converters(record: Record) -> None:
    """`fc`: 15 arrays below each other, with 64 pairs sensed by one line, eight lines an ADC."""
    area = layer(record, "fc")["area_parts"]
    assert area["cells"] == pytest.approx(240_000 * 4 * 45e-9**2)
    assert area["drivers"] == pytest.approx(1875 * 170e-12 / 1024)
    assert area["sample and hold"] == pytest.approx(15 * 64 * 40e-12 / 1024)
    adc = 1200e-12 * (0.54 * 6 / 8 + 0.46 / 4)
    assert area["converters"] == pytest.approx(15 * 8 * adc)


def test_layers_and_the_rest_add_up(record: Record) -> None:
    total = record["total"]
    for what in ("energy", "latency"):
        parts = sum(one[what] for one in record["layers"]) + total[f"{what}_elsewhere"]
        assert parts == pytest.approx(total[what], rel=1e-12)
    assert sum(one["area"] for one in record["layers"]) == pytest.approx(total["area"])
    for one in record["layers"]:
        assert sum(one["energy_parts"].values()) == pytest.approx(one["energy"])
        assert sum(one["area_parts"].values()) == pytest.approx(one["area"])
    given = plan(*ANALOG)
    assert total["latency"] == chip_latency(given, given.common.data.few().read().ends).seconds


def test_a_pipeline_waits_for_its_slowest_stage(record: Record) -> None:
    """The softmax settles in 3 us; without copies the convolution takes 625 cycles of 81 ns."""
    assert record["total"]["bottleneck"]["latency"] == "softmax"
    assert record["total"]["interval"] == pytest.approx(3e-6)
    alone = chip_map(plan(*ANALOG[:-1]))
    assert alone["total"]["bottleneck"]["latency"] == "conv"
    assert alone["total"]["interval"] == pytest.approx(25 * layer(record, "conv")["latency"])


def test_digital_weights_alone_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"device\.kind: expected cells in one layer at least"):
        chip_map(plan("device.kind=float"))


def test_the_command_prints_and_writes_what_it_maps(tmp_path: Path, record: Record) -> None:
    given = [str(CONFIG), *SMALL, *ANALOG]
    ran = CliRunner().invoke(app, ["map", *given, "--json", "--out", str(tmp_path)])
    assert ran.exit_code == 0, ran.output
    printed = json.loads(ran.stdout)
    assert Path(printed.pop("report")) == tmp_path / "report.html"
    assert printed == json.loads(json.dumps(record))
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "on assumed costs" in page
    assert {path.stem for path in (tmp_path / "figures").glob("*.svg")} == {
        "map-area", "map-energy", "map-latency"
    }  # fmt: skip
    shown = CliRunner().invoke(app, ["map", *given]).stdout
    assert "softmax" in shown
    assert "Sources of area" in shown
    share = record["total"]["assumed"]["area"]
    assert f"{(1 + share) * 1e6 * record['total']['area']:.4g}" in page


def test_samples_of_the_user_take_the_place_of_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    rng = np.random.default_rng(0)
    np.savez(path, x=rng.normal(size=(30, 12, 12)), y=np.arange(30) % 3)
    ran = CliRunner().invoke(app, ["map", str(CONFIG), str(path), "energy.images=5", "--json"])
    assert ran.exit_code == 0, ran.output
    out = json.loads(ran.stdout)["layers"][-1]
    assert (out["name"], out["cols"]) == ("out", 3)


def test_a_trained_chip_gives_what_was_counted_on_it(tmp_path: Path) -> None:
    run = tmp_path / "run"
    train(plan("train.epochs=1"), run)
    kept = CliRunner().invoke(app, ["energy", str(run), "--json"])
    ran = CliRunner().invoke(app, ["map", str(run), "--json"])
    assert ran.exit_code == 0, ran.output
    expected = json.loads(kept.stdout)["physical"]["energy_inference"]
    assert json.loads(ran.stdout)["total"]["energy"] == expected
    refused = CliRunner().invoke(app, ["map", str(run), "tile.size=64,64"])
    assert "expected a folder alone" in str(refused.exception)


def test_many_matrices_are_drawn_as_the_largest_and_the_rest(record: Record, tmp_path) -> None:
    one = layer(record, "fc")
    many = [one | {"name": f"fc{k}"} for k in range(30)]
    write_map(record | {"layers": many}, tmp_path, "many")
    rows = (tmp_path / "figures" / "map-energy.csv").read_text().splitlines()
    assert len(rows) == 1 + 30
    bars = next(p for p in pictures(record | {"layers": many}) if p.name == "map-energy")
    assert "6 others" in bars.alt
