"""The commands of circuits: netlists, characterisation, inference."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crossbar.cli import main
from crossbar.cli.cells import CELLS

NGSPICE = pytest.mark.ngspice


def crossbar(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Run the command line and return its exit status."""
    monkeypatch.setattr("sys.argv", ["crossbar", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


NETLISTS = {
    "cell": ("cell", "vteam", "r_on=60"),
    "loop": ("cell", "yakopcic", "--loop"),
    "synapse": ("cell", "cmos_synapse", "bits=2", "--code", "1", "--code", "2"),
    "array": ("array", "tile.wires.r_wl=1", "tile.wires.r_bl=1", "--rows", "3", "--cols", "2"),
    "tile": ("tile", "device.kind=reram", "--rows", "3", "--cols", "2", "--reads", "2"),
    "step": ("train-step", "--side", "4", "network.hidden=2", "train.gamma=0.01"),
}


@NGSPICE
@pytest.mark.parametrize("words", NETLISTS.values(), ids=NETLISTS)
def test_netlists_are_written_with_their_models_and_run(words, monkeypatch, tmp_path, capsys):
    from crossbar.spice import run

    file = tmp_path / "new" / "deck.cir"
    assert crossbar(monkeypatch, "netlist", *words, "--out", file) == 0
    assert "Simulate it: ngspice -b" in capsys.readouterr().err
    assert len(run(file)) >= 1
    assert crossbar(monkeypatch, "netlist", *words) == 0
    assert capsys.readouterr().out == file.read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("netlist", "cell", "vteem"), "Did you mean 'vteam'?"),
        (("netlist", "cell", "vteam", "r_onn=60"), "vteam.r_onn: expected a setting"),
        (("netlist", "cell", "cmos_synapse", "bits=11"), "a whole number from 1 to 10, got 11"),
        (("netlist", "cell", "cmos_synapse", "bits=2", "--code", "4"), "--code: expected"),
        (("netlist", "cell", "cmos_synapse", "--loop"), "expected a memristor, got cmos_synapse"),
        (("netlist", "cell", "vteam", "--code", "1"), "expected cmos_synapse, got vteam"),
        (("netlist", "array", "device.kind=float"), "expected an analog device, got float"),
        (("netlist", "train-step", "device.kind=reram"), "Use device.kind = cmos"),
        (
            ("netlist", "train-step", "tile.mapping=one-sided", "device.rounding=deterministic"),
            "or a pair about the middle, got OneSidedPair",
        ),
        (("netlist", "network", "nowhere"), "a finished run"),
        (("spice", "characterise", "nothing.csv"), "nothing.csv"),
        (("spice", "characterise", "nothing.csv", "r_on=5"), "none with a CSV file, got r_on=5"),
        (("spice", "characterise", "vteam", "--sweeps"), "expected cmos_synapse, got vteam"),
        (("spice", "characterise", "vteam", "--out", __file__), "expected a writable folder"),
        (("spice", "infer", "nowhere"), "a finished run"),
    ],
)
def test_mistakes_end_in_one_line(words, told, monkeypatch, capsys):
    assert crossbar(monkeypatch, *words) == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1


@NGSPICE
@pytest.mark.parametrize("command", ["netlist cell", "spice characterise"])
def test_help_names_every_cell(command, monkeypatch, capsys):
    assert crossbar(monkeypatch, *command.split(), "--help") == 0
    said = capsys.readouterr().out
    assert [name for name in CELLS if name not in said] == []


def test_a_memristor_is_characterised_into_a_device(monkeypatch, tmp_path, capsys):
    words = ("spice", "characterise", "vteam", "--samples", "1", "--out", tmp_path)
    assert crossbar(monkeypatch, *words) == 0
    out = capsys.readouterr().out
    assert "set threshold" in out
    assert "device.step=" in out.replace("\n", "")
    for name in ("measurements.csv", "vteam.csv", "vteam-traces.csv", "pinched-loops.png"):
        assert (tmp_path / name).stat().st_size > 100, name
    words = ("spice", "characterise", tmp_path / "vteam-traces.csv", "--json")
    assert crossbar(monkeypatch, *words) == 0
    found = json.loads(capsys.readouterr().out)["measurements"]
    assert {"name", "value", "unit", "condition"} == set(found[0])


@NGSPICE
def test_a_synapse_is_characterised_into_costs(monkeypatch, tmp_path, capsys):
    words = ("spice", "characterise", "cmos_synapse", "bits=3", "--samples", "1", "--json")
    assert crossbar(monkeypatch, *words, "--out", tmp_path) == 0
    found = json.loads(capsys.readouterr().out)["measurements"]
    assert any(row["unit"] == "J" and row["value"] > 0 for row in found)
    for name in ("cmos_synapse.json", "measurements.csv", "synapse-energy.png"):
        assert (tmp_path / name).stat().st_size > 100, name


@NGSPICE
def test_a_trained_chip_is_inferred(monkeypatch, tmp_path, capsys):
    config = Path(__file__).parents[2] / "scripts" / "leti_cnn.toml"
    small = ("data.preset=clear", "data.clips=6", "train.epochs=1", "network.hidden=8")
    run = tmp_path / "run"
    assert crossbar(monkeypatch, "train", config, *small, "--out", run) == 0
    capsys.readouterr()
    keep = tmp_path / "kept"
    words = ("spice", "infer", run, "--images", "2", "--keep", keep, "--json")
    assert crossbar(monkeypatch, *words) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["decisions_equal"] == 2
    assert found["score_error"] < 1e-4  # single precision of the chip
    assert (keep / "deck.cir").exists()
    out = tmp_path / "network.cir"
    assert crossbar(monkeypatch, "netlist", "network", run, "--images", "2", "--out", out) == 0
    assert out.read_text() == (keep / "deck.cir").read_text()
    assert crossbar(monkeypatch, "spice", "infer", run, "--images", "9999") == 2
    assert "Ask for fewer" in capsys.readouterr().err
