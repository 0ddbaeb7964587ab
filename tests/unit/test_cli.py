"""The command line: results on stdout, one line and status 2 for every mistake."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from calling import call, refused
from stored import make_function_sweep
from waiting import until

from crossbar.cli import demo
from crossbar.cli.options import number
from crossbar.runs.experiment import experiment
from crossbar.runs.store import Store


def test_train_evaluate_report_print_json(config, tmp_path, monkeypatch, capsys) -> None:
    out = tmp_path / "run"
    assert call(monkeypatch, "train", config, "seed=0,1", "--out", out, "--json") == 0
    trained = json.loads(capsys.readouterr().out)
    for key in ("accuracy", "accuracy_ci95", "loss", "precision", "recall", "f1", "split"):
        assert key in trained
    assert trained["seeds"] == [0, 1]
    assert len(trained["per_seed"]) == 2
    assert trained["images_per_second"] > 0
    assert call(monkeypatch, "evaluate", out, "device.sigma_read=0.2", "--json") == 0
    stressed = json.loads(capsys.readouterr().out)
    assert stressed["config"]["device"]["sigma_read"] == 0.2
    assert call(monkeypatch, "evaluate", out, "--age", "1e6 s", "--json") == 0
    assert json.loads(capsys.readouterr().out)["age"] == 1e6
    assert call(monkeypatch, "report", out, "--json") == 0
    assert Path(json.loads(capsys.readouterr().out)["report"]).stat().st_size > 10_000


def test_energy_gives_every_convention(config, monkeypatch, capsys) -> None:
    assert call(monkeypatch, "energy", config, "network.hidden=64", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    names = ("ops_inference", "ops_training", "energy_per_op", "energy_inference")
    names += ("energy_training", "power_inference", "power_training", "efficiency", "sources")
    for convention in ("leti-2026", "exact", "physical", "digital"):
        assert set(names) <= set(record[convention])
    assert record["leti-2026"]["energy_inference"] == pytest.approx(13.104e-9, rel=1e-9, abs=0)
    assert record["exact"]["ops_inference"] == 150_128


@pytest.mark.parametrize("command", ["train", "evaluate", "energy", "report", "info", "demo"])
def test_help_teaches(command, monkeypatch, capsys) -> None:
    assert call(monkeypatch, command, "--help") == 0
    assert len(capsys.readouterr().out) > 150


def test_info_names_every_device(monkeypatch, capsys) -> None:
    assert call(monkeypatch, "info", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert {"float", "ideal", "cmos", "reram", "pcm"} <= set(record["devices"])
    assert all(record["devices"].values())


@pytest.mark.parametrize(
    ("assignment", "part"),
    [
        ("train.epoch=3", "Did you mean 'train.epochs'?"),
        ("trian.epochs=3", "Did you mean 'train'"),
        ("epochs=3", "Did you mean 'train.epochs'?"),
        ("sigma_read=0.1", "Did you mean 'device.sigma_read'?"),
        ("v_read=0.1", "Did you mean 'tile.reading.v_read', 'tile.programming.v_read', "),
        ("epoch=3", "Did you mean 'train.epochs'?"),
        ("sigma=0.1", "Did you mean 'device.sigma_read', 'device.sigma_"),
        ("train.sigma_raed=0.1", "Did you mean 'device.sigma_read'?"),
        ("device.epochs=3", "Did you mean 'train.epochs'?"),
        ("tile.bits=3", "'tile.dac.bits', 'tile.adc.bits' or 'device.bits'?"),
        ("adc.bits=4", "Did you mean 'tile.adc'?"),
        ("layers.fc.sigma_read=0.1", "Did you mean 'layers.fc.device.sigma_read'?"),
        ("hidden=8", "Did you mean 'network.hidden'?"),
        ("device.sigma_read=5 V", 'Write it like 0.05 or "5 %"'),
        ("device.sigma_raed=0.1", "Did you mean 'sigma_read'"),
        ("device.kind=cmoss", "Did you mean 'cmos'"),
        ("device.kind=ReRAM", "Did you mean 'reram'"),
        ("device.g_max=50 uS", "Only other kinds have it. Known: bits"),
        ("device.bits=8.5", "device.bits: expected a whole number"),
        ("device.bits=40", "from 2 to 14"),
        ("device.sigma_read=-1", "sigma_read"),
        ("device.g_full=5 V", "the unit S"),
        ("data.split=windows", "Did you mean 'window'"),
        ("data.preset=herd", "Did you mean 'hard'"),
        ("train.gamma=nan", "train.gamma"),
        ("train.gamma=fast", "train.gamma"),
        ("seed=0,0", "different whole numbers"),
        ("seed=-1", "seed"),
        ("train.epochs", "key=value"),
        ("network.copies=700", "625"),
        ("tile.wires.r_wl=1", "r_bl"),
        ("tile.adc.bits=1", "bits"),
        ("faults.p_on=1.5", "p_on"),
        ("data.path=/nowhere", "/nowhere"),
    ],
)
def test_a_wrong_setting_is_named(assignment, part, config, tmp_path, monkeypatch, capsys) -> None:
    out = tmp_path / "run"
    line = refused(monkeypatch, capsys, "train", config, assignment, "--out", out)
    assert part in line
    assert not out.exists()


def test_a_file_has_the_hints_of_the_command_line(tmp_path, monkeypatch, capsys) -> None:
    path = tmp_path / "run.toml"
    path.write_text("epochs = 3\n")
    assert "Did you mean 'train.epochs'?" in refused(monkeypatch, capsys, "train", path)
    path.write_text("[train]\nsigma_read = 3\n")
    assert "Did you mean 'device.sigma_read'?" in refused(monkeypatch, capsys, "train", path)


def test_a_misspelt_command_is_named(monkeypatch, capsys) -> None:
    assert call(monkeypatch, "tran") == 2
    said = capsys.readouterr().err
    assert said == (
        "crossbar: No such command 'tran'. Did you mean 'train'? See `crossbar --help`.\n"
    )


def test_g_min_above_g_max_is_refused(config, tmp_path, monkeypatch, capsys) -> None:
    wrong = ("device.kind=reram", "device.g_min=50 uS")
    assert "g_max" in refused(
        monkeypatch, capsys, "train", config, *wrong, "--out", tmp_path / "run"
    )
    assert not (tmp_path / "run").exists()


def test_a_broken_toml_names_file_and_line(tmp_path, monkeypatch, capsys) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("[train]\nepochs = = 3\n")
    line = refused(monkeypatch, capsys, "train", path, "--out", tmp_path / "run")
    assert "broken.toml" in line
    assert "line 2" in line
    missing = refused(monkeypatch, capsys, "energy", tmp_path / "none.toml")
    assert "none.toml" in missing


def test_a_trained_chip_is_not_tested_on_what_it_learned(
    config, tmp_path, monkeypatch, capsys
) -> None:
    out = tmp_path / "run"
    assert call(monkeypatch, "train", config, "--out", out) == 0
    capsys.readouterr()
    for change in ("data.clips=8", "data.split=window", "seed=1", "network.hidden=4"):
        line = refused(monkeypatch, capsys, "evaluate", out, change)
        assert "after training" in line
    with Store(out, write=True) as kept:
        kept.redo(1)
    assert "a finished run" in refused(monkeypatch, capsys, "evaluate", out)


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (["train.gamma=5"], "Without noise it diverges too. Lower train.gamma."),
        (["device.sigma_read=1"], "Lower device.sigma_read."),
        (["device.g_max=5 nS", "device.g_min=0.1 nS", "tile.reading.t_read=1 ns"],
         "Without thermal and shot noise the loss is"),
    ],
)  # fmt: skip
def test_a_divergence_names_its_cause(cause, told, config, tmp_path, monkeypatch, capsys) -> None:
    words = ("train", config, "device.kind=reram", *cause, "--out", tmp_path / "run")
    assert told in refused(monkeypatch, capsys, *words)
    assert not (tmp_path / "run").exists()


def test_percent_are_a_plain_ratio() -> None:
    five = experiment({"device": {"kind": "reram", "sigma_read": "5 %"}})
    assert five.device == experiment({"device": {"kind": "reram", "sigma_read": 0.05}}).device


def test_numbers_of_options_have_units_and_limits() -> None:
    assert number("s", low=1.0)("10 min") == 600.0
    assert number(above=0.0)("2 %") == number()(0.02) == 0.02
    for wrong in ("5 V", "0.1", "soon"):
        with pytest.raises(typer.BadParameter, match=r"expected .*, got"):
            number("s", low=1.0)(wrong)


def test_units_of_settings_are_written_in_several_ways() -> None:
    lines = {"r_wl": "2 kΩ", "r_bl": "2 kOhm"}
    plan = experiment({"tile": {"wires": lines, "reading": {"temperature": "27 °C"}}})
    assert plan.tile.wires.r_wl == plan.tile.wires.r_bl == 2000.0
    assert plan.tile.reading.temperature == pytest.approx(300.15)


def test_a_sweep_is_no_run_to_finish(tmp_path, monkeypatch, capsys) -> None:
    (tmp_path / "runs.db").touch()
    for command in ("evaluate", "stress"):
        line = refused(monkeypatch, capsys, command, tmp_path)
        assert "got a sweep. Train one of its points" in line


def test_a_finite_divergence_is_one_too(config, tmp_path, monkeypatch, capsys) -> None:
    line = refused(monkeypatch, capsys, "train", config, "train.gamma=5", "--out", tmp_path / "r")
    assert "train.gamma = 5 in epoch 1" in line


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ("device.g_max=60", "60 uS"),
        ("tile.reading.v_read=350", "350 mV"),
        ("data.classes=car", "data.path"),
    ],
)
def test_implausible_values(change, part, config, tmp_path, monkeypatch, capsys) -> None:
    arguments = ("train", config, "device.kind=reram", change, "--out", tmp_path / "run")
    assert part in refused(monkeypatch, capsys, *arguments)


def test_an_interrupted_run_says_how_to_go_on(config, tmp_path) -> None:
    """SIGINT from a terminal: one line, status 130, and the checkpoint stays."""
    program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    program += "from crossbar.cli import main; main()"
    arguments = ["train", config, "train.epochs=400", "--out", tmp_path / "run"]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)], stderr=subprocess.PIPE, text=True
    )
    until((tmp_path / "run" / "seed-0" / "checkpoint.npz").exists, process)
    process.send_signal(signal.SIGINT)
    assert "The same command resumes from there." in process.communicate()[1]
    assert process.returncode == 130


@pytest.mark.parametrize(("command", "place"), [
    ("info", "crossbar.cli.installed.versions"),
    ("train RUN", "crossbar.runs.read"),
    ("train RUN --out OUT", "crossbar.runs.train"),
    ("sweep RUN seed=0,1 --out OUT", "crossbar.runs.sweep.sweep"),
])  # fmt: skip
def test_ctrl_c_is_one_line_in_every_command(
    command, place, config, tmp_path, monkeypatch, capsys
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(place, interrupted)
    words = command.replace("RUN", str(config)).replace("OUT", str(tmp_path / "out")).split()
    assert call(monkeypatch, *words) == 130
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("crossbar: stopped.")
    assert said.err.count("\n") == 1


def test_without_out_every_setting_has_a_folder_of_its_own(
    config, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    for change in ("seed=0", "seed=1", "seed=0"):
        assert call(monkeypatch, "train", config, change, "--json") == 0
    assert len(list((tmp_path / "runs").glob("run-*/runs.db"))) == 2


def test_what_compiles_ahead_ends_with_what_it_is_for(monkeypatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    with contextlib.suppress(KeyboardInterrupt), demo._compiling_ahead():
        assert started[0].poll() is None
        raise KeyboardInterrupt
    assert started[0].poll() is not None


def test_what_compiles_ahead_ends_with_the_process_that_started_it() -> None:
    program = (
        "import time\nfrom crossbar.cli import demo\n"
        "with demo._compiling_ahead():\n    print('ready', flush=True)\n    time.sleep(1e6)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
    until(lambda: not Path(f"/proc/{child}").exists())
    assert not Path(f"/proc/{child}").exists()


def test_energy_of_a_training_is_that_of_its_chip_by_part(
    config, tmp_path, monkeypatch, capsys
) -> None:
    assert call(monkeypatch, "train", config, "--out", tmp_path / "run", "--json") == 0
    trained = json.loads(capsys.readouterr().out)
    assert call(monkeypatch, "energy", tmp_path / "run", "--json") == 0
    physical = json.loads(capsys.readouterr().out)["physical"]
    assert physical["energy_inference"] == trained["energy_inference"]
    assert call(monkeypatch, "energy", tmp_path / "run") == 0
    shown = capsys.readouterr().out
    assert "Physical energy of inference by part" in shown
    assert re.search(r"conv .*cells, forward read .*derived", shown)
    assert call(monkeypatch, "energy", tmp_path / "run", "energy.rate=1000") == 2
    assert "a folder alone, got energy.rate=1000. Leave them out" in capsys.readouterr().err
    make_function_sweep(tmp_path / "sweep")
    assert call(monkeypatch, "energy", tmp_path / "sweep") == 2
    assert "the folder of a training, got none" in capsys.readouterr().err
