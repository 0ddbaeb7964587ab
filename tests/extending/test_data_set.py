"""A data set from outside, used from Python, from TOML, in a sweep and in a report."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from crossbar.data import ByGroup, Ends
from crossbar.errors import ConfigError
from crossbar.runs import experiment

MOONS = """
[data]
kind = "data_set:Moons"

[train]
gamma = 0.01
epochs = 10
batch = 1

[network]
layers = [
  { name = "fc", kind = "dense", units = 8, bias = true },
  { name = "relu", kind = "relu" },
  { name = "out", kind = "dense", units = "classes", bias = true },
]
"""
LONGEST = 20
FOREIGN = re.compile(r"recording|window|spectrogram|\bclips?\b|synthesised")


def settings(lab):
    """Return the settings without the sizes of the tiny network."""
    given = lab.settings(MOONS)
    return given | {"network": {"layers": given["network"]["layers"]}}


@pytest.fixture
def moons(lab, monkeypatch):
    whole = settings(lab)
    monkeypatch.setattr(lab, "settings", lambda text: whole)
    return lab


def test_it_is_as_short_as_it_is_said_to_be():
    assert len(Path(__file__).with_name("data_set.py").read_text().splitlines()) <= LONGEST


def test_from_python():
    from data_set import Moons

    made = Moons(noise=0.0, split=ByGroup(fractions=(0.6, 0.2, 0.2))).dataset()
    assert made.ends == Ends((2,), 2)
    assert made.counts() == {"0": (200, 10), "1": (200, 10)}
    with pytest.raises(ConfigError, match=r"Moons\.noise"):
        Moons(noise=-1.0)


def test_from_toml_it_trains_and_is_reported_in_its_own_words(moons):
    result = moons.train(MOONS)
    assert result["split"] == "group"
    assert result["accuracy"] > 0.75  # guessing: 0.5; a line between the moons: 0.87
    page = moons.report()
    text = html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script).*?</\1>", "", page,
                                                        flags=re.DOTALL)))  # fmt: skip
    assert "0: 200 samples of 10 groups" in text
    assert not FOREIGN.search(text.replace("soundfile", "")), FOREIGN.search(text)
    assert moons.evaluate("device.sigma_read=0.0")["windows"] == 400


def test_in_a_sweep_of_its_own_field(moons):
    frame = moons.sweep(MOONS, {"data.noise": [0.0, 0.4]})
    assert sorted(frame["data.noise"]) == [0.0, 0.4]
    assert "spread of the points" in moons.sweep_report()


def test_a_wrong_field_is_refused_by_name(lab):
    whole = settings(lab)
    with pytest.raises(ConfigError, match=r"data\.nois: .* Did you mean 'noise'"):
        experiment(whole | {"data": whole["data"] | {"nois": 0.1}})
