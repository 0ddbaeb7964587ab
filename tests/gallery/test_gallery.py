"""Every script of the gallery runs, and prints computed beside exact or published."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def script(name: str) -> ModuleType:
    """Return a script of the gallery as a module."""
    specification = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_every_script_has_a_test() -> None:
    tests = "".join(p.read_text() for p in Path(__file__).parent.glob("test_*.py"))
    for path in SCRIPTS.glob("ex*.py"):
        assert path.stem in tests


def test_ex01_measures_what_the_definitions_predict(capsys) -> None:
    results = script("ex01_mvm").main()
    assert "predicted" in capsys.readouterr().out
    for name, (measured, predicted) in results.items():
        if predicted is None:
            assert measured > 0.05, name
        else:
            # 64 000 outputs of 2 000 inputs on one array: 3 % covers the array drawn once.
            assert measured == pytest.approx(predicted, rel=0.03, abs=1e-13), name


def test_ex02_ideal_chip_equals_numpy(capsys) -> None:
    losses = script("ex02_train_on_chip").main(["--epochs", "3", "--samples", "200"])
    assert "ideal chip against NumPy" in capsys.readouterr().out
    assert losses["ideal chip"] == pytest.approx(losses["NumPy float64"], rel=1e-9)
    for name, loss in losses.items():
        assert loss[-1] < 0.5 * loss[0], name


def test_ex04_narrow_codes_stop_learning_when_rounded_to_the_nearest(tmp_path, capsys) -> None:
    module = script("ex04_code_width")
    arguments = ["--data", "clear", "--clips", "12", "--bits", "4", "--seeds", "2"]
    arguments += ["--epochs", "2", "--out", str(tmp_path)]
    means = module.main(arguments).set_index("rounding")
    assert means.loc["deterministic", "changed"] < 0.1 * means.loc["stochastic", "changed"]
    assert means.loc["stochastic", "loss"] < means.loc["deterministic", "loss"]
    assert (tmp_path / "clear.png").stat().st_size > 10_000
    rows = (tmp_path / "clear.csv").read_text()
    module.main(arguments)
    assert (tmp_path / "clear.csv").read_text() == rows


def test_ex05_a_followed_operator_learns_like_an_exact_one(capsys) -> None:
    arguments = ["--images", "30", "--seeds", "1", "--ohm", "1"]
    found = script("ex05_line_resistance").main(arguments)
    out = capsys.readouterr().out
    assert "followed by an estimate" in out
    assert all(0.0 <= value <= 1.0 for values in found.values() for value in values)
    followed = [line for line in out.splitlines() if line.startswith("followed")]
    assert float(followed[0].split()[-1]) < 1e-4  # of the range, after 30 images
