"""Reports of sweeps that lack something: results, runs, numbers, a folder to write to."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from invented import Values, fill, grid
from pages import Page
from stored import COMMAND, make_sweep

from crossbar.errors import DataError, OutputError
from crossbar.report.sweeps.page import write_sweep_report
from crossbar.report.sweeps.paired import plotted
from crossbar.report.sweeps.reading import read_sweep
from crossbar.report.sweeps.statistics import changes
from crossbar.runs.store import Store


def test_an_unfinished_sweep_says_what_is_missing(tmp_path: Path) -> None:
    page = Page(write_sweep_report(make_sweep(tmp_path, done=4)).read_text())
    assert "4 of 18 runs are finished, 14 are still to come" in page.plain
    assert "4 points have no finished run and are left out" in page.plain


def test_a_sweep_without_results_has_a_page_that_says_what_to_do(tmp_path: Path) -> None:
    place = make_sweep(tmp_path, about={"command": COMMAND}, error=lambda p, s: "Chip.aged: no.")
    page = Page(write_sweep_report(place).read_text())
    assert {"question", "result", "configuration", "parameters", "failures", "again"} <= page.ids
    assert (
        "0 of 18 runs are finished, 18 failed. With --retry-failed the command tries" in page.plain
    )
    assert "Chip.aged: no." in page.plain
    assert COMMAND in page.plain
    assert "nan" not in page.plain
    waiting = make_sweep(tmp_path / "new", done=0)
    page = Page(write_sweep_report(waiting).read_text())
    assert "18 are still to come. Give the command again for the rest." in page.plain
    assert not {"failures", "points", "versions"} & page.ids


def test_an_unfinished_sweep_with_failures_names_both_remedies(tmp_path: Path) -> None:
    def error(p: dict[str, float], seed: int) -> str:
        return "Chip.aged: no." if seed == 1 else ""

    place = make_sweep(tmp_path, done=17, error=error, about={"command": COMMAND})
    page = Page(write_sweep_report(place).read_text())
    assert "1 is still to come" in page.plain
    assert (
        "Give the command again for the rest. With --retry-failed the command tries" in page.plain
    )


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


def test_errors_are_told_once_with_their_number(tmp_path: Path) -> None:
    def error(p: dict[str, float], seed: int) -> str:
        return "Chip.aged: got <nan> | 5 % & more." if p["device.bits"] == 4 else ""

    place = make_sweep(tmp_path, error=error)
    page = Page(write_sweep_report(place).read_text())
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
        write_sweep_report(tmp_path)
    with pytest.raises(DataError, match="no such file"):
        write_sweep_report(tmp_path / "nowhere.db")
    assert not (tmp_path / "report.html").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    place = make_sweep(tmp_path)
    (place / "figures").write_text("in the way")
    with pytest.raises(OutputError, match="writable folder"):
        write_sweep_report(place)


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
    page = write_sweep_report(tmp_path / "sweep").read_text()
    assert ("none of these measured a number" in page) == (
        outcome is NUMBERS["no run has a number"]
        or (outcome is NUMBERS["one point is infinite"] and points == {"device__bits": [4]})
    )
    assert {path.name for path in tmp_path.iterdir()} == {"sweep"}  # nothing beside the folder
