"""The test of truth runs, holds crossbar to its bounds, and says what other tools lack."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def _importable(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.mark.parametrize(
    "name",
    [
        "driver_resistance",
        "nonlinear",
        "pulse_mean",
        "stuck_cells",
        "delay_gradient",
        "spike_times",
    ],
)
def test_crossbar_is_within_its_bounds(name):
    from truth.task import task, tool

    made, (_, methods) = task(name), tool("crossbar")
    asked = made.asked()
    assert made.error(asked, [methods[name](asked)]) < made.bound


def test_an_answer_that_is_off_is_beyond_the_bound():
    from truth.round import verdict
    from truth.task import task, tool

    made, (_, methods) = task("driver_resistance"), tool("crossbar")
    asked = made.asked()
    answer = methods["driver_resistance"](asked)
    error = made.error(asked, [1.001 * answer])  # of the largest current, which is off by 0.1 %
    assert error == pytest.approx(1e-3, rel=1e-6)
    assert verdict(made, error) == "beyond"
    assert verdict(made, made.error(asked, [np.nan * answer])) == "beyond"


def test_rows_come_from_processes_of_their_own():
    from truth.round import rows, tools

    present = tools(["crossbar", "badcrossbar"], {"badcrossbar": sys.executable})
    present["badcrossbar"] |= {"version": "of another name", "settings": {}}
    table = rows(["driver_resistance"], present, {})
    assert [row["verdict"] for row in table] == ["within", "cannot"]
    assert table[0]["seconds"] > 0
    assert "sense nodes" in table[1]["why"]


def test_the_page_shows_every_answer():
    from truth.page import overview, section
    from truth.round import rows, tools

    present = tools(["crossbar"], {})
    table = rows(["driver_resistance"], present, {})
    assert re.search(r"\| crossbar \S+ \|  \|$", overview(table, present))
    assert "within the bound" in section("driver_resistance", table, present)


def test_the_overview_names_who_is_beyond_and_leaves_out_who_cannot():
    from truth.page import overview

    present = {name: {"name": name, "version": "1"} for name in ("a", "b", "c", "d")}
    answers = [{"verdict": "within", "error": 1e-6}, {"verdict": "beyond", "error": 0.5},
               {"verdict": "failed", "why": ""}, {"verdict": "cannot", "why": ""}]  # fmt: skip
    table = [{"task": "ir_drop", "tool": name} | row
             for name, row in zip(present, answers, strict=True)]  # fmt: skip
    assert overview(table, present).endswith("| 0.0004 | a 1.0e-06 | b 5.0e-01, c failed |")


def test_the_page_takes_new_tables_in_place_of_old_ones(tmp_path):
    from bench.parts import write_parts

    page = tmp_path / "page.md"
    page.write_text("above\n<!-- overview -->\nold\n<!-- end -->\n<!-- other -->\n<!-- end -->\n")
    write_parts(page, {"overview": r"new \1"})
    lines = page.read_text().splitlines()
    assert lines[1:4] == ["<!-- overview -->", r"new \1", "<!-- end -->"]
    assert len(lines) == 6
    with pytest.raises(SystemExit, match="<!-- versions --> stands 0 times, expected once"):
        write_parts(page, {"versions": "new"})


def test_a_tool_that_does_not_answer_is_shown_with_the_reason(monkeypatch):
    from truth import round as asking
    from truth.page import versions

    monkeypatch.setattr(asking, "LIMIT", 0.01)
    present = asking.tools(["ngspice"], {})
    assert versions(present).endswith("Not installed: ngspice (no answer in 0.01 s).")


def test_all_that_is_listed_can_be_loaded():
    from truth.task import TASKS, TOOLS, task, tool

    for name in TASKS:
        assert task(name).bound > 0
    for name in TOOLS:
        made, methods = tool(name)
        assert not set(methods) & set(made.cannot)
        assert set(made.cannot) <= set(TASKS)
