"""Sweeps over draws of a device: what the report says of the device, the chips and the seeds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from invented import Values, fill, grid
from refusals import refused

from crossbar.report.sweeps import Sweep, curve, pictures, read_sweep, shares
from crossbar.report.sweeps.points import points as points_table
from crossbar.report.sweeps.splits import points
from crossbar.report.sweeps.statistics import changes, means
from crossbar.report.sweeps.verdict import Verdict

DRAWS, SEEDS = range(12), range(5)
AXES = {"device__draw": DRAWS, "chip": [0, 1]}


def outcome(point: Values, seed: int) -> dict[str, float]:
    """Most of the variance is the device's, some the chip's, little the seed's."""
    draw, chip = point["device.draw"], point.get("chip", 0)
    device = np.random.default_rng([1, 99 if draw is None else int(draw)]).normal()
    of_seed = np.random.default_rng([2, seed]).normal()
    of_chip = np.random.default_rng([3, seed, int(chip)]).normal()
    noise = np.random.default_rng([4, seed, int(chip), int(draw or 0)]).normal()
    bits = point.get("tile.adc.bits", 8)
    accuracy = 0.85 + 0.03 * device + 0.008 * of_seed + 0.015 * of_chip + 0.002 * noise
    return {"accuracy": accuracy - 0.02 * (8 - bits), "energy_inference": 1e-9}


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    return read_sweep(fill(tmp_path, grid(**AXES), SEEDS, outcome))


def test_draws_and_chips_are_no_parameters(sweep: Sweep) -> None:
    assert sweep.parameters == ()
    assert sweep.draw == "device.draw"
    assert sweep.replicates == ("seed", "chip", "device.draw")


def test_the_split_names_the_cause(sweep: Sweep) -> None:
    known = sweep.split()
    assert known.y.shape == (12, 5, 2)
    assert known.y[3, 2, 1] == outcome({"device.draw": 3, "chip": 1}, 2)["accuracy"]
    assert known.share("device") > 0.5
    assert known.by_cause.parts["device"].resolved
    assert sum(map(known.share, known.causes)) == pytest.approx(1.0)
    record = known.record
    assert (record["draws"], record["seeds"], record["chips"]) == (12, 5, 2)
    assert record["shares"]["device"]["share"] == known.share("device")
    assert "device" in repr(known)


def test_the_report_says_interval_and_shares(sweep: Sweep) -> None:
    best, split, *_ = Verdict(sweep).sentences()
    assert "over 12 draws of the device and 5 seeds" in best
    assert "With a device that fits the measurement as well" in split
    assert f"device {100 * sweep.split().share('device'):.0f} %" in split
    drawn = pictures(sweep)
    assert [one.name for one in drawn] == ["shares-accuracy"]
    assert {"share device", "variance chip low"} <= {*drawn[0].data}
    assert "12 draws of the device, 5 seeds, 2 chips each" in drawn[0].caption


def test_a_sweep_of_draws_draws_itself(sweep: Sweep) -> None:
    figure = sweep.plot()
    assert [ax.get_xlabel() for ax in figure.axes] == ["accuracy (%)", "share of the variance (%)"]


def test_means_have_what_the_draws_leave_unknown_in_their_interval(sweep: Sweep) -> None:
    row = means(sweep, [], "accuracy").iloc[0]
    known = sweep.split()
    assert (row["mean"], row["low"]) == (known.mean.mean, known.mean.low)
    assert row["high"] - row["low"] > 4 * 0.02  # spread of the device alone: 4 sigma are 0.12


def test_other_parameters_have_a_split_each_and_paired_changes(tmp_path: Path) -> None:
    axes = AXES | {"tile__adc__bits": [6, 8]}
    sweep = read_sweep(fill(tmp_path, grid(**axes), SEEDS, outcome))
    assert [one.point for one in points(sweep)] == [{"tile.adc.bits": 6}, {"tile.adc.bits": 8}]
    assert "Take one point" in refused(sweep.split)
    assert sweep.at({"tile.adc.bits": 6}).split().one.mean == pytest.approx(
        sweep.at({"tile.adc.bits": 8}).split().one.mean - 0.04
    )
    change = changes(sweep, ["tile.adc.bits"], "accuracy", {"tile.adc.bits": 8}).iloc[0]
    assert change["mean"] == pytest.approx(-0.04)  # the device is the same in both of a pair
    assert change["high"] - change["low"] < 1e-9
    assert len(shares(sweep).data) == 2
    drawn = curve(sweep)
    assert drawn.name == "curve-accuracy-tile.adc.bits"
    assert "Mean over 12 draws of the device and 5 seeds, each averaged" in drawn.caption
    assert "band: 95 % interval (for another draw of the device)" in drawn.caption
    assert not {"draws_x", "draws_y"} & {*points_table(Verdict(sweep)).full}


def test_draws_that_lack_a_result_are_omitted_and_said(tmp_path: Path) -> None:
    def fails(point: Values, seed: int) -> bool:
        return bool(point["device.draw"] == 4 and seed == 1)

    sweep = read_sweep(fill(tmp_path, grid(**AXES), SEEDS, outcome, failed=fails))
    known = sweep.split()
    assert (len(known.y), known.omitted) == (11, 1)
    best = Verdict(sweep).sentences()[0]
    assert "over 11 draws of the device and 5 seeds" in best
    caption = shares(sweep).caption
    assert "over 11 draws of the device, 5 seeds, 2 chips each. Omitted: 1 draw" in caption


def test_points_that_lost_draws_say_how_many_each_has(tmp_path: Path) -> None:
    """Of 12 draws, 10 are left at 8 bits, all at 6 bits, and one at 4, which has no interval."""

    def fails(point: Values, seed: int) -> bool:
        lost = {4: 11, 6: 0, 8: 2}[point["tile.adc.bits"]]
        return bool(seed == 1 and point["device.draw"] < lost)

    axes = AXES | {"tile__adc__bits": [4, 6, 8]}
    sweep = read_sweep(fill(tmp_path, grid(**axes), [0, 1], outcome, failed=fails))
    judged = Verdict(sweep)
    assert [judged.basis(k) for k in range(3)] == [
        "95 % interval, over 10 draws of the device and 2 seeds",
        "95 % interval, over 12 draws of the device and 2 seeds",
        "2 seeds",
    ]
    assert judged.basis() == "95 % interval, over 10 to 12 draws of the device and 2 seeds"
    assert "the mean is over the draws of the device that have all" in judged.sentences()[0]
    size = "draws of the device, 2 seeds, 2 chips each"
    assert f"over 12 {size} or 10 {size}. Omitted: 2 draws" in shares(sweep).caption


def test_intervals_inside_are_as_wide_as_the_root_of_their_shares_says(sweep: Sweep) -> None:
    known = sweep.split()
    added = np.cumsum([known.share(cause) for cause in ("rest", "seed", "chip", "device")])
    top, _ = sweep.plot().axes
    widths = [bar.get_width() for bar in top.patches][::-1]
    whole = 100 * (known.one.high - known.one.low)
    assert widths == pytest.approx(whole * np.sqrt(added), rel=1e-9)
    order = "their interplay and noise, seed, chip and device"
    said = f"root of the shares added up, from inside outwards: {order})"
    assert said in shares(sweep).caption


def test_the_fitted_device_is_no_draw(tmp_path: Path) -> None:
    axes = {"device__draw": [None, 0, 1, 2], "chip": [0, 1]}
    sweep = read_sweep(fill(tmp_path, grid(**axes), SEEDS, outcome))
    assert sweep.split().y.shape == (3, 5, 2)
    assert means(sweep, [], "accuracy")["mean"].iloc[0] == sweep.split().mean.mean


def test_fewer_causes_where_less_varies(tmp_path: Path) -> None:
    for k, (seeds, chips, over, words) in enumerate(
        [
            ([0, 1, 2], [0], "3 seeds", ["device", "chip and seed", "their interplay and noise"]),
            (
                [0],
                [0, 1, 2],
                "3 chips of one seed",
                ["device", "chip", "their interplay and noise"],
            ),
            ([0], [0], "one seed", ["device and noise"]),
        ]
    ):
        points = grid(device__draw=range(4), chip=chips)
        sweep = read_sweep(fill(tmp_path / str(k), points, seeds, outcome))
        assert [*sweep.split().causes.values()] == words
        assert pictures(sweep)[0].name == "shares-accuracy"
        assert Verdict(sweep).basis(0).endswith(f"over 4 draws of the device and {over}")


def test_without_draws_there_is_no_split(tmp_path: Path) -> None:
    sweep = read_sweep(fill(tmp_path, grid(device__draw=[0], chip=[0, 1]), SEEDS, outcome))
    assert "device.draw=0:20" in refused(sweep.split)
    assert "draws of a device" in refused(shares, sweep)
