"""Intents and key phrases of commands, at reduced size."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def script(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module(name)


def test_ex32_lines_help_and_read_noise_and_writes_without_verifying_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ex32 = script("ex32_intents", monkeypatch)
    small = {"SIZES": (32, 256), "LARGE": 256, "NOISES": (0.0, 0.1), "SPREADS": (0.0,)}
    small |= {"NOISY": ("ideal",), "CHIPS": {k: ex32.CHIPS[k] for k in ("ideal", ex32.ONCE)}}
    for name, value in small.items():
        monkeypatch.setattr(ex32, name, value)
    words = ["--samples", "500", "--seeds", "1", "--epochs", "8", "--out", str(tmp_path)]
    table = ex32.main(words).set_index(["panel", "x", "chip"])["accuracy"]
    assert table[ex32.FEW, 256, "ideal"] > table[ex32.FEW, 32, "ideal"] + 0.1
    assert table[ex32.FEW, 256, ex32.ONCE] < table[ex32.FEW, 256, "ideal"]
    assert table[ex32.NOISE, 10, "ideal"] < table[ex32.NOISE, 0, "ideal"] - 0.05
    assert table[ex32.SPREAD, 0, "ideal"] == table[ex32.FEW, 256, "ideal"]
    assert (tmp_path / "intents.png").stat().st_size > 10_000


def test_ex33_lines_help_and_mistyped_words_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ex33 = script("ex33_key_phrases", monkeypatch)
    for name, value in {"SIZES": (64, 512), "TYPOS": (0.0, 1.0)}.items():
        monkeypatch.setattr(ex33, name, value)
    monkeypatch.setattr(ex33, "CHIPS", {"ideal": ex33.CHIPS["ideal"]})
    words = ["--samples", "300", "--epochs", "4", "--out", str(tmp_path)]
    table = ex33.main(words).set_index(["panel", "x", "tagger"])["f1"]
    assert table[ex33.FEW, 512, "ideal"] > table[ex33.FEW, 64, "ideal"] + 0.1
    assert table[ex33.MISTYPED, 100, "ideal"] < table[ex33.MISTYPED, 0, "ideal"] - 0.05
    assert (tmp_path / "key-phrases.png").stat().st_size > 10_000
