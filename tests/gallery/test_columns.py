"""Columns that learn digits without labels, at reduced size."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_ex31_columns_name_digits_and_stand_dispersion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    script = importlib.import_module("ex31_columns")
    monkeypatch.setattr(script, "SIGMAS", (0.0, 0.5))
    monkeypatch.setattr(script, "SPANS", {"multiplicative": 10e-6, "yakopcic": 2e-3})
    words = ["--seeds", "1", "--passes", "2", "--columns", "50", "--out", str(tmp_path)]
    table = script.main(words).set_index("sigma")
    assert table.loc[0.0, "accuracy"] > 80  # 100 columns and six passes: 94 %
    assert table.loc[0.5, "accuracy"] > 70
    assert (tmp_path / "columns.png").stat().st_size > 5_000
    assert "after the last" in capsys.readouterr().out


def test_ex37_an_event_processor_forgets_nothing_and_columns_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    script = importlib.import_module("ex37_continual")
    words = ["--seeds", "1", "--passes", "1", "--columns", "30", "--out", str(tmp_path)]
    columns, kept = script.main(words)
    assert kept.recalled == [[1.0] * k for k in range(1, 6)]
    assert (kept.added, kept.same) == (0, 1.0)
    assert columns["after the last"].iloc[:4].mean() < columns["just after"].iloc[:4].mean()
    assert (tmp_path / "continual.png").stat().st_size > 5_000
