"""Three classes of recordings, synthesised here, on a network listed in the settings."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
import soundfile

import crossbar
from crossbar.report import write_report
from crossbar.runs import experiment, train

RATE = 8_000
TONES = {"bee": 230.0, "lark": 2_500.0, "owl": 600.0}  # Hz
NETWORK = """
[data]
rate = "8 kHz"
window = "200 ms"
fft = 512
hop = 128
bands = 20
size = [12, 10]
split = { kind = "recording", fractions = [0.6, 0.2, 0.2] }

[train]
epochs = 6
gamma = 0.005

[energy]
images = 2

[network]
layers = [
  { name = "conv", kind = "convolution", filters = 4, kernel = 3, bias = true },
  { name = "relu", kind = "relu" },
  { name = "pool", kind = "max-pooling", kernel = 2 },
  { name = "out", kind = "dense", units = "classes", bias = true },
]
"""


@pytest.fixture
def birds(tmp_path: Path) -> Path:
    """A folder of three classes: tones that waver, in noise, six recordings of one second each."""
    rng, time = np.random.default_rng(0), np.arange(RATE) / RATE
    for name, tone in TONES.items():
        (tmp_path / "birds" / name).mkdir(parents=True)
        for take in range(6):
            phase = 2 * np.pi * tone * rng.uniform(0.9, 1.1) * time + 3 * np.sin(9 * time)
            sound = 0.1 * np.sin(phase) + 0.03 * rng.standard_normal(RATE)
            soundfile.write(tmp_path / "birds" / name / f"{take}.wav", sound, RATE)
    return tmp_path / "birds"


def test_three_classes_of_recordings_train_and_report_with_energy_by_layer(
    birds: Path, tmp_path: Path
) -> None:
    settings = tomllib.loads(NETWORK)
    settings["data"]["path"] = str(birds)
    result = train(experiment(settings), tmp_path / "run")
    assert result["classes"] == ["bee", "lark", "owl"]
    assert result["windows_by_class"] == {name: [30, 6] for name in TONES}
    # Each class has one recording of five windows in the test part; guessing gives a third.
    assert result["accuracy"] >= 0.8
    assert np.array(result["per_seed"][0]["confusion"]).shape == (3, 3)
    energy = crossbar.load(tmp_path / "run").detail()["energy"]
    spent = {row["part"] for row in energy["physical"]["breakdown"] if row["energy"] > 0}
    assert {"conv", "out"} <= spent
    page = write_report(tmp_path / "run").read_text(encoding="utf-8")
    assert "distinguish bee, lark and owl by 200 ms of sound" in page
    assert "a 12 x 10 mel spectrogram" in page
    assert (tmp_path / "run" / "figures" / "run-example-2.png").exists()
