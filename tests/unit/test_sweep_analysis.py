"""What sweeps say: intervals, paired changes, yields and fronts against other ways to get them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from invented import BASE, RATIO, Values, chip, fill, grid
from scipy import stats

from crossbar.errors import DataError
from crossbar.intervals import independent, student, wilson
from crossbar.report.sweeps import Sweep, read_sweep
from crossbar.report.sweeps.effects import effects
from crossbar.report.sweeps.importance import rank_correlations
from crossbar.report.sweeps.levels import levels, tidy
from crossbar.report.sweeps.statistics import changes, front, means, yields
from crossbar.runs.store import Finished, Point, Store


def linear(point: Values, seed: int) -> dict[str, float]:
    """A score that is linear in a and b, and shifted by the seed."""
    return {"score": 3.0 * point["a"] - 2.0 * point["b"] + math.sin(9.0 * seed), "time": 1.0}


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    points = grid(device__bits=[4, 6], device__sigma_read=[0.0, 0.01, 0.05])
    return read_sweep(fill(tmp_path, points, range(4), chip))


# Reading


def test_columns_become_parameters_constants_and_metrics(tmp_path: Path) -> None:
    points = grid(device__bits=[4, 6], train__batch=[1], test__chip=[0, 1, 2])
    sweep = read_sweep(fill(tmp_path / "study", points, [0, 1], chip, title="Bits"))
    assert sweep.name == "study"
    assert sweep.parameters == sweep.varied == ("device.bits",)
    assert sweep.constant == {"train.batch": 1}
    assert sweep.replicates == ("seed", "test.chip")
    assert sweep.metric == "accuracy"
    assert {"loss", "cells", "latency"} <= set(sweep.metrics)
    assert sweep.about["title"] == "Bits"
    assert sweep.counts == {"done": 12}
    assert sweep.complete


def test_half_finished_sweeps_work_and_know_it(tmp_path: Path) -> None:
    points = grid(device__bits=[4, 5, 6, 7])

    def fails(point: Values, seed: int) -> bool:
        return bool(point["device.bits"] == 5 and seed == 1)

    sweep = read_sweep(fill(tmp_path, points, [0, 1], chip, unfinished=3, failed=fails))
    assert sweep.counts == {"done": 4, "waiting": 3, "failed": 1}
    assert not sweep.complete
    assert list(sweep.failures["failure"]) == ["did not converge"]
    assert list(means(sweep, ["device.bits"], "accuracy")["seeds"]) == [2, 1, 1]


def test_a_sweep_without_results_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_sweep(tmp_path / "none")
    with Store(tmp_path / "empty", write=True):
        pass
    with pytest.raises(DataError, match=r"expected runs, got none\. Run the command of the sweep"):
        read_sweep(tmp_path / "empty")
    with Store(tmp_path / "new", write=True) as store:
        store.add([Point({"a": 1}, {"a": 1})], [0, 1])
    with pytest.raises(DataError, match=r"got 2 waiting\. Run the command of the sweep again"):
        read_sweep(tmp_path / "new")
    failed = fill(tmp_path / "failed", grid(a=[1]), [0], linear, failed=lambda p, s: True)
    with pytest.raises(DataError, match=r"got 1 failed\. The first error: .*--retry-failed"):
        read_sweep(failed)


def test_a_parameter_that_some_points_lack_has_their_setting(tmp_path: Path) -> None:
    points = [{"device.bits": 4}, {"device.bits": 4, "device.sigma_read": 0.05}]
    sweep = read_sweep(fill(tmp_path, points, [0], chip))
    assert list(sweep.done["device.sigma_read"]) == [BASE["device"]["sigma_read"], 0.05]
    aged = [{"test.device.sigma_read": 0.02}, {"test.age": 60.0}]
    sweep = read_sweep(fill(tmp_path / "test", aged, [0], chip))
    assert list(sweep.done["test.device.sigma_read"]) == [0.02, 0.01]
    assert np.isnan(sweep.done["test.age"].iloc[0])


def test_none_is_not_the_setting_of_the_base(tmp_path: Path) -> None:
    points = [{"device.sigma_read": None}, {"device.sigma_read": 0.05}]
    with Store(tmp_path, write=True) as store:
        store.note(base=BASE)
        store.add([Point(p, p, {"device": {"sigma_read": p["device.sigma_read"]}}) for p in points],
                  [0])  # fmt: skip
        session = store.enter()
        ended = [Finished(run.run, 1.7e9, 1.0, "here", {}, metrics={"accuracy": 0.9})
                 for run in store.step(session, [], 2)]  # fmt: skip
        store.step(session, ended, 0)
    values = list(read_sweep(tmp_path).done["device.sigma_read"])
    assert np.isnan(values[0])
    assert values[1] == 0.05


@pytest.mark.parametrize(
    ("unit", "values", "expected"),
    [
        ("s", ["1 min", "1 d"], [60.0, 86400.0]),
        ("S", ["5 uS", 1e-5], [5e-6, 1e-5]),
        ("", [4, None], [4.0, math.nan]),
        ("", ["reram", "cmos"], ["reram", "cmos"]),
        ("", [[64, 64], None], ["[64, 64]", "none"]),
        ("", [True, None], ["true", "none"]),
        ("", [True, False], [True, False]),
    ],
)
def test_values_become_numbers_or_texts(unit: str, values: list[Any], expected: list[Any]) -> None:
    tidied = tidy(pd.Series(values, dtype=object), unit)
    for value, wanted in zip(tidied, expected, strict=True):
        assert value == wanted or (math.isnan(value) and math.isnan(wanted))


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="different names, got a"):
        read_sweep(fill(tmp_path, grid(a=[1, 2]), [0], lambda p, s: {"a": 1.0}))


def test_everything_about_chosen_runs_is_at_hand(sweep: Sweep) -> None:
    runs = sweep.runs([3])
    assert runs[3]["detail"] == {"energy": {"run": 3}}
    assert runs[3]["resolved"] == BASE
    assert runs[3]["versions"] == {"crossbar-sim": "0.1.0"}


def test_a_part_of_a_sweep_holds_the_runs_with_its_values(sweep: Sweep) -> None:
    part = sweep.at({"device.bits": 6})
    assert part.parameters == ("device.sigma_read",)
    assert part.constant == {"device.bits": 6}
    assert len(part.done) == 12
    with pytest.raises(DataError, match=r"got device\.bits = 5"):
        sweep.at({"device.bits": 5})
    with pytest.raises(DataError, match=r"Did you mean 'device.bits'\?"):
        sweep.at({"device.bit": 5})


def test_the_reference_is_the_centre_or_the_base(sweep: Sweep, tmp_path: Path) -> None:
    assert sweep.centre is None  # a grid
    assert sweep.reference == {"device.bits": 6, "device.sigma_read": 0.01}  # the base
    star = [{"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 3}, {"a": 0, "b": 1}]
    starred = read_sweep(fill(tmp_path / "star", star, [0], linear))
    assert starred.centre == starred.reference == {"a": 1, "b": 1}


# Statistics


def test_means_are_those_of_loops_over_points(sweep: Sweep) -> None:
    table = means(sweep, sweep.parameters, "accuracy")
    other = means(sweep, sweep.parameters, "loss")
    assert len(table) == 6
    for row, plain in zip(table.to_dict("records"), other.to_dict("records"), strict=True):
        mine = sweep.at({name: row[name] for name in sweep.parameters}).done
        interval = student(list(mine["accuracy"]), resampling=RATIO).within(0, 1)
        assert (row["mean"], row["low"], row["high"]) == pytest.approx(
            (interval.mean, interval.low, interval.high), rel=1e-12
        )  # sums of four doubles
        interval = student(list(mine["loss"]), resampling=RATIO)
        assert (plain["low"], plain["high"]) == pytest.approx(
            (interval.low, interval.high), rel=1e-12
        )


def test_one_seed_has_an_interval_over_windows_for_accuracy_alone(tmp_path: Path) -> None:
    sweep = read_sweep(fill(tmp_path, grid(device__bits=[4, 6]), [3], chip))
    row = means(sweep, ["device.bits"], "accuracy").iloc[0]
    oracle = wilson(row["mean"], 72)
    assert (row["low"], row["high"]) == pytest.approx((oracle.low, oracle.high), rel=1e-12)
    assert means(sweep, ["device.bits"], "loss")[["low", "high"]].isna().all(axis=None)


def test_chips_of_a_seed_are_no_independent_repetitions(tmp_path: Path) -> None:
    points = grid(device__bits=[6], test__chip=list(range(8)))
    several = read_sweep(fill(tmp_path / "several", points, [0, 1, 2], chip))
    row = means(several, (), "accuracy").iloc[0]
    by_seed = several.done.groupby("seed")["accuracy"].mean()
    assert row["seeds"] == 3
    assert row["high"] == pytest.approx(student(list(by_seed), resampling=RATIO).high, rel=1e-12)
    one = read_sweep(fill(tmp_path / "one", points, [0], chip))
    row = means(one, (), "accuracy").iloc[0]
    assert row["seeds"] == 8
    assert row["high"] == pytest.approx(student(list(one.done["accuracy"])).high, rel=1e-12)


def test_changes_are_taken_seed_by_seed(sweep: Sweep) -> None:
    table = changes(sweep, sweep.parameters, "accuracy", sweep.reference)
    reference = sweep.at(sweep.reference).done["accuracy"]
    for row in table.to_dict("records"):
        mine = sweep.at({name: row[name] for name in sweep.parameters}).done["accuracy"]
        if row["device.bits"] == 6 and row["device.sigma_read"] == 0.01:
            assert row["mean"] == row["low"] == row["high"] == 0.0
            continue
        oracle = student(list(mine.to_numpy() - reference.to_numpy()), resampling=RATIO)
        assert (row["low"], row["high"]) == pytest.approx((oracle.low, oracle.high), rel=1e-9)


def test_changes_of_chips_are_averaged_by_seed(tmp_path: Path) -> None:
    points = grid(faults__p_on=[0.0, 0.03], test__chip=list(range(5)))
    sweep = read_sweep(fill(tmp_path, points, [0, 1, 2], chip))
    row = changes(sweep, ["faults.p_on"], "accuracy", {"faults.p_on": 0.0}).iloc[1]
    table = sweep.done.pivot_table(index=["seed"], columns="faults.p_on", values="accuracy")
    oracle = student(list(table[0.03] - table[0.0]), resampling=RATIO)
    assert (row["mean"], row["low"]) == pytest.approx((oracle.mean, oracle.low), rel=1e-9)


def test_changes_keep_to_pairs_that_are_finished(tmp_path: Path) -> None:
    # The last three runs wait: seeds 1, 2 and 3 of the second point. One pair is left.
    points = grid(device__bits=[4, 6])
    sweep = read_sweep(fill(tmp_path, points, range(4), chip, unfinished=3))
    row = changes(sweep, ["device.bits"], "accuracy", {"device.bits": 4}).iloc[1]
    first = sweep.done.set_index(["device.bits", "seed"])["accuracy"]
    assert row["seeds"] == 1
    assert row["mean"] == pytest.approx(first[6, 0] - first[4, 0])


def test_an_effect_is_the_slope_whatever_the_seeds_share(tmp_path: Path) -> None:
    sweep = read_sweep(fill(tmp_path, grid(a=[0, 1, 2], b=[0, 1]), range(5), linear))
    changed = {(e.name, e.value): e.change for e in effects(sweep, "score")}
    assert changed.keys() == {("a", 1), ("a", 2), ("b", 1)}
    for (name, value), change in changed.items():
        slope = {"a": 3.0, "b": -2.0}[name] * float(value)
        assert (change.mean, change.low, change.high) == pytest.approx([slope] * 3, abs=1e-12)
    spread = means(sweep, ["a"], "score")
    assert (spread["high"] - spread["low"]).min() > 1.0  # which pairing took away


def test_a_yield_counts_all_chips(tmp_path: Path) -> None:
    points = grid(faults__p_on=[0.0, 0.03], test__chip=list(range(6)))
    sweep = read_sweep(fill(tmp_path, points, [0, 1, 2], chip))
    for row in yields(sweep, ["faults.p_on"], "accuracy", 0.87).to_dict("records"):
        mine = sweep.done[sweep.done["faults.p_on"] == row["faults.p_on"]]
        good = (mine["accuracy"] >= 0.87).to_numpy()
        passed, worth = int(good.sum()), independent(good, mine["seed"].to_numpy())
        oracle = wilson(passed / 18, worth)
        assert worth < 18  # chips of one training fail together
        assert row["chips"] == 18
        assert row["mean"] == passed / 18
        assert (row["low"], row["high"]) == pytest.approx((oracle.low, oracle.high), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_no_point_dominates_one_of_the_front(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cost, gain = rng.integers(0, 12, 80).astype(float), rng.integers(0, 12, 80).astype(float)
    better = (cost[:, None] <= cost) & (gain[:, None] >= gain)  # [i, j]: i is as good as j in both
    strictly = better & ((cost[:, None] < cost) | (gain[:, None] > gain))
    assert (front(cost, gain) == ~strictly.any(axis=0)).all()


def test_ranks_correlate_as_in_scipy(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    points = [{"a": float(a), "b": float(b)} for a, b in rng.normal(size=(40, 2)).round(1)]
    sweep = read_sweep(fill(tmp_path, points, [0], linear))
    for name, rank in rank_correlations(sweep, "score").items():
        oracle = stats.spearmanr(sweep.done[name], sweep.done["score"]).statistic
        assert rank == pytest.approx(oracle, rel=1e-12)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([3, 1, 1], [1, 3]), ([True, False], [False, True]), (["b", "a", "b"], ["b", "a"])],
)
def test_levels_rise_and_texts_stay_in_their_order(
    values: Sequence[Any], expected: Sequence[Any]
) -> None:
    assert levels(pd.Series(values)) == expected
