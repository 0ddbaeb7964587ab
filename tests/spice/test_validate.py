"""Behaviour against ngspice as one command: every row, its JSON, its exit status, its record."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from crossbar import seals
from crossbar.cli import main
from crossbar.errors import ConfigError, DataError, SimulationError, message
from crossbar.report.tables.validation import circuits
from crossbar.report.validation import read_validation
from crossbar.spice.memristors.hysteresis import pinch
from crossbar.spice.validation import Check, Row, checks, suite, validate
from crossbar.spice.validation.arrays import array_checks
from crossbar.spice.validation.synapse import distance, quantile

ngspice = pytest.mark.ngspice

# Deterministic zeros: decisions and whole codes.
MAY_BE_ZERO = ("other class", "cells with", "largest difference", "1 - correlation")


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return validate(8, 1)


def call(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Run the command line in this process and return its exit status."""
    monkeypatch.setattr("sys.argv", ["crossbar", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


def pick(monkeypatch: pytest.MonkeyPatch, *chosen: Check) -> None:
    """Let ``crossbar validate`` run these checks alone."""
    monkeypatch.setattr(suite, "checks", lambda size: list(chosen))


@ngspice
def test_every_error_is_within_its_tolerance(rows: list[Row]) -> None:
    assert {row.check for row in rows} == {check.name for check in checks(8)}
    for row in rows:
        assert row.passed, row
        assert row.error is not None
        assert row.tolerance is not None
        assert math.isfinite(row.error)
        assert row.error > 0 or row.metric.startswith(MAY_BE_ZERO), row
        assert row.note


@ngspice
def test_the_table_is_complete(rows: list[Row]) -> None:
    found = {(row.check, row.metric): row for row in rows}
    assert len(found) == len(rows)
    for words, count in {
        "array": 2, "solve_ivp": 9, "CMOS synapse": 7, "tile": 6, "block:": 13, "training": 3,
    }.items():  # fmt: skip
        assert sum(words in row.check for row in rows) == count, words
    # What was stated before any of it was measured.
    stated = {"largest INL": 0.1, "longest 1 % settling": 320e-12, "largest state error":
              5e-3, "rms current error / I_max": 1e-3,
              "|i| at v = 0 / I_max": 1e-6,
              "largest current error / I_max": 1e-6,
              "1 - correlation": 1e-4,
              "cells with another code": 0.05}  # fmt: skip
    for metric, tolerance in stated.items():
        assert {row.tolerance for row in rows if row.metric == metric} == {tolerance}, metric


@ngspice
def test_another_seed_makes_other_objects() -> None:
    drawn = [c for c in checks(8) if not c.name.startswith(("block", "CMOS synapse, every"))]
    quick = [c for c in drawn if "solve_ivp" in c.name or "array" in c.name or "line res" in c.name]
    a, b, again = ([row.error or 0.0 for row in validate(8, seed, of=quick)] for seed in (1, 2, 1))
    assert a == again
    assert len(a) > 8
    # One less a correlation is a few units in the last place, which seeds may share.
    assert all(x != y for x, y in zip(a, b, strict=True) if max(x, y) > 1e-14)


@ngspice
def test_command_prints_json_and_leaves_a_record(tmp_path, monkeypatch, capsys) -> None:
    pick(monkeypatch, *array_checks(8))
    assert call(monkeypatch, "validate", "--size", 8, "--json", "--out", tmp_path / "new") == 0
    printed = json.loads(capsys.readouterr().out)
    assert [set(row) >= {"check", "error", "tolerance", "passed"} for row in printed["rows"]] == [
        True,
        True,
    ]
    stored = read_validation(tmp_path / "new")
    assert stored == printed
    assert set(stored["versions"]) >= {"ngspice", "crossbar-sim"}
    table = circuits(stored)
    assert "2 of 2 errors within" in table.caption
    assert table.csv().count("within") == 2


@ngspice
def test_an_error_beyond_its_tolerance_is_status_1(monkeypatch, capsys) -> None:
    check = array_checks(8)[0]
    strict = Check(check.name, lambda name, streams: [
        replace(row, tolerance=1e-18) for row in check.measure(name, streams)])  # fmt: skip
    pick(monkeypatch, strict)
    assert call(monkeypatch, "validate", "--size", 8, "--json") == 1
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert not row["passed"]
    assert call(monkeypatch, "validate", "--size", 8) == 1
    assert "FAIL" in capsys.readouterr().out


@ngspice
def test_a_failed_simulation_loses_no_other_check(monkeypatch, capsys) -> None:
    def broken(name: str, _: object) -> list[Row]:
        raise SimulationError(message("ngspice", "an end", "none", "Raise the limit."))

    pick(monkeypatch, Check("broken", broken), array_checks(8)[0])
    assert call(monkeypatch, "validate", "--size", 8, "--json") == 1
    first, second = json.loads(capsys.readouterr().out)["rows"]
    assert first["check"] == "broken"
    assert first["error"] is None
    assert "expected an end, got none" in first["note"]
    assert second["passed"]


def test_mistakes_are_one_line_and_status_2(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert call(monkeypatch, "validate") == 2
    assert "sudo apt-get install ngspice" in capsys.readouterr().err
    (tmp_path / "file").touch()
    for arguments in (("--size", 1), ("--size", 9), ("--size", 1000), ("--seed", -1),
                      ("--out", tmp_path / "file")):  # fmt: skip
        assert call(monkeypatch, "validate", *arguments) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.count("\n") == 1
        assert "expected" in printed.err


def test_a_damaged_record_is_named(tmp_path) -> None:
    assert read_validation(tmp_path) is None
    path = tmp_path / "validation.json"
    path.write_text("{")
    with pytest.raises(DataError, match=r"validation\.json: expected a checksum .* make it again"):
        read_validation(tmp_path)
    empty = {"rows": [], "size": 8, "seed": 0, "versions": {}}
    for record, words in (({"rows": []}, "rows, size"), (empty, "rows of checks")):
        seals.write_json(path, record)
        with pytest.raises(DataError, match=rf"validation\.json.*{words}.*crossbar validate"):
            read_validation(tmp_path)


def test_no_number_never_passes() -> None:
    for error in (None, math.nan, math.inf):
        row = Row(check="a", metric="b", error=error, tolerance=1.0)
        assert not row.passed
        assert row.record()["error"] is None
    assert Row(check="a", metric="b", error=0.0, tolerance=0.0).passed


def test_sizes_of_arrays() -> None:
    names = [check.name for check in array_checks(20) if "ideal" in check.name]
    assert names == [f"array {n}x{n}, ideal lines" for n in (8, 16, 20)]
    with pytest.raises(ConfigError, match=r"validate.size: expected an even number, got 7"):
        validate(7)


def test_distance_of_distributions_in_closed_form() -> None:
    a, b = np.arange(100.0), np.arange(100.0) + 30.0
    found, limit = distance(a, b)
    assert found == pytest.approx(0.3)
    # 1.63 sqrt(2/n) is the tabulated value at 1 %; at 1e-4 the factor is 2.225.
    assert limit == pytest.approx(2.2252 * math.sqrt(2 / 100), rel=1e-3)


def test_quantile_and_its_margin_in_closed_form() -> None:
    middle, margin = quantile(np.linspace(0, 1, 100_001), 0.95, 475)
    # Uniform: the standard deviation of the share is 0.01, four of them 0.04.
    assert middle == pytest.approx(0.95)
    assert margin == pytest.approx(0.04, rel=1e-3)


def test_a_kink_at_zero_is_pinched_all_the_same() -> None:
    """2 mS upwards, 1 mS downwards, sampled beside zero: both lines meet in the origin."""
    v = np.sin(np.linspace(0.3, 12.0, 4000))
    i = np.where(v > 0, 2e-3, 1e-3) * v
    assert pinch(v, i) < 1e-12
    assert pinch(v, i + 1e-6) == pytest.approx(1e-6 / (i.max() + 1e-6), rel=1e-9)
