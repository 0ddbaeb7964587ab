"""Sweeps that were added to: no grid, names that some points lack, points that nothing pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from invented import chip, fill, grid

from crossbar.report.sweeps import Sweep, curve, drift, pictures, read_sweep
from crossbar.report.sweeps.page import write_sweep_report
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


def test_a_single_point_has_a_page(tmp_path: Path) -> None:
    union(tmp_path, UNIONS["one point"])
    page = write_sweep_report(tmp_path).read_text()
    assert "How much does the accuracy spread from chip to chip?" in page


def test_no_change_is_drawn_where_nothing_pairs(tmp_path: Path) -> None:
    sweep = union(tmp_path, UNIONS["chips and ages"])  # no chip was tested at two ages
    assert "Below" not in drift(sweep).caption
    assert "Below" in curve(sweep, "test.faults.p_off").caption
