"""`crossbar spikes run`: a file with options becomes a run, its table and its files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from calling import call, refused

from crossbar.random import Streams
from crossbar.spiking import PeriodicRate, read_spiking
from crossbar.substrates import Digital

NETWORK = Path(__file__).parents[2] / "scripts" / "spiking_loop.toml"
GRAPH = Path(__file__).parents[1] / "imports" / "snntorch.nir"
MS = 1e-3


def ran(monkeypatch, capsys, *words: object) -> dict:
    """Return the record that the command prints."""
    assert call(monkeypatch, "spikes", "run", *words, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_files_have_the_run_of_the_same_network_in_python(tmp_path, monkeypatch, capsys) -> None:
    record = ran(monkeypatch, capsys, NETWORK, "--out", tmp_path, "--sample", "50 us")
    model, rng = read_spiking(NETWORK), np.random.default_rng(0)
    given = PeriodicRate(f_max=5e4, duration=MS).encode([0.9, 0.5, 0.2, 1.0], rng=rng)
    chip = model.build(Digital(dtype=np.float64), Streams(0))
    recording = chip.run({"in": given}, MS, rng=rng, sample=5e-5)
    spikes = pd.read_csv(tmp_path / "spikes.csv")
    for name in ("hidden", "out"):
        own = spikes[spikes.group == name]
        assert len(own) == record["spikes"][name] == len(recording.spikes[name]) > 20
        np.testing.assert_array_equal(own.time_s, recording.spikes[name].times)
        np.testing.assert_array_equal(own.neuron, recording.spikes[name].lines)
    membranes = pd.read_csv(tmp_path / "membranes.csv")
    np.testing.assert_array_equal(membranes["time_s"], recording.times)
    np.testing.assert_array_equal(membranes["out 1 [V]"], recording.voltages["out"][:, 1])
    assert record["active"] == recording.active
    picture = matplotlib.image.imread(tmp_path / "raster.png")
    assert min(picture.shape[:2]) > 400


def test_kept_inputs_give_the_same_run_again(tmp_path, monkeypatch, capsys) -> None:
    first = ran(monkeypatch, capsys, NETWORK, "--out", tmp_path)
    again = ran(monkeypatch, capsys, NETWORK, "--spikes", tmp_path / "inputs.csv")
    assert {k: v for k, v in first.items() if k != "files"} == again
    moved = tmp_path / "net.toml"
    shutil.copy(NETWORK, moved)
    text = moved.read_text().replace("numbers = [0.9, 0.5, 0.2, 1.0]", 'spikes = "inputs.csv"')
    moved.write_text(text)
    assert ran(monkeypatch, capsys, moved) == again  # relative to the file


def test_hardware_reads_every_event_and_energy_is_the_sum_of_its_parts(
    tmp_path, monkeypatch, capsys
) -> None:
    words = (NETWORK, "device.kind=reram", "tile.adc.bits=8")
    record = ran(monkeypatch, capsys, *words)
    parts = record["energy"]["parts"]
    reads, neurons = {"read_energy", "sense", "adc"}, {"spikes", "neuron_time"}
    assert {row["event"] for row in parts} == {*reads, *neurons, "queued"}
    assert sum(row["energy"] for row in parts) == pytest.approx(record["energy"]["counted"])
    conversions = {row["part"]: row["count"] for row in parts if row["event"] == "adc"}
    assert conversions["in-hidden"] == record["events"]["in-hidden"] == 3 * record["inputs"]["in"]
    fired = sum(record["spikes"].values())
    assert record["energy"]["by_spikes"] == pytest.approx(1e-13 * fired)
    events = sum(record["events"].values())
    assert record["energy"]["by_events"] == pytest.approx(9e-13 * events)
    assert ran(monkeypatch, capsys, *words) == record
    assert ran(monkeypatch, capsys, *words, "--seed", 1)["spikes"] != record["spikes"]
    config = tmp_path / "chip.toml"
    config.write_text('[device]\nkind = "reram"\n[tile.adc]\nbits = 8\n[train]\nepochs = 3\n')
    assert ran(monkeypatch, capsys, NETWORK, "--config", config) == record


def test_codes_and_settings_lie_over_those_of_the_file(monkeypatch, capsys) -> None:
    one = ran(monkeypatch, capsys, NETWORK, "--encode", "latency", "0.5,0,1,0.5",
              "run.code.span=1e-4", "--until", "2 ms")  # fmt: skip
    assert (one["until"], one["inputs"]) == (2e-3, {"in": 4})
    same = ran(monkeypatch, capsys, NETWORK, "--encode", "rate", "0.9,0.5,0.2,1")
    assert same == ran(monkeypatch, capsys, NETWORK)  # the settings of the same code stay
    quiet = ran(monkeypatch, capsys, NETWORK, "groups.hidden.neuron.threshold=5 V")
    assert quiet["spikes"] == {"hidden": 0, "out": 0}


def test_what_gives_way_in_a_queue_is_said(monkeypatch, capsys) -> None:
    queue = ("synapses.hidden-out.queue.kind=lossy-ring", "synapses.hidden-out.queue.capacity=1")
    assert call(monkeypatch, "spikes", "run", NETWORK, *queue) == 0
    shown = capsys.readouterr().out
    assert "dropped by 'hidden-out'" in shown
    assert "synaptic events" in shown
    assert "Reads of ideal weights take no energy." in shown


def test_a_graph_in_nir_runs_with_its_time_step(tmp_path, monkeypatch, capsys) -> None:
    pytest.importorskip("nir", reason="pip install 'crossbar-sim[nir]'")
    spikes = tmp_path / "spikes.csv"
    spikes.write_text("time_ms,line\n" + "".join(f"{k / 2},{k % 4}\n" for k in range(100)))
    words = (GRAPH, "nir.dt=1e-4", "--spikes", spikes, "--until", "0.1 s")
    record = ran(monkeypatch, capsys, *words)
    assert record["inputs"] == {"input": 100}
    assert record["events"]["0"] == 600
    assert record["spikes"]["1"] > 5
    assert ran(monkeypatch, capsys, *words, "device.kind=reram")["energy"]["parts"]
    line = refused(monkeypatch, capsys, "spikes", "run", *words, "groups.1.count=3")
    assert "groups: expected no sections of a network in NIR" in line
    line = refused(monkeypatch, capsys, "spikes", "run", NETWORK, "nir.dt=1e-4")
    assert "nir: expected a section of a spiking network" in line


def test_files_are_converted_between_toml_and_nir(tmp_path, monkeypatch, capsys) -> None:
    pytest.importorskip("nir", reason="pip install 'crossbar-sim[nir]'")
    graph, back = tmp_path / "loop.nir", tmp_path / "loop.toml"
    assert call(monkeypatch, "spikes", "convert", NETWORK, graph, "--dt", "1 us") == 0
    assert call(monkeypatch, "spikes", "convert", graph, back, "--dt", "1 us",
                "--leak", "10 nS") == 0  # fmt: skip
    assert "SpikingModel in 4, hidden 3, out 2" in capsys.readouterr().out
    neuron = read_spiking(back).network.groups["hidden"].neuron
    assert neuron.capacitance == pytest.approx(1e-12, rel=1e-12)
    words = ("--encode", "rate", "0.9,0.5,0.2,1", "run.code.f_max=5e4", "run.code.duration=1e-3",
             "--until", "1 ms")  # fmt: skip
    one, other = (ran(monkeypatch, capsys, path, *words) for path in (NETWORK, back))
    assert one["spikes"] == other["spikes"]
    assert sum(one["spikes"].values()) > 50


def test_what_conversion_leaves_out_is_said(tmp_path, monkeypatch, capsys) -> None:
    source = tmp_path / "chip.toml"
    source.write_text(NETWORK.read_text() + '\n[device]\nkind = "reram"\n')
    assert call(monkeypatch, "spikes", "convert", source, tmp_path / "one.toml") == 0
    printed = capsys.readouterr()
    assert printed.err == "Left out, as no part of the network: run, device.\n"
    assert "one.toml: <SpikingModel in 4" in printed.out
    assert call(monkeypatch, "spikes", "convert", tmp_path / "one.toml",
                tmp_path / "two.toml") == 0  # fmt: skip
    assert capsys.readouterr().err == ""


UNCONVERTED = {
    "dt": (["two.toml", "--dt", "1 us"], "--dt: expected a network in NIR, to read or to write"),
    "leak": (["two.nir", "--leak", "1 nS"], "--leak: expected a network that is read from NIR"),
    "ending": (["two.json"], "two.json: expected a file that ends in .toml or .nir, got .json."),
    "none": (["two"], "two: expected a file that ends in .toml or .nir, got none."),
}


@pytest.mark.parametrize(("words", "says"), UNCONVERTED.values(), ids=UNCONVERTED)
def test_what_conversion_cannot_use_is_refused(words, says, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert says in refused(monkeypatch, capsys, "spikes", "convert", NETWORK, *words)
    assert not [*tmp_path.iterdir()]


def test_a_network_that_is_given_nothing_says_so(tmp_path, monkeypatch, capsys) -> None:
    hint = "No input: give --encode or --spikes."
    quiet = (NETWORK, "run.numbers=none")
    assert call(monkeypatch, "spikes", "run", *quiet) == 0
    assert hint in capsys.readouterr().err
    assert call(monkeypatch, "spikes", "run", *quiet, "groups.out.current=1e-12") == 0
    assert hint not in capsys.readouterr().err
    assert call(monkeypatch, "spikes", "run", *quiet, "groups.out.neuron.rest=1") == 0
    assert hint not in capsys.readouterr().err
    assert call(monkeypatch, "spikes", "run", NETWORK) == 0
    assert hint not in capsys.readouterr().err


def test_late_spikes_of_a_file_ask_for_a_longer_run(tmp_path, monkeypatch, capsys) -> None:
    spikes = tmp_path / "spikes.csv"
    spikes.write_text("time_ms,line\n0.5,0\n2,1\n")
    line = refused(monkeypatch, capsys, "spikes", "run", NETWORK, "--spikes", spikes)
    assert line.endswith("before 0.001 s, got one at 0.002 s. Raise --until.\n")


WRONG = {
    "file": (["none.toml"], "none.toml: expected"),
    "section": (["deivce.kind=reram"], "deivce: expected a section of a spiking network"),
    "hardware": (
        ["device.kind=float", "tile.adc.bits=6"],
        "tile.adc: expected no hardware for device.kind = float",
    ),
    "layer": (["device.kind=reram", "layers.ot.adc.bits=6"], "layers.ot: expected a layer"),
    "numbers": (["--encode", "rate", "0.9,0.1"], "run.numbers: expected 4 of input 'in', got 2"),
    "number": (["--encode", "rate", "0.9,2,0,0"], "run.numbers"),
    "code": (["--encode", "rat", "0,0,0,0"], "run.code: expected one of: latency"),
    "population": (["--encode", "population", "0.5"], "run.code: expected 4 lines, as the input"),
    "both": (["run.spikes=x.csv"], "expected spikes or numbers, got both"),
    "spikes": (["--spikes", "x.csv"], "x.csv: expected a table of spikes"),
    "late": (
        ["--until", "10 us"],
        "run.until: expected spikes of input 'in' before 1e-05 s, got one at 0.00099 s. "
        "Raise --until, or shorten run.code.duration.",
    ),
    "group": (
        ["groups.outt.neuron.threshold=0.4"],
        "groups.outt: expected one of the groups of the file, got an unknown name. "
        "Did you mean 'out'?",
    ),
    "synapses": (["synapses.in-hiden.delay=1e-5"], "Did you mean 'in-hidden'?"),
    "input": (["inputs.inn=4"], "inputs.inn: expected one of the inputs of the file"),
    "seed": (["seed=-1"], "seed: expected a whole number from 0"),
}


@pytest.mark.parametrize(("words", "says"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_one_line(words, says, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    network = [] if words[0].endswith(".toml") else [NETWORK]
    assert says in refused(monkeypatch, capsys, "spikes", "run", *network, *words)


def test_help_teaches(monkeypatch, capsys) -> None:
    assert call(monkeypatch, "spikes", "run", "--help") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "crossbar spikes run scripts/spiking_loop.toml --out runs/loop" in shown
    assert "[groups.NAME]" in shown
