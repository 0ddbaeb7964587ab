"""The command line of sweeps: what people type, mistakes included."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from crossbar.cli import main
from crossbar.runs.store import Store

SMALL = ["data.preset=clear", "data.clips=10", "train.epochs=1", "network.hidden=8"]
CONFIG = str(Path(__file__).parents[2] / "scripts" / "leti_cnn.toml")


@pytest.fixture
def command(monkeypatch, capsys):
    """Return what the command line answers: exit status, stdout, stderr."""

    def answer(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["crossbar", *words])
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        return (status, *capsys.readouterr())

    return answer


def test_a_sweep_from_command_to_table(command, tmp_path) -> None:
    out = str(tmp_path / "x")
    words = ["sweep", CONFIG, *SMALL, "device.bits=6:8", "test.device.sigma_read=0,0.05",
             "seed=0:2", "--out", out, "--jobs", "1", "--question", "How much noise?"]  # fmt: skip
    status, told, _ = command(*words, "--plan")
    assert status == 0
    assert "4 points, 8 runs" in told
    assert "Shared trainings: 2 a seed" in told
    assert not Path(out).exists()

    status, told, progress = command(*words)
    assert status == 0, progress
    assert "8 runs: 8 done" in told
    assert "runs: 8 of 8" in progress
    assert "best accuracy" in progress

    status, told, _ = command(*words[:-1], "And more?", "device.sigma_read=0", "--plan")
    assert status == 0
    assert "New here: 8" in told

    status, told, _ = command(*words, "--json")
    assert json.loads(told) == {"store": str(tmp_path / "x" / "runs.db"), "done": 8}
    with Store(out) as store:
        assert (store.frame().attempt == 1).all()  # nothing ran again
        assert store.about["question"] == "How much noise?"
        assert store.about["command"].startswith("crossbar sweep ")

    status, told, _ = command("runs", "list", out, "--where", "device.bits=6", "--sort", "loss")
    assert "4 of 8 runs (4 done)" in told
    losses = [float(line.split()[6]) for line in told.splitlines()[1:5]]
    assert losses == sorted(losses, reverse=True)
    status, told, _ = command("runs", "list", out, "--where", "seed=1", "--json")
    assert {row["seed"] for row in json.loads(told)} == {1}

    run = str(json.loads(told)[0]["run"])
    status, told, _ = command("runs", "show", out, run)
    assert "train.epochs = 1" in told
    assert "test.device.sigma_read" in told
    status, told, _ = command("runs", "show", out, run, "--json")
    assert "physical" in json.loads(told)["detail"]["energy"]

    status, told, _ = command("runs", "drop", out, "--where", f"run={run}")
    assert "1 runs dropped, 7 left" in told
    status, told, _ = command(*words, "--json")
    assert json.loads(told)["done"] == 8

    status, told, _ = command("runs", "export", out, str(tmp_path / "x.csv"))
    assert len(pd.read_csv(tmp_path / "x.csv")) == 8


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["device.bitz=4,5"], "Did you mean 'bits'"),
        (["device.bits=9:4"], "device.bits: expected at least one value"),
        (["device.bits="], "device.bits: expected at least one value"),
        (["device.bits=4.5,6"], "expected a whole number, got 4.5"),
        (["device.sigma_read=0:0.1"], "0:0.1:lin11"),
        (["device.sigma_read=1 V,2 V"], "expected the unit none, got '1 V'"),
        (["device.bits"], "expected KEY=VALUES"),
        (["device.bits=4,5", "device.bits=6,7"], "expected each name once"),
        (["seed=a:b"], "seed: expected whole numbers"),
        (["seed=0:2", "seed=7"], "seed: expected each name once"),
        (["device.bits=1:100000000"], "at most 100000 values"),
        (["device.bits=4,5", "--zip", "device.bits"], "two names or more"),
        (["device.kind=reram,cmos", "device.g_max=50 uS"], "Only other kinds have it."),
        (["age=1,2"], "Did you mean 'test.age'?"),
        (["device.bits=4,5", "--random"], "--random: expected --samples too"),
        (["seed=0,0"], "each value once"),
        (["seed=-1"], "different whole numbers from 0"),
        (["device.bits=4,5", "device.sigma_read=0,1,2", "--zip", "device.bits,device.sigma_read"],
         "expected lists of one length"),
        (["device.sigma_read=0:1:lin"], "--samples"),
        (["device.bits=4,5", "--dask", "nowhere:1"], "a scheduler at nowhere:1"),
    ],
)  # fmt: skip
def test_mistakes_end_in_one_line(command, tmp_path, monkeypatch, words, told) -> None:
    monkeypatch.setattr("crossbar.runs.sweep.workers.PATIENCE", 1)
    out = tmp_path / "x"
    status, _, error = command("sweep", CONFIG, *SMALL, *words, "--out", str(out))
    assert status == 2
    assert told in error
    assert len(error.splitlines()) == 1
    assert not out.exists()


def test_settings_that_the_axes_complete_may_be_given_beside_them(command, tmp_path) -> None:
    for words in (["tile.wires.r_wl=2 kohm,1k", "tile.wires.r_bl=1"],
                  ["device.kind=reram,pcm", "device.g_max=50 uS"]):  # fmt: skip
        status, told, error = command("sweep", CONFIG, *words, "--plan", "--out", str(tmp_path))
        assert (status, error) == (0, "")
        assert told.startswith("2 points, 2 runs\n")


def test_lists_of_a_setting_are_no_values_of_a_sweep(command, tmp_path) -> None:
    words = ["tile.size=128,64", "device.bits=[6],7", "--plan", "--out", str(tmp_path / "x")]
    status, _, error = command("sweep", CONFIG, *SMALL, *words)
    assert status == 2
    assert "device.bits: expected a whole number, got [6]" in error
    status, told, _ = command("sweep", CONFIG, *SMALL, "tile.size=[128,64],[64,32]", "--plan")
    assert "2 points" in told


def test_stores_that_are_none(command, tmp_path) -> None:
    no_store = tmp_path / "runs.db"
    no_store.write_text("nothing of the kind " * 100)
    for words in (["sweep", CONFIG, *SMALL, "device.bits=6,7", "--out", str(tmp_path)],
                  ["runs", "list", str(tmp_path)],
                  ["runs", "export", str(no_store), str(tmp_path / "x.csv")]):  # fmt: skip
        status, _, error = command(*words)
        assert status == 2
        assert "expected the store of a sweep, got file is not a database" in error
        assert len(error.splitlines()) == 1
    status, _, error = command("runs", "list", str(tmp_path / "nowhere"))
    assert status == 2
    assert "no such file" in error


def test_other_mistakes_with_runs(command, tmp_path) -> None:
    out = str(tmp_path / "x")
    command("sweep", CONFIG, *SMALL, "device.bits=6,7", "--out", out, "--jobs", "1")
    for words, told in (
        (["list", out, "--where", "acuracy>0.9"], "Did you mean 'accuracy'"),
        (["list", out, "--sort", "los"], "Did you mean 'loss'"),
        (["show", out, "77"], "a number up to 2"),
        (["export", out, str(tmp_path / "x.xls")], ".csv, .json, .parquet"),
    ):
        status, _, error = command("runs", *words)
        assert status == 2
        assert told in error


def mounted(tmp_path: Path, options: str, script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script in a private name space with a file system at ``tmp_path``/disk."""
    unshare = shutil.which("unshare")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs {options} tmpfs {disk}"
    if (
        unshare is None
        or subprocess.run(
            [unshare, "-rm", "sh", "-c", mount], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("this system does not let tests mount a file system of their own")
    return subprocess.run(
        [unshare, "-rm", "sh", "-c", f"{mount} && cd {disk} && {script}"],
        capture_output=True, text=True, check=False, env=os.environ | {"CROSSBAR": sys.executable},
    )  # fmt: skip


def sweep_words(bits: str) -> str:
    return (
        f"$CROSSBAR -c 'from crossbar.cli import main; main()' sweep {CONFIG} {' '.join(SMALL)} "
        f"device.bits={bits} --out x --jobs 1"
    )


def test_a_full_disk_ends_in_one_line_and_keeps_what_is_finished(tmp_path) -> None:
    script = (
        f"{sweep_words('6')} >/dev/null 2>&1; head -c 100M /dev/zero > filler 2>/dev/null; "
        f"{sweep_words('6,7,8,9')}; echo status $?; rm filler; {sweep_words('6,7,8,9')}"
    )
    done = mounted(tmp_path, "-o size=2m", script)
    assert "status 2" in done.stdout, done.stderr
    assert "expected space on the disk" in done.stderr
    assert "4 runs: 4 done" in done.stdout


def test_a_read_only_disk_ends_in_one_line(tmp_path) -> None:
    script = (
        f"{sweep_words('6,7')} >/dev/null 2>&1; mount -o remount,ro . ; {sweep_words('6,7,8')}; "
        "echo status $?; $CROSSBAR -c 'from crossbar.cli import main; main()' runs list x"
    )
    done = mounted(tmp_path, "-o size=8m", script)
    assert "status 2" in done.stdout, done.stderr
    assert "expected a writable" in done.stderr
    assert "2 of 2 runs (2 done)" in done.stdout
