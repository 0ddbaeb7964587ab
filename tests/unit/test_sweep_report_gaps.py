"""Reports of sweeps that lack something: results, runs, numbers, a folder to write to."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from invented import Values, chip, fill, grid
from pages import Page
from stored import COMMAND, make_sweep

from crossbar.errors import ConfigError, DataError, OutputError
from crossbar.report import write_report
from crossbar.report.sweeps import Sweep, curve, heatmap, maps, pareto, read_sweep, scatter, tornado
from crossbar.report.sweeps.effects import effects
from crossbar.report.sweeps.importance import Importance
from crossbar.report.sweeps.losses import losses
from crossbar.report.sweeps.paired import plotted
from crossbar.report.sweeps.points import points
from crossbar.report.sweeps.quantities import measured
from crossbar.report.sweeps.scale import scale
from crossbar.report.sweeps.statistics import changes, guessing, means
from crossbar.report.sweeps.verdict import Verdict
from crossbar.runs.store import Store


def test_an_unfinished_sweep_says_what_is_missing(tmp_path: Path) -> None:
    page = Page(write_report(make_sweep(tmp_path, done=4)).read_text())
    assert "4 of 18 runs are finished, 14 are still to come" in page.plain
    assert "4 points have no finished run and are omitted" in page.plain


def test_a_sweep_without_results_has_a_page_that_says_what_to_do(tmp_path: Path) -> None:
    place = make_sweep(tmp_path, about={"command": COMMAND}, error=lambda p, s: "Chip.aged: no.")
    page = Page(write_report(place).read_text())
    assert {"result", "configuration", "parameters", "failures", "again"} <= page.ids
    assert (
        "0 of 18 runs are finished, 18 failed. With --retry-failed the command tries" in page.plain
    )
    assert "Chip.aged: no." in page.plain
    assert COMMAND in page.plain
    assert "nan" not in page.plain
    waiting = make_sweep(tmp_path / "new", done=0)
    page = Page(write_report(waiting).read_text())
    assert "18 are still to come. Run the command again for the rest." in page.plain
    assert not {"failures", "points", "versions"} & page.ids


def test_an_unfinished_sweep_with_failures_names_both_remedies(tmp_path: Path) -> None:
    def error(p: dict[str, float], seed: int) -> str:
        return "Chip.aged: no." if seed == 1 else ""

    place = make_sweep(tmp_path, done=17, error=error, about={"command": COMMAND})
    page = Page(write_report(place).read_text())
    assert "1 is still to come" in page.plain
    assert "Run the command again for the rest. With --retry-failed the command tries" in page.plain


def test_a_figure_shows_where_runs_failed(tmp_path: Path) -> None:
    """Open marks with the share where some did, crosses where all did; the axis keeps its place."""

    def error(p: dict[str, float], seed: int) -> str:
        lost = p["device.sigma_read"] == 0.1 or (seed == 2 and p["device.sigma_read"] == 0.05)
        return "Chip.aged: no." if lost else ""

    axes = {"device.sigma_read": (0.0, 0.01, 0.05, 0.1), "device.bits": (8,)}
    sweep = read_sweep(make_sweep(tmp_path, axes, error=error))
    name = "device.sigma_read"
    change = changes(sweep, [name], "accuracy", {name: 0.0})
    drawing = plotted(sweep, [name], "accuracy", change, 0.0, 3.5)
    top = drawing.figure.axes[0]
    opened = [line for line in top.lines if line.get_markerfacecolor() == "white"]
    assert [list(line.get_xdata()) for line in opened] == [[5.0]]
    assert [text.get_text() for text in top.texts] == ["1/3"]
    crossed = [line for line in top.lines if line.get_marker() == "x"]
    assert [list(line.get_xdata()) for line in crossed] == [[10.0]]
    assert top.get_xlim()[1] > 10.0
    assert "Open marks: runs failed" in drawing.basis
    assert "Crosses at the foot: all runs failed" in drawing.basis


@pytest.mark.parametrize(("loss", "near"), [(0.35, True), (0.0, False)])
def test_guessing_is_drawn_where_results_come_near(tmp_path: Path, loss: float, near: bool) -> None:
    def measure(p: dict[str, Any], seed: int) -> float:
        return 0.9 - loss * (p["device.bits"] == 4) + 0.01 * seed

    axes = {"device.bits": (4, 6, 8), "device.sigma_read": (0.0,)}
    sweep = read_sweep(make_sweep(tmp_path, axes, measure=measure))
    assert guessing(sweep) == 0.5  # of two classes
    picture = curve(sweep, "device.bits")
    assert ("Dotted: guessing." in picture.caption) == near
    loss_only = curve(sweep, "device.bits", "loss")
    assert "guessing" not in loss_only.caption


def test_points_of_which_all_runs_failed_come_last(tmp_path: Path) -> None:
    sweep = lossy(tmp_path / "some", grid(device__bits=[3, 4, 8], device__sigma_read=[0.0, 0.02]))
    table = points(Verdict(sweep))
    assert table.full is not None
    assert table.full["device.bits"].tolist()[-2:] == [3, 3]
    assert table.full["failed runs"].tolist() == [1, 1, 0, 0, 3, 3]
    assert table.full["seeds"].tolist() == [2, 2, 3, 3, 0, 0]
    assert [cell if isinstance(cell, str) else cell.text for cell in table.rows[-1]][2:6] == [
        "none", "none", "no pair", ""]  # fmt: skip
    alone = points(Verdict(lossy(tmp_path / "one", grid(device__bits=[3, 4]))))
    assert len(alone.rows) == 2
    assert {len(row) for row in alone.rows} == {len(alone.columns)}


def test_errors_are_told_once_with_their_number(tmp_path: Path) -> None:
    def error(p: dict[str, float], seed: int) -> str:
        return "Chip.aged: got <nan> | 5 % & more." if p["device.bits"] == 4 else ""

    place = make_sweep(tmp_path, error=error)
    page = Page(write_report(place).read_text())
    table = pd.read_csv(place / "tables" / "failures.csv")
    assert table["runs"].tolist() == [6.0]
    assert "Chip.aged: got <nan> | 5 % & more." in page.plain
    assert "6 failed" in page.plain
    assert r"got \textless{}nan\textgreater{} \textbar{} 5 \% \& more" in (
        place / "tables" / "failures.tex").read_text()  # fmt: skip
    assert r"got &lt;nan> \| 5 % & more" in (place / "report.md").read_text()


def test_a_store_without_results_is_refused_in_one_line(tmp_path: Path) -> None:
    with Store(tmp_path / "runs.db", write=True):
        pass
    with pytest.raises(DataError, match="expected runs, got none"):
        write_report(tmp_path)
    with pytest.raises(DataError, match="no such file"):
        write_report(tmp_path / "nowhere.db")
    assert not (tmp_path / "report.html").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    place = make_sweep(tmp_path)
    (place / "figures").write_text("in the way")
    with pytest.raises(OutputError, match="writable folder"):
        write_report(place)


NUMBERS: dict[str, Callable[[Values, int], dict[str, float]]] = {
    "no run has a number": lambda point, seed: {"score": math.nan},
    "one point is infinite": lambda point, seed: {
        "score": math.inf if point["device.bits"] == 4 else 1.0 + seed
    },
    "one metric has none": lambda point, seed: {"accuracy": math.nan, "score": 1.0 + seed},
    "no file may be called so": lambda point, seed: {"images/s": point["device.bits"] + 1.0 * seed,
                                                     "../a": 1.0 * seed},
}  # fmt: skip


@pytest.mark.parametrize("outcome", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize(
    "points",
    [{"device__bits": [4]}, {"device__bits": [4, 6]}, {"device__bits": [4, 6], "a": [0, 1, 2]}],
    ids=["one point", "a line", "a map"],
)
def test_any_numbers_and_any_names_of_metrics_have_a_page(
    tmp_path: Path, points: Any, outcome: Any
) -> None:
    fill(tmp_path / "sweep", grid(**points), range(3), outcome)
    page = write_report(tmp_path / "sweep").read_text()
    assert ("none of these measured a number" in page) == (
        outcome is NUMBERS["no run has a number"]
        or (outcome is NUMBERS["one point is infinite"] and points == {"device__bits": [4]})
    )
    assert {path.name for path in tmp_path.iterdir()} == {"sweep"}  # nothing beside the folder


def lossy(place: Path, points: list[dict[str, Any]]) -> Sweep:
    """Seed 2 fails at 8 bits, every seed at 3."""
    return read_sweep(
        fill(place, points, range(3), chip, failed=lambda p, seed: (
            p["device.bits"] == 3 or (p["device.bits"] == 8 and seed == 2)))
    )  # fmt: skip


def test_a_map_hatches_cells_of_which_runs_failed(tmp_path: Path) -> None:
    sweep = lossy(tmp_path, grid(device__bits=[3, 4, 8], device__sigma_read=[0.0, 0.02, 0.05]))
    names = ["device.bits", "device.sigma_read"]
    along, across = (scale(sweep, name) for name in names)
    table, lost = means(sweep, names, "accuracy"), losses(sweep, names)
    shown = maps.grid(along, across, table, measured(sweep, "accuracy", 1.0), lost)
    assert along.values == [3, 4, 8]  # the axis keeps its place
    assert np.isfinite(shown.values).tolist() == [[False, True, False]] * 3
    assert {text for (_, column), text in shown.lost.items() if column == 0} == {"3/3"}
    assert {text for (_, column), text in shown.lost.items() if column == 2} == {"1/3"}
    picture = heatmap(sweep, *names)
    assert "Hatched with a share: that share of the runs failed" in picture.caption
    assert "no finished run" not in picture.caption
    assert picture.data["failed runs"].fillna(0).tolist() == [3, 3, 3, 0, 0, 0, 1, 1, 1]


def test_a_tornado_opens_bars_of_which_runs_failed(tmp_path: Path) -> None:
    centre = {"device.bits": 6, "device.sigma_read": 0.01}
    points = [centre, *(centre | {"device.bits": b} for b in (3, 4, 8)),
              *(centre | {"device.sigma_read": s} for s in (0.0, 0.05))]  # fmt: skip
    sweep = lossy(tmp_path, points)
    alone = {e.value: e for e in effects(sweep, "accuracy") if e.name == "device.bits"}
    counts = {value: (e.failed, e.runs, e.seeds) for value, e in alone.items()}
    assert counts == {3: (3, 3, 0), 4: (0, 0, 3), 8: (1, 3, 2)}
    assert math.isnan(alone[3].change.mean)
    picture = tornado(sweep)
    assert "Open bars, and crosses without a bar: runs failed" in picture.caption
    assert "matters most" in Importance(Verdict(sweep)).sentence()
    assert "Open bars" not in tornado(sweep.at({"device.bits": 6}), "loss").caption


def test_a_scatter_keeps_points_of_which_runs_failed(tmp_path: Path) -> None:
    sweep = lossy(tmp_path, [{"device.bits": b, "device.sigma_read": 0.001 * k * b}
                             for k, b in enumerate([3, 4, 8, 5, 3, 8, 6, 7])])  # fmt: skip
    picture = scatter(sweep)
    assert "Open circles: some runs failed; crosses at the foot: all did." in picture.caption
    assert picture.data["failed runs"].tolist().count(3.0) == 2
    assert picture.data["accuracy mean"].isna().sum() == 2


def test_a_setting_of_which_runs_failed_is_on_no_front(tmp_path: Path) -> None:
    sweep = lossy(tmp_path, grid(device__bits=[3, 4, 5, 6, 8]))
    picture = pareto(sweep)
    assert picture.alt.endswith("A bits 4; B bits 5; C bits 6")
    assert "Crosses: runs failed" in picture.caption
    with pytest.raises(ConfigError, match="pareto: expected a setting of which no run failed"):
        pareto(sweep.at({"device.bits": 8}))


def test_a_metric_without_direction_has_no_best(tmp_path: Path) -> None:
    fill(tmp_path, grid(a=[1, 2]), [0, 1], lambda point, seed: {"gap": point["a"] + 0.1 * seed})
    text = Page(write_report(tmp_path).read_text()).plain
    assert "Highest gap: 2.05" in text
    assert "Chosen as the highest of 2 points" in text
    assert "gap, highest point" in text
    assert not re.search(r"\bbest (of|gap)|, best point", text)
