"""Commands on buses, at reduced size."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_ex35_can_is_faster_and_random_frames_do_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pymodbus", reason="no library of Modbus: pip install '.[bus]'")
    monkeypatch.syspath_prepend(str(SCRIPTS))
    script = importlib.import_module("ex35_bus")
    table = script.main(["--frames", "2000", "--out", str(tmp_path)]).set_index("bytes")
    assert (table["CAN, 125 kbit/s"] < 0.2 * table["Modbus, 9600 baud"]).all()
    assert (table.diff().dropna() >= 0).all(axis=None)
    out = capsys.readouterr().out
    for answer in ("carried out", "exception 01", "exception 02", "exception 03", "none",
                   "single", "first", "consecutive", "flow control"):  # fmt: skip
        assert f"{answer} " in out
    assert (tmp_path / "bus.png").stat().st_size > 10_000
