"""Bad measurements on the command line: one line with file, line, column and remedy, no folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from calling import refused

TRAINS = "cycle,pulse,polarity,g_uS\n"
UP, DOWN = [1.0, 2.0, 3.0, 4.0, 5.0], [5.0, 4.0, 3.0, 2.0, 1.0]


def train(polarity: str, g: list[float]) -> str:
    return "".join(f"0,{k},{polarity},{x}\n" for k, x in enumerate(g))


BOTH = train("set", UP) + train("reset", DOWN)
TABLE = "g_uS,set_uS,set_std_uS,reset_uS,reset_std_uS\n1,1,0.1,0,0\n2,1,0.1,1,0.1\n3,0,0,1,0.1\n"
JUMPS = "polarity,g_uS,dg_uS,cdf\n" + "".join(
    f"{word},{g},{sign * x},{p if sign > 0 else 1 - p}\n"
    for word, sign in (("set", 1), ("reset", -1)) for g in (1, 5) for x, p in ((0, 0), (1, 1))
)  # fmt: skip
FILES: Mapping[str, tuple[str, str]] = {
    "a missing column": (TRAINS.replace(",g_uS", ",G*") + BOTH, r":1: .*no column g.*--column 'g="),
    "no polarity": (TRAINS.replace("polarity", "what") + BOTH, r":1: .*no column pol.*columns="),
    "an unknown header": ("a,b,c\n1,2,3\n", r":1: expected columns .*got a,b,c"),
    "a polarity of its own": (TRAINS + BOTH.replace("reset", "erase"), r":7, column 3: .*'erase'"),
    "mixed units": (TABLE.replace("set_std_uS", "set_std", 1), r":1, column 3: .*a unit in"),
    "a unit in brackets": (TRAINS.replace("_uS", " [uV]") + BOTH, r":1, column 4: .*unit of S"),
    "57 S": (TRAINS.replace("uS", "S") + BOTH.replace("1.0", "57"), r":2, .*got 57 S"),
    "57 of no unit": (TRAINS.replace("_uS", "") + BOTH.replace("1.0", "57"), r":2, .*got 57 S"),
    "NaN": (TRAINS + BOTH.replace("3.0", "nan", 1), r":4, column 4: .*'nan'"),
    "a text": (TRAINS + BOTH.replace("3.0", "OVERFLOW", 1), r":4, column 4: .*'OVERFLOW'"),
    "a negative conductance": (TRAINS + BOTH.replace("3.0", "-3.0", 1), r":4, column 4: .*above 0"),
    "a cell too few": (TRAINS + BOTH.replace(",3.0", "", 1), r":4: expected 4 cells, got 3"),
    "a pulse too few": (TRAINS + BOTH.replace("0,2,set,3.0\n", ""), r":4, column 2: .*2, or 0 of"),
    "too few pulses": (TRAINS + train("set", UP[:3]) + train("reset", DOWN), r"4 pulses or more"),
    "one polarity": (TRAINS + train("set", UP), r"expected a reset train of device 0, got none"),
    "no pulses": (TRAINS, r"expected rows of numbers, got none"),
    "time goes back": ("t_s,polarity,g_after_uS\n1,set,1\n3,set,2\n2,set,3\n",
                       r":4, column 1: expected a time that rises .*2 s after 3 s"),
    "a time without unit": ("t,polarity,g_after_uS\n1,set,1\n", r":1, column 1: .*a unit in"),
    "mixed decimals": (TRAINS.replace(",", ";") + "0;0;set;1,5\n0;1;set;2.5\n", r":3, column 4: "),
    "a jump table with a gap": (JUMPS.replace("set,5,1,1\n", "", 1), r"a set row for every cond"),
    "a jump table of densities": (JUMPS.replace("set,1,0,0", "set,1,0,1").replace(
        "set,1,1,1", "set,1,1,0.2"), r"Jumps\.cdf: .*never fall"),
    "an open quote": (TRAINS + '0,0,"set,1\n', r":2: expected cells of a table"),
    "no file": ("", r"expected .* got No such file"),
}  # fmt: skip


FIT: Mapping[str, str] = {  # a fit takes trains alone, and needs longer ones
    "an unknown header": r":1: .*no column pol.*--column 'pol",
    "too few pulses": r"expected 8 set pulses or more of device 0, got 2",
    "one polarity": r"expected 8 set pulses or more of device 0, got 4",
}


@pytest.mark.parametrize(("text", "match"), FILES.values(), ids=FILES)
def test_a_bad_file_is_refused_before_anything_is_written(
    text: str, match: str, config: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path, out = tmp_path / "measured.csv", tmp_path / "runs"
    if text:
        path.write_text(text)
    given = "device.kind=constant", f"device.step={path}", "--out", out
    line = refused(monkeypatch, capsys, "train", config, *given)
    assert "measured.csv" in line
    assert re.search(match, line), line
    assert line.rstrip().endswith(".")
    assert not out.exists()


@pytest.mark.parametrize("name", [name for name in FILES if "table" not in name])
def test_a_fit_of_a_bad_file_is_refused_before_anything_is_written(
    name: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path, out = tmp_path / "measured.csv", tmp_path / "fit"
    if FILES[name][0]:
        path.write_text(FILES[name][0])
    line = refused(monkeypatch, capsys, "device", "fit", path, "--out", out)
    assert "measured.csv" in line
    assert re.search(FIT.get(name, FILES[name][1]), line), line
    assert line.rstrip().endswith(".")
    assert not out.exists()


@pytest.mark.parametrize(("settings", "match"), [
    (["device.programming.kind=write-verify", "device.programming.tolerance=0"], "tolerance"),
    (["device.step=jumps.npz"], r"jumps\.npz.*damaged"),
    (["device.step=exchanged.npz"], r"exchanged\.npz: Jumps\.cdf: .*rows and columns exchanged"),
])  # fmt: skip
def test_what_no_device_can_do_is_refused_too(
    settings: list[str], match: str, config: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("jumps.npz").write_text("no archive")
    g, x = np.linspace(1e-6, 9e-6, 4), np.linspace(-2e-6, 2e-6, 4)
    cdf = np.array([[0, 0.2, 0.8, 1.0]] * 4).T
    parts = {"axis_level_G": g, "axis_level_dG": x, "cdf": cdf}
    sides = ("set", "reset")
    np.savez("exchanged.npz", **{f"{one}_{name}": parts[name] for one in sides for name in parts})
    line = refused(monkeypatch, capsys, "train", config, "device.kind=constant", *settings,
                   "--out", "runs")  # fmt: skip
    assert re.search(match, line), line
    assert not Path("runs").exists()
