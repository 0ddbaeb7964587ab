"""Learning windows of three memristors, at reduced size."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.mark.ngspice
def test_ex30_windows_are_exponential_and_agree_in_three_ways(
    tmp_path, capsys, monkeypatch
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    ways = importlib.import_module("ex30_stdp").main(
        ["--points", "2", "--jobs", "1", "--out", str(tmp_path)]
    )
    assert [one.name for one in ways] == ["vteam", "yakopcic", "stanford-pku"]
    for one in ways:
        assert min(one.window.potentiation.r_squared, one.window.depression.r_squared) > 0.95
        assert one.circuit_error < 0.03
        assert one.event_error < 0.03
    assert "a spike alone: 0 and 0 by the equations" in capsys.readouterr().out
    assert (tmp_path / "stdp.png").stat().st_size > 30_000
