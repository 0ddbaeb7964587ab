"""Values on the command line, and the points that they make."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.errors import ConfigError
from crossbar.runs.sweep.axes import Range, values
from crossbar.runs.sweep.design import Random, Sobol, points, zipped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0,0.01,0.05", [0, 0.01, 0.05]),
        ("4:9", [4, 5, 6, 7, 8]),
        ("4:17:4", [4, 8, 12, 16]),
        ("0,1e-4:1e-1:log4", [0, 1e-4, 1e-3, 1e-2, 1e-1]),
        ("0:0.1:lin3", [0, 0.05, 0.1]),
        ("cmos,reram", ["cmos", "reram"]),
        ("true,false", [True, False]),
        ("[128,64],[64,64]", [[128, 64], [64, 64]]),
        ("none,4", ["none", 4]),
        ("1 uS:100 uS:log3", ["1e-06 S", "1e-05 S", "0.0001 S"]),
        ("5 uS,7 uS", ["5 uS", "7 uS"]),
        ("a:b", ["a:b"]),
    ],
)
def test_texts_become_values(text: str, expected: list[object]) -> None:
    assert values("x", text) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "at least one value"),
        ("9:4", "at least one value"),
        ("0:0.1", "0:0.1:lin11"),
        ("0:0.1:cubic5", "expected a range"),
        ("0:1:log5", "above 0"),
        ("2:1:lin5", "a lower end below"),
        ("1 uS:1 V:lin5", "one unit"),
        ("0:1:lin1", "[2, 100000]"),
        ("1,1", "1 twice"),
        ("1:5:0", "a step other than 0"),
        ("0:1:lin,3", "a whole range alone"),
    ],
)
def test_mistakes_name_the_parameter_and_the_remedy(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        values("device.sigma_read", text)
    assert "device.sigma_read" in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("count", [2, 7, 40])
@pytest.mark.parametrize(("low", "ratio"), [(1e-9, 1.01), (3.7e-4, 250.0), (812.0, 1e6)])
def test_grids_go_from_end_to_end_in_equal_steps(low, ratio, count, log) -> None:
    grid = np.array(Range(low, low * ratio, log=log).grid(count))
    assert grid[0] == pytest.approx(low, rel=1e-11)
    assert grid[-1] == pytest.approx(low * ratio, rel=1e-11)
    steps = np.diff(np.log(grid)) if log else np.diff(grid)
    # Values are rounded to 12 digits.
    assert steps == pytest.approx(steps.mean(), rel=1e-6, abs=1e-11 * grid[-1])


def test_product_zip_and_samples() -> None:
    axes = {"a": [1, 2, 3], "b": [4, 5, 6], "c": ["x", "y"]}
    assert len(list(points(axes))) == 18
    together = list(points(zipped(axes, ["a", "b"])))
    assert len(together) == 6
    assert {(p["a"], p["b"]) for p in together} == {(1, 4), (2, 5), (3, 6)}
    wide = {"s": Range(1e-4, 1e-1, log=True), "k": ["x", "y"]}
    for sampling in (Sobol(64), Random(64)):
        drawn = list(points(wide, sampling))
        assert drawn == list(points(wide, sampling))  # the same again
        assert len(drawn) == 64
        assert all(1e-4 <= p["s"] <= 1e-1 for p in drawn)
        assert {p["k"] for p in drawn} == {"x", "y"}
    # A Sobol sequence puts the same number of 64 points into each of 8 equal parts.
    parts = [int(8 * (np.log10(p["s"]) + 4) / 3) for p in points(wide, Sobol(64))]
    assert np.bincount(parts, minlength=8).tolist() == [8] * 8


def test_zip_needs_lists_of_one_length() -> None:
    with pytest.raises(ConfigError, match="3 of a, 2 of b"):
        zipped({"a": [1, 2, 3], "b": [4, 5]}, ["a", "b"])
    with pytest.raises(ConfigError, match="Add d=VALUES"):
        zipped({"a": [1, 2, 3]}, ["a", "d"])
    with pytest.raises(ConfigError, match="lin11 or log7, or --samples"):
        list(points({"a": Range(0, 1)}))
