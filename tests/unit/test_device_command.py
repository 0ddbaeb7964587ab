"""`crossbar device`: lists devices, shows their numbers with sources, draws what their cells do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from calling import call, refused

from crossbar.devices import DEVICES, PRESETS
from crossbar.sources import KINDS


def test_alone_it_lists_every_device(monkeypatch, capsys) -> None:
    assert call(monkeypatch, "device", "--json") == 0
    assert [*json.loads(capsys.readouterr().out)["devices"]] == [*DEVICES.names]
    assert call(monkeypatch, "device") == 0
    assert "reram" in capsys.readouterr().out


@pytest.mark.parametrize("name", PRESETS)
def test_every_number_has_a_kind_of_source(name, monkeypatch, capsys) -> None:
    assert call(monkeypatch, "device", name, "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["numbers"]
    for row in record["numbers"]:
        assert row["kind"] in KINDS
        assert row["words"]
        assert row["source"]


def test_numbers_are_those_of_the_settings(monkeypatch, capsys) -> None:
    assert call(monkeypatch, "device", "reram", "device.g_max=50 uS", "--json") == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["numbers"]}
    assert rows["g_max"]["value"] == 5e-5
    assert rows["g_max"]["unit"] == "S"
    assert (rows["g_max"]["kind"], rows["g_max"]["source"]) == ("given", "your setting")


def test_a_page_has_every_figure_as_svg_png_and_csv(tmp_path, monkeypatch, capsys) -> None:
    assert call(monkeypatch, "device", "pcm", "--out", tmp_path, "--cells", 8, "--json") == 0
    assert Path(json.loads(capsys.readouterr().out)["report"]) == tmp_path / "report.html"
    parts = ("pulses", "steps", "programming-error", "read-noise", "drift", "current")
    names = {f"pcm-{part}.{ending}" for part in parts for ending in ("svg", "png", "csv")}
    assert names == {path.name for path in (tmp_path / "figures").iterdir()}
    assert (tmp_path / "tables" / "numbers.csv").read_text("utf-8").count("\n") > 20


def test_a_subcommand_may_stand_for_the_name(monkeypatch, capsys) -> None:
    assert call(monkeypatch, "device", "show", "ideal", "--json") == 0
    shown = capsys.readouterr().out
    assert call(monkeypatch, "device", "--json", "ideal") == 0
    assert capsys.readouterr().out == shown


def test_help_teaches(monkeypatch, capsys) -> None:
    assert call(monkeypatch, "device", "--help") == 0
    assert "crossbar device NAME" in capsys.readouterr().out
    assert call(monkeypatch, "device", "reram", "--help") == 0
    assert "published" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ecrma",), "Did you mean 'ecram'?"),
        (("float",), "Weights in digital memory have no cells"),
        (("reram", "tile.adc.bits=4"), "Write device.NAME=VALUE"),
        (("reram", "device.sigma_raed=0"), "Did you mean 'sigma_read'?"),
        (("--out", "x"), "crossbar device` lists them"),
    ],
)
def test_mistakes_are_one_line(words, said, monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    assert said in refused(monkeypatch, capsys, "device", *words)
    assert not [*tmp_path.iterdir()]
