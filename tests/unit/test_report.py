"""The report: one page that stands alone, from records alone, the same every time."""

from __future__ import annotations

import ast
import contextlib
import math
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest
from pages import Page
from recorded import energy_record, make_run

from crossbar import seals
from crossbar.energy import NETWORK, Costs, OperationCounts, leti_2026
from crossbar.errors import DataError, OutputError
from crossbar.report import robustness, write_report
from crossbar.report.limits import limits
from crossbar.report.records import read_runs
from crossbar.report.tables.energy import beside_table1, conventions
from crossbar.report.tables.latency import latency, latency_parts
from crossbar.runs.conditions import SPECIAL
from crossbar.runs.store import Point, Store
from crossbar.runs.store.result import CONDITIONS
from crossbar.sources import is_assumed

PACKAGE = Path(__file__).parents[2] / "crossbar" / "report"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Report about an analog run and a float run."""
    folder = tmp_path_factory.mktemp("runs")
    make_run(folder / "chip")
    make_run(folder / "afloat", analog=False, stressed=False)
    write_report(folder)
    return folder


def test_page_stands_alone(two: Path) -> None:
    page = Page((two / "report.html").read_text())
    assert "script" not in page.tags
    assert "link" not in page.tags
    for link in page.links:
        if not link.startswith("data:image/"):
            assert link.removeprefix("#") in page.ids or (two / unquote(link)).is_file(), link
    sections = {"result", "setup", "points", "data", "run-chip", "run-afloat", "robustness",
                "energy", "published", "assumptions", "limits", "versions"}  # fmt: skip
    assert sections <= page.ids


def test_names_from_records_are_escaped(two: Path) -> None:
    html = (two / "report.html").read_text()
    assert "&lt;car&gt; &amp; bus" in html
    assert "<car>" not in html


def test_the_analog_run_leads(two: Path) -> None:
    table = pd.read_csv(two / "tables" / "points.csv")
    assert list(table["chips"]) == ["afloat", "chip"]  # the best first
    page = (two / "report.html").read_text()
    assert page.index('id="run-chip"') < page.index('id="run-afloat"')


def test_other_trainings_are_compared_with_the_leading_one_seed_by_seed(two: Path) -> None:
    page = Page((two / "report.html").read_text())
    # 5 and 6 points: 5.5 -+ t(0.975, 1) s sqrt(1/2 + 1/8), s = sqrt(1/2): 5.5 -+ 7.1.
    change = "+5.5 [-1.6, +12.6] percentage points, seed by seed"
    basis = "95 % interval, corrected resampled t over 2 seeds"
    assert f"afloat differs from chip by {change} ({basis})." in page.plain


def values(detail: dict[str, Any]) -> dict[str, Any]:
    """Details of a training on values in place of classes."""
    names = {"accuracy": "r2", "validation_accuracy": "validation_r2"}
    history = [{names.get(k, k): v for k, v in row.items()} for row in detail["history"]]
    data = detail["data"] | {"regression": True}
    return detail | {"classes": [], "merit": "r2", "history": history, "data": data}


@pytest.mark.parametrize("r2", [(math.nan, math.nan), (0.5, 0.5), (0.4, 0.6)])
def test_values_have_a_page_whatever_their_figure_of_merit(
    r2: tuple[float, float], tmp_path: Path
) -> None:
    """It is no number where no target varies, and may be the same where the loss is not."""

    def metrics(seed: int) -> dict[str, float]:
        return {"r2": r2[seed], "loss": 0.4 + 0.1 * seed, "rmse": 0.2, "test_images": 20.0,
                "independent_images": 20.0, "resampling": 0.0}  # fmt: skip

    make_run(tmp_path / "one", change=values, metrics=metrics, stressed=False)
    make_run(tmp_path / "two", change=values, analog=False, stressed=False,
             metrics=lambda seed: metrics(seed) | {"r2": 0.7})  # fmt: skip
    page = Page(write_report(tmp_path).read_text())
    assert "test R², one" in page.plain
    assert ("no test of it gave a number" in page.plain) == math.isnan(r2[0])


def test_a_training_that_is_not_finished_says_so(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", analog=False, stressed=False)
    with Store(run, write=True) as store:
        point = store.run(1)
        store.add([Point({}, point["settings"], store.resolved(1))], [7])
    page = Page(write_report(run).read_text())
    assert "2 of 3 runs are finished, 1 is still to come" in page.plain


def test_no_accuracy_without_split_seeds_and_interval(two: Path) -> None:
    page = Page((two / "report.html").read_text())
    low = read_runs(two)[0].result["accuracy_ci95"][0]
    for found in re.finditer(r"0\.850?\b|\b85(\.0)? %", page.plain):
        near = page.plain[max(0, found.start() - 700) : found.end() + 400]
        assert "recording" in near
        assert "0, 1" in near
        assert f"{low:.2f}"[:-1] in near or f"{100 * low:.0f}" in near


def test_same_records_make_the_same_files(two: Path, tmp_path: Path) -> None:
    for name in ("chip", "afloat"):
        shutil.copytree(two / name, tmp_path / name)
    write_report(tmp_path)
    names = [p.relative_to(two) for p in two.rglob("*") if p.is_file()]
    assert len(names) > 60
    for name in names:
        assert (two / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_every_figure_is_svg_and_png(two: Path) -> None:
    drawn = {p.stem for p in (two / "figures").glob("*.svg")}
    for ending in ("png", "csv"):
        assert drawn == {p.stem for p in (two / "figures").glob(f"*.{ending}")}
    wanted = {"learning-loss", "learning-accuracy", "confusion", "histogram-conv", "histogram-fc",
              "map-conv", "map-fc", "energy-inference", "energy-training"}  # fmt: skip
    assert {f"chip-{name}" for name in wanted} <= drawn
    assert {f"curve-accuracy-test.{name}" for name in ("stuck", "read_noise", "age")} | {
        "latency"
    } <= drawn
    for path in (two / "figures").glob("*.svg"):
        assert ET.fromstring(path.read_bytes()).tag.endswith("svg")
        assert b"<text" not in path.read_bytes()  # paths look the same on every machine


def test_figures_of_merit_have_their_units(two: Path) -> None:
    row = next(
        line for line in (two / "report.md").read_text().splitlines() if "| 0 | 0.800 |" in line
    )
    assert "| 4 nJ |" in row


def test_confusion_is_the_sum_over_seeds(two: Path) -> None:
    table = pd.read_csv(two / "tables" / "chip-decisions.csv")
    assert table.iloc[:, 1:3].to_numpy().tolist() == [[16.0, 4.0], [3.0, 17.0]]
    assert table["recall"].tolist() == [0.8, 0.85]


def test_table1_prints_the_published_digits(tmp_path: Path) -> None:
    (run,) = read_runs(make_run(tmp_path / "run"))
    record = energy_record() | {"leti-2026": leti_2026(OperationCounts.of(NETWORK)).record()}
    table = beside_table1([(run, record)])
    rows = {str(row[0]): row for row in table.rows}
    assert [row[4] for row in table.rows] == ["yes"] * 9
    assert rows["E_INF"][2] == "13.104 nJ"
    other = beside_table1([(run, energy_record())])  # of another network
    assert "no" in [row[4] for row in other.rows]


def test_energy_of_an_earlier_version_is_told_as_far_as_it_goes(tmp_path: Path) -> None:
    """Records had neither the convention circuit nor a latency by part."""
    (run,) = read_runs(make_run(tmp_path / "run"))
    old = {k: v for k, v in energy_record().items() if k != "circuit"}
    old["latency"] = [{k: row[k] for k in ("copies", "cycles", "seconds", "cells")}
                      for row in energy_record()["latency"]]  # fmt: skip
    counted = [(run, old)]
    named = [row[0] for row in conventions(counted).rows]
    assert named == ["leti-2026", "exact", "physical", "digital"]
    assert {row[5] for row in latency(counted).rows} == {"not counted"}
    assert latency_parts(counted).rows == ()
    assert len(beside_table1(counted).rows) == 9


def test_physical_energy_adds_up_and_is_sorted(two: Path) -> None:
    table = pd.read_csv(two / "tables" / "chip-energy-breakdown.csv")
    own = table[table["phase"] == "inference"]
    # Exact but for the rounding of one sum of two doubles.
    assert own["energy a sample [J]"].sum() == pytest.approx(4e-9, rel=1e-12)
    assert own["energy a sample [J]"].is_monotonic_decreasing
    assert own["share"].tolist() == pytest.approx([0.75, 0.25], rel=1e-12)
    assert own["cost is"].tolist() == ["derived", "assumed"]


def test_default_costs_are_told_apart_by_their_source() -> None:
    costs = Costs().table()
    assert is_assumed(str(costs["sense"].source))
    assert not is_assumed(str(costs["update_adc"].source))


def test_missing_parts_are_left_out_with_a_reason(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", stressed=False, energy=False)
    page = Page(write_report(run).read_text())
    assert "Omitted for run: there are no tests under stress." in page.plain
    assert "Omitted for run: its signals diverge when it learns." in page.plain
    assert "points" not in page.ids
    assert not list((run / "figures").glob("robustness*"))


def test_one_seed_has_the_interval_of_its_windows(tmp_path: Path) -> None:
    (run,) = read_runs(make_run(tmp_path / "run", seeds=(0,)))
    assert any(sentence.startswith("One seed:") for sentence in limits([run]))
    tests = robustness.stressed([run])
    assert tests is not None
    (table,) = robustness.tables(tests, "accuracy")
    assert len(table.rows) == 7


def test_limits_follow_what_was_used(two: Path, tmp_path: Path) -> None:
    sentences = limits(read_runs(two))
    assert any(s.startswith("The sound is synthesised") for s in sentences)
    assert any(s.startswith("chip: the device model has no drift") for s in sentences)

    def change(detail: dict[str, Any]) -> dict[str, Any]:
        data = detail["data"] | {"limits": []}
        more = {"drifts": True, "split": "window", "probabilities_outside": 3}
        return detail | more | {"data": data}

    folder = make_run(tmp_path / "run", change=change)
    changed = " ".join(limits(read_runs(folder)))
    assert "synthesised" not in changed
    assert "no drift" not in changed
    assert "The split is by window: windows of one recording are in training" in changed
    assert "take 6 of 80 outputs in the test below 0 or above 1" in changed
    assert "not probabilities" not in " ".join(sentences)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("runs.db", "no database"),
        ("stress/runs.db", "no database"),
        ("seed-0/examples.npz", "no archive"),
        ("seed-0/cells.npz", None),
    ],
)
@pytest.mark.parametrize("accepted", [False, True])
def test_damage_is_named(tmp_path: Path, name: str, damage: str | None, accepted: bool) -> None:
    run = make_run(tmp_path / "run")
    path = run / name
    path.unlink() if damage is None else path.write_text(damage)
    if accepted and path.suffix == ".npz":
        with contextlib.suppress(DataError):
            seals.accept(path)
    with pytest.raises(DataError, match=re.escape(path.name)):
        write_report(run)
    assert not (run / "report.html").exists()


def test_a_folder_without_runs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a finished run"):
        write_report(tmp_path)


def test_a_folder_that_cannot_be_written_is_named_before_anything_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path / "run")
    (run / "figures").write_text("in the way")
    monkeypatch.delattr("crossbar.report.sections.details")
    with pytest.raises(OutputError, match="writable folder"):
        write_report(run)


def test_stored_results_name_every_condition_of_a_test() -> None:
    """The names are written twice, as the report must not import what could run a test."""
    assert CONDITIONS == SPECIAL


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.stem)
def test_the_report_imports_nothing_that_could_run(path: Path) -> None:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    stored = {name for name in names if name.startswith("crossbar.runs.store")}
    ours = {name.split(".")[1] for name in names - stored if name.startswith("crossbar.")}
    ground = {
        "activity",
        "checks",
        "displayed",
        "errors",
        "files",
        "intervals",
        "meaning",
        "seals",
        "sources",
        "spreadsheet",
        "types",
        "units",
    }
    assert ours <= {"report", "energy", "data"} | ground
    assert not any("pyplot" in name for name in names)
