"""The gallery script of the event processor, at reduced size."""

from __future__ import annotations

import importlib
from pathlib import Path

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_ex36_replays_a_log_and_catches_what_is_planted(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    words = ["--events", "2500", "--kinds", "openssh", "--out", str(tmp_path)]
    table = importlib.import_module("ex36_monitors").main(words)
    printed = capsys.readouterr().out
    assert "all episodes are replayed exactly: yes" in printed
    assert (table["caught"] == table["planted"]).all()
    assert (table["false alarms"] == 0).all()
    assert (tmp_path / "monitors.png").stat().st_size > 20_000
