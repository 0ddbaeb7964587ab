"""Sweeps that were added to: no grid, names that some points lack, points that nothing pairs."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from invented import Values, chip, fill, grid
from scipy import stats

from crossbar.report import write_report
from crossbar.report.sweeps import (
    Sweep,
    curve,
    drift,
    pictures,
    read_sweep,
    statistics,
    yields,
)
from crossbar.report.sweeps.importance import chance
from crossbar.report.sweeps.points import points
from crossbar.report.sweeps.verdict import Verdict

Part = tuple[list[dict[str, Any]], range]
SAMPLES = ((0.001, 4), (0.02, 7), (0.005, 5), (0.05, 6), (0.09, 8))

UNIONS: dict[str, list[Part]] = {
    "one point": [([{}], range(2))],
    "one run": [([{}], range(1))],
    "rows and a block": [
        (grid(device__sigma_read=[0, 0.01, 0.05]), range(3)),
        (grid(device__sigma_read=[0.1]), range(1)),
        (grid(device__sigma_read=[0, 0.01], device__bits=[4, 6]), range(1)),
    ],
    "three lines": [
        (grid(device__sigma_read=[0, 0.01, 0.05]), range(2)),
        (grid(device__sigma_read=[0, 0.01], device__bits=[4, 6]), range(3)),
        (grid(device__kind=["cmos", "pcm"]), range(2)),
    ],
    "a point, then names": [
        ([{}], range(2)),
        (grid(device__bits=[4, 6]), range(2)),
        (grid(my__own=[1, 2]), range(2)),
    ],
    "unlike kinds": [
        (grid(my__one=[1, 2, 3]), range(2)),
        (grid(my__two=["x", "y"]), range(2)),
        (grid(my__one=[1], my__two=["x", "z"]), range(1)),
    ],
    "truth and ages": [
        (grid(test__compensate=[False, True]), range(2)),
        (grid(test__age=[None, 1.0, 1e4]), range(2)),
        (grid(test__age=[1e4], test__compensate=[True]), range(2)),
    ],
    "chips and ages": [
        (grid(test__faults__p_off=[0, 0.05, 0.3], test__chip=range(6)), range(2)),
        (grid(test__age=[1, 10]), range(2)),
    ],
    "samples": [([{"device.sigma_read": s, "device.bits": b} for s, b in SAMPLES], range(2))],
}


def union(place: Path, parts: list[Part], **more: Any) -> Sweep:
    for given, seeds in parts:
        fill(place, given, seeds, chip, **more)
    return read_sweep(place)


@pytest.mark.parametrize("name", UNIONS)
def test_every_union_has_its_figures_its_table_and_its_verdict(name: str, tmp_path: Path) -> None:
    sweep = union(tmp_path, UNIONS[name])
    found = Verdict(sweep)
    assert all(sentence.endswith(".") for sentence in found.sentences())
    assert len(points(found).rows) == len(found.points)
    told = [picture.caption + picture.alt for picture in pictures(sweep)]
    assert not any("nan" in text for text in told)


def test_captions_tell_both_kinds_of_intervals(tmp_path: Path) -> None:
    sweep = union(tmp_path, UNIONS["rows and a block"])
    told = "(corrected resampled t; of one seed Wilson, over independent test samples)"
    assert told in curve(sweep, "device.sigma_read").caption


def test_a_single_point_has_a_page(tmp_path: Path) -> None:
    union(tmp_path, UNIONS["one point"])
    page = write_report(tmp_path).read_text()
    assert "How much does the accuracy spread from chip to chip?" in page


def test_no_change_is_drawn_where_nothing_pairs(tmp_path: Path) -> None:
    sweep = union(tmp_path, UNIONS["chips and ages"])  # no chip was tested at two ages
    assert "Below" not in drift(sweep).caption
    assert "Below" in curve(sweep, "test.faults.p_off").caption


# Chips


def test_a_yield_counts_chips_and_no_other_parameter(tmp_path: Path) -> None:
    sweep = union(tmp_path, UNIONS["chips and ages"])
    cause = "test.faults.p_off"
    table = statistics.yields(sweep, [cause], "accuracy", 0.8)
    young = sweep.done[sweep.done["test.age"].isna()]
    good = (young["accuracy"] >= 0.8).groupby(young[cause]).mean()
    assert list(table["chips"]) == [12, 12, 12]  # 6 chips of 2 seeds; none of those that aged
    assert list(table["mean"]) == list(good)
    caption = yields(sweep, cause).caption
    assert "12 chips a point" in caption
    assert "All else as in the reference point: age at once." in caption


def test_parameters_that_vary_together_are_one_cause(tmp_path: Path) -> None:
    both = [{"test.faults.p_on": p, "test.faults.p_off": p} for p in (0.0, 0.01, 0.02)]
    sweep = union(tmp_path, [(both, range(12))])
    (drawn,) = [p for p in pictures(sweep) if p.name.startswith("yield")]
    assert "12 chips a point" in drawn.caption
    assert "It varies together with test.faults.p_off." in drawn.caption


def test_chips_that_failed_in_their_test_are_not_good(tmp_path: Path) -> None:
    def fails(point: Values, seed: int) -> bool:
        return bool(point["test.faults.p_off"] * 10 > point["test.chip"])

    cause = "test.faults.p_off"
    given = grid(test__faults__p_off=[0.0, 0.3, 0.9], test__chip=range(9))
    sweep = union(tmp_path, [(given, range(2))], failed=fails)
    table = statistics.yields(sweep, [cause], "accuracy", -1.0)  # every chip with a result is good
    assert list(table["chips"]) == [18, 18, 18]
    assert list(table["mean"]) == [1.0, 12 / 18, 0.0]
    told = yields(sweep, cause, thresholds=[0.5]).caption
    assert "24 chips failed in their test and count as not good." in told
    assert "24 failed, at one point all 18, and are not in any mean." in curve(sweep, cause).caption
    table = points(Verdict(sweep)).csv()
    assert sorted(pd.read_csv(StringIO(table))["failed runs"]) == [0, 6, 18]  # of 0.9 none is left


def test_the_best_point_says_which_runs_it_lost(tmp_path: Path) -> None:
    def fails(point: Values, seed: int) -> bool:
        return point["device.bits"] == 8 and seed > 1

    sweep = union(tmp_path, [(grid(device__bits=[4, 8]), range(4))], failed=fails)
    told, *_ = Verdict(sweep).sentences()
    assert "2 of 4 runs at this point failed: the mean is over the others." in told


def test_runs_that_failed_in_training_are_no_chips(tmp_path: Path) -> None:
    def fails(point: Values, seed: int) -> bool:
        return seed == 1

    sweep = union(tmp_path, [(grid(faults__p_off=[0.0, 0.1]), range(4))], failed=fails)
    assert list(statistics.yields(sweep, ["faults.p_off"], "accuracy", 0.5)["chips"]) == [3, 3]
    told = yields(sweep, "faults.p_off").caption
    assert "2 failed before it and are omitted." in told


# Samples


def scattered(count: int, slope: float) -> list[dict[str, float]]:
    """Points at random; the metric below is ``slope`` times the first parameter, and luck."""
    rng = np.random.default_rng(5)
    return [{"a": x, "b": y, "luck": z, "slope": slope} for x, y, z in rng.random((count, 3))]


def score(point: Values, seed: int) -> dict[str, float]:
    return {"score": point["slope"] * point["a"] + point["luck"]}


def told(place: Path, count: int, slope: float) -> tuple[str, ...]:
    found = read_sweep(fill(place, scattered(count, slope), [0, 1], score))
    return Verdict(replace(found, parameters=("a", "b"))).sentences()


def test_samples_tell_by_ranks_and_only_if_there_are_enough(tmp_path: Path) -> None:
    assert len(told(tmp_path / "few", 5, 5.0)) == 1
    assert told(tmp_path / "many", 30, 5.0)[1].startswith("a matters most for the score: rank")
    assert told(tmp_path / "luck", 30, 0.0)[1].startswith(
        "No parameter has a visible effect on the"
    )


def test_chance_is_that_of_scipy() -> None:
    rng = np.random.default_rng(3)
    for count in (8, 20, 64):
        x, y = rng.random((2, count))
        oracle = stats.spearmanr(x, y)
        assert chance(oracle.statistic, count) == pytest.approx(oracle.pvalue, rel=1e-9)


def test_values_that_no_pair_compares_are_no_swing(tmp_path: Path) -> None:
    told = Verdict(union(tmp_path, UNIONS["chips and ages"])).sentences()[1]
    assert "test.faults.p_off" in told  # of the ages no two have runs of equal chips
    assert "from 0 % to 0 %" not in told


def test_samples_have_no_line_for_each_of_them(tmp_path: Path) -> None:
    given = [{"test.age": 10.0**k, "test.faults.p_off": 0.01 * k} for k in range(6)]
    sweep = union(tmp_path, [(given, range(2))])
    assert [p.name for p in pictures(sweep)] == ["scatter-accuracy"]


def test_parameters_that_were_swept_together_are_one(tmp_path: Path) -> None:
    names = ["test.tile.wires.r_wl", "test.tile.wires.r_bl"]
    sizes = ("[32, 32]", "[64, 64]", "[128, 64]")
    lines = [
        {names[0]: r, names[1]: r, "test.tile.size": size}
        for r in (0.0, 1.0, 10.0)
        for size in sizes
    ]
    apart = union(tmp_path / "apart", [(lines, range(3))])
    together = union(tmp_path / "together", [(lines, range(3))], together=[names])
    assert len(apart.parameters) == 3
    assert together.parameters == (names[0], "test.tile.size")
    assert together.tied == {names[0]: (names[1],)}
    assert not together.sampled
    page = write_report(tmp_path / "together").read_text()
    assert "together with test.tile.wires.r_wl" in page
    # Where they were not swept together later on, they are two again.
    more = [{names[0]: 1.0, names[1]: 5.0, "test.tile.size": "[32, 32]"}]
    again = union(tmp_path / "again", [(lines, range(3)), (more, range(3))], together=[names])
    assert len(again.parameters) == 3
