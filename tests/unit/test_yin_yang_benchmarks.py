"""The benchmarks of first spikes compare, train and print what they promise."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[2] / "benchmarks"


def run(name: str, *given: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, FOLDER / name, *map(str, given)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def one_neuron_each(folder: Path, late: float) -> Path:
    """A network of lines of one neuron, whose times are closed forms, ``late`` behind them.

    2 w (u - u^2) = 1 has u = (1 + sqrt(1 - 2 / w)) / 2, and the spike is at -2 ln u.
    """
    w = np.array([2.5, 4.0, 9.0])
    after = -2 * np.log((1 + np.sqrt(1 - 2 / w)) / 2)
    times = np.array([[0.1, 0.5, 0.9], [0.4, 1.4, 0.2]])
    out = times + 2 * after + late
    arrays = {"input_times": times, "w_hidden": np.diag(w), "w_output": np.diag(w)}
    labels = out.argmin(axis=1)
    np.savez(folder / "network.npz", output_times=out, labels=labels, **arrays)
    return folder / "network.npz"


def test_times_of_a_file_are_compared_within_1e_4_of_the_time_constant(tmp_path):
    close = run("yin_yang.py", "--network", one_neuron_each(tmp_path, 0.9e-4))
    assert close.returncode == 0, close.stderr
    assert "6 of 6 times within 0.0001 time constants" in close.stdout
    assert "accuracy 100.0 %" in close.stdout
    far = run("yin_yang.py", "--network", one_neuron_each(tmp_path, 1.1e-4))
    assert far.returncode == 1
    assert "0 of 6 times" in far.stdout


def test_a_network_that_has_hardly_learned_misses_its_mark_and_is_not_trained_again(tmp_path):
    kept = tmp_path / "kept.jsonl"
    short = ["train.epochs=1", "learner.steps=50"]
    options = ["--only", "4-30-3", "--seeds", 1, *short, "--json", kept]
    first = run("yin_yang.py", *options)
    assert first.returncode == 1, first.stderr
    (record,) = map(json.loads, kept.read_text().splitlines())
    assert 0.3 < record["accuracy"] < 0.96
    assert f"{100 * record['accuracy']:.1f}" in first.stdout
    assert run("yin_yang.py", *options).stdout == first.stdout


def test_chips_are_compared_with_memory(tmp_path):
    kept = tmp_path / "kept.jsonl"
    chips = ["levels, delays", "mismatch", "reram"]
    done = run("yin_yang_chips.py", "--seeds", 1, "--epochs", 2, "--json", kept, "--only", *chips)
    records = [json.loads(line) for line in kept.read_text().splitlines()]
    assert [one["chip"] for one in records] == chips, done.stderr
    assert all(0 <= one[way] <= 1 for one in records for way in ("memory", "plain", "loop"))
    change = 100 * (records[1]["loop"] - records[1]["memory"])
    assert f"{change:.2f}" in done.stdout
