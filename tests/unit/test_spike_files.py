"""Spikes in files: tables and archives are read by input, and what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from refusals import refused

from crossbar.spiking import read_spikes

TWO = {"a": 3, "b": 2}


def written(folder: Path, text: str) -> Path:
    path = folder / "spikes.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "input,line,time_us\nb,1,30\na,0,20\na,2,10\n",
        "time [ms];line;input\n0,02;0;a\n0,01;2;a\n0,03;1;b\n",
        "time\tinput\tline\n3e-5\tb\t1\n1e-5\ta\t2\n2e-5\ta\t0\n",
    ],
)
def test_tables_in_any_order_and_unit_are_spikes_by_input(tmp_path: Path, text: str) -> None:
    spikes = read_spikes(written(tmp_path, text), TWO)
    np.testing.assert_allclose(spikes["a"].times, [1e-5, 2e-5], rtol=1e-15)
    assert spikes["a"].lines.tolist() == [2, 0]
    np.testing.assert_allclose(spikes["b"].times, [3e-5], rtol=1e-15)
    assert (spikes["a"].width, spikes["b"].width) == (3, 2)


def test_archives_are_read_by_input(tmp_path: Path) -> None:
    path = tmp_path / "spikes.npz"
    np.savez(path, times=[2e-5, 1e-5], lines=[0, 2])
    assert read_spikes(path, {"a": 3})["a"].lines.tolist() == [2, 0]
    np.savez(path, **{"b.times": [2e-5], "b.lines": [1]})
    assert [*read_spikes(path, TWO)] == ["b"]
    np.savez(path, **{"b.times": [2e-5]})
    assert "expected an array 'b.lines'" in refused(read_spikes, path, TWO)
    np.savez(path, times=[2e-5], lines=[1])
    assert "expected arrays of spikes, got 'times'" in refused(read_spikes, path, TWO)


def test_one_input_needs_no_name(tmp_path: Path) -> None:
    spikes = read_spikes(written(tmp_path, "time_s,line\n1e-3,1\n"), {"in": 2})
    assert spikes["in"].lines.tolist() == [1]


WRONG = {
    "none": ("line,t\n0,1\n", "spikes.csv:1: expected a column 'time'"),
    "which": ("line,time\n0,1\n", "spikes.csv:1: expected a column 'input'"),
    "more": ("line,time,input,x\n0,1,a,2\n", "column 4: expected columns time, line and input"),
    "unit": ("line,time_mV,input\n0,1,a\n", "column 2: expected a unit of time"),
    "cell": ("line,time,input\n0,1,a\n0,soon,a\n", "spikes.csv:3, column 2: expected a finite"),
    "input": ("line,time,input\n0,1,c\n", "spikes.csv:2, column 3: expected an input, got 'c'."),
    "part": ("line,time,input\n0.5,1,a\n", "Spikes.lines: expected whole numbers"),
    "line": (
        "line,time,input\n3,1,a\n",
        "expected lines from 0 to 2, as input 'a' has 3, got line 3.",
    ),
    "past": ("line,time,input\n0,-1,a\n", "Spikes.times: expected times from 0"),
}


@pytest.mark.parametrize(("text", "says"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_a_table_is_named(tmp_path: Path, text: str, says: str) -> None:
    line = refused(read_spikes, written(tmp_path, text), TWO)
    assert says in line
    assert "spikes.csv" in line
