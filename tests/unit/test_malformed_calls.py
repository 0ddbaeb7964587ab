"""Malformed calls of every command end in one line and status 2, and leave nothing behind.

Every setting is given every kind of value that people and programs get wrong. No training starts:
the function that trains is replaced, and reaching it is a failure.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from crossbar.cli import main
from crossbar.cli.endings import SCREEN
from crossbar.errors import CrossbarError
from crossbar.runs import override
from crossbar.runs import trials as run
from crossbar.runs.experiment import experiment
from crossbar.runs.folder import abandoned
from crossbar.runs.hardware import usual
from crossbar.runs.settings import Common
from crossbar.runs.sweep import Conduct
from crossbar.runs.sweep.experiments import buildable
from crossbar.spice.engine import ngspice

MALFORMED = {
    "table": "{a=1}",
    "kind of a table": "{kind=3}",
    "list in a list": "[[1]]",
    "no element": "[]",
    "date": "1979-05-27",
    "text": "'zzz'",
    "minus": "-7.5",
    "true": "true",
    "nan": "nan",
    "largest float": "1e308",
    "beyond floats": "1e999",
    "30 digits": "1" * 30,
    "5000 digits": "9" * 5000,
    "1e30": "1e30",
    "empty": "",
    "NUL": '"a\\u0000b"',
    "long": "x" * 5000,
    "nobody": "~nobody_here/x",
    "open brackets": "[" * 3000,
    "closed brackets": "[" * 500 + "]" * 500,
    "two lines": "1\nseed=5",
    "comment": "1 # five",
    "comparison": ">=4",
}
TRUE = ("network.paper_literal_relu", "network.paper_literal_kernel")
ENDLESS = ("saturation", "w_max", "tau_leak")  # without a bound where they are infinite
TAKEN = {"true": TRUE} | dict.fromkeys(("largest float", "30 digits", "1e30"), ENDLESS)
# One of each kind, and those that are looked at beyond the settings alone.
THROUGH_MAIN = ("data", "data.path", "data.clips", "data.preset", "network.hidden", "faults.map",
                "train.epochs", "train.gamma", "seed", "device", "device.kind",
                "tile", "tile.size", "nothing")  # fmt: skip


def names(spec: Any, prefix: str = "") -> Iterator[str]:
    """Yield the dotted name of every field of ``spec`` and of the parts that it has."""
    for field in fields(spec):
        value = getattr(spec, field.name)
        yield prefix + field.name
        if is_dataclass(value) and not isinstance(value, type):
            yield from names(value, f"{prefix}{field.name}.")


def settings() -> dict[str, str]:
    """Return the device.kind with which every setting is tried, by its name."""
    wires = ["tile.wires.r_wl", "tile.adc.bits", "tile.dac.bits", "nothing", "train.nothing"]
    common = [n for n in names(Common()) if not n.startswith(("blocks.d", "blocks.m", "blocks.n"))]
    tile = [*names(usual("reram").tile, "tile."), *wires]
    found = dict.fromkeys([*common, "device", "tile", *tile], "reram")
    for kind in ("cmos", "reram"):
        found |= dict.fromkeys(names(usual(kind).device, "device."), kind)
    return found


SETTINGS = settings()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working folder, in which nothing can be trained."""

    def started(*arguments: object, **options: object) -> None:
        raise AssertionError("a training started")

    monkeypatch.setattr(run, "fit", started)
    monkeypatch.setattr(Conduct, "at_work", started)
    (tmp_path / "run.toml").write_text("[data]\nclips = 6\n[network]\nhidden = 8\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, list[str]]:
    """Return status and lines on stderr of a call; what it prints must be nothing."""
    monkeypatch.setattr(sys, "argv", ["crossbar", *words])
    with pytest.raises(SystemExit) as stop:
        main()
    printed = capsys.readouterr()
    lines = [line for line in printed.err.splitlines() if "compiling, once" not in line]
    return int(stop.value.code or 0), lines


def assert_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> str:
    """Return the one line with which a call ends that leaves nothing behind."""
    before = {path: path.stat().st_mtime_ns for path in Path().rglob("*")}
    status, lines = ended(monkeypatch, capsys, *words)
    assert status == 2, (words, lines)
    assert len(lines) == 1, (words, lines)
    assert len(lines[0]) < SCREEN + 100
    after = {path: path.stat().st_mtime_ns for path in Path().rglob("*")}
    assert after == before, words
    return lines[0]


def refusal(words: list[str]) -> str:
    """Return how the settings ``words`` are refused; empty where they are not."""
    try:
        buildable(experiment(override({}, words)))
    except CrossbarError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("kind", MALFORMED)
def test_no_setting_takes_a_malformed_value(kind: str) -> None:
    for name, device in SETTINGS.items():
        if name not in THROUGH_MAIN and not name.endswith(TAKEN.get(kind, ("never",))):
            words = [f"device.kind={device}", f"{name}={MALFORMED[kind]}"]
            assert refusal(words), words


@pytest.mark.parametrize("kind", MALFORMED)
def test_the_command_line_refuses_it_in_one_line(kind, place, monkeypatch, capsys) -> None:
    for name in THROUGH_MAIN:
        assert_refused(monkeypatch, capsys, "train", "run.toml", f"{name}={MALFORMED[kind]}")


PATHS = (
    "",
    "x" * 300,
    "/".join(["y" * 200] * 30),
    "~nobody_here/x",
    "/dev/null",
    "/dev/zero",
    "nowhere",
)


@pytest.mark.parametrize("path", PATHS)
def test_no_command_reads_or_writes_what_is_no_place(path, place, monkeypatch, capsys) -> None:
    calls = [
        *([name, path] for name in ("train", "energy", "evaluate", "stress", "report", "accept")),
        ["sweep", path, "seed=0:2"],
        ["search", path, "device.bits=4:6", "--minimise", "loss", "--subject-to", "f1>=0.5"],
        ["netlist", "network", path],
        ["spice", "infer", path],
        ["spice", "characterise", f"{path}.csv"],
        ["runs", "list", path],
        ["runs", "show", path, "1"],
        ["runs", "export", path, "x.csv"],
        ["runs", "drop", path, "--where", "run=1"],
        ["runs", "migrate", path],
        ["energy", "run.toml", f"energy.costs={path}"],
        ["energy", "run.toml", f"faults.map={path}"],
        ["energy", "run.toml", f"data.path={path}"],
        ["energy", "run.toml", "device.kind=constant", f"device.step={path}.csv"],
    ]
    if path != "nowhere":
        calls += [
            ["train", "run.toml", "--out", path],
            ["demo", "--out", path],
            ["sweep", "run.toml", "seed=0:2", "--out", path],
            ["netlist", "array", "--out", path],
            ["netlist", "tile", "tile.adc.bits=6", "--out", path],
            ["netlist", "cell", "vteam", "--out", path],
            ["netlist", "cell", "cmos_synapse", "--out", path],
            ["spice", "characterise", "vteam", "--out", path],
            ["validate", "--out", path],
        ]
    for words in calls:
        assert_refused(monkeypatch, capsys, *words)


SETTINGS_FILES = {
    "empty": b"",
    "a comment alone": b"# seed = 0\n",
    "a byte order mark alone": b"\xef\xbb\xbf",
    "no TOML": b"seed: 0\n",
    "bytes": bytes(range(256)),
    "a NUL byte": b"seed = 0\x00\n",
    "open brackets": b"seed = " + b"[" * 5000,
    "tables in each other": b".".join([b"a"] * 3000) + b" = 1\n",
    "digits": b"seed = " + b"9" * 5000,
    "beyond floats": b"[train]\ngamma = 1e999\n",
    "a table that is a number": b"tile = 3\n",
    "a list of tables": b"[[device]]\nkind = 'cmos'\n",
    "twice": b"seed = 0\nseed = 1\n",
    "a date": b"seed = 1979-05-27\n",
}


@pytest.mark.parametrize("content", SETTINGS_FILES.values(), ids=SETTINGS_FILES)
def test_no_command_takes_a_malformed_file(content, place, monkeypatch, capsys) -> None:
    Path("bad.toml").write_bytes(content)
    for words in (["train"], ["energy"], ["sweep", "--plan"], ["sweep", "device.bits=4:6"],
                  ["search", "device.bits=4:6", "--minimise", "loss"]):  # fmt: skip
        assert_refused(monkeypatch, capsys, words[0], "bad.toml", *words[1:])


VALUES = (
    "device.sigma_read=0:1:lin1000000000000",
    "device.sigma_read=0:1:lin100000000",
    f"device.sigma_read=0:1:lin{'9' * 40}",
    f"device.bits=0:{'9' * 5000}",
    "device.bits=0:1000000000000",
    "device.bits=4:4",
    "device.sigma_read=0:1e308:lin5",
    "device.sigma_read=1e-3:1e-1:log",
    "device.sigma_read=nan:1:lin3",
    "device.sigma_read=1 V:2 V:lin3",
    "device.bits=",
    "=4",
    "device.bits",
    "device.bits=4\nseed=3",
    "device.bits=>=4",
    "seed=9223372036854775808",
    "seed=0:2000000",
    f"{'device.' * 3000}bits=4",
    "train.gamma=1e-3,1e-3",
    "test.age=1e308 y,1",
    "test.chip=-1,2",
    "test.device=3,4",
)


@pytest.mark.parametrize("values", VALUES, ids=[v[:40] for v in VALUES])
def test_no_sweep_is_planned_of_malformed_values(values, place, monkeypatch, capsys) -> None:
    for words in (["--plan"], []):
        assert_refused(monkeypatch, capsys, "sweep", "run.toml", values, *words)


def test_a_sweep_of_too_many_runs_is_refused(place, monkeypatch, capsys) -> None:
    many = ["device.sigma_read=0:1:lin1000", "device.sigma_read_value=0:1:lin1000"]
    assert "200000 points" in assert_refused(monkeypatch, capsys, "sweep", "run.toml", *many)
    few = ["device.sigma_read=0:0.1:lin101", "seed=0:10000"]
    for words in ([], ["--plan"]):
        assert "1000000 runs" in assert_refused(
            monkeypatch, capsys, "sweep", "run.toml", *few, *words
        )


@pytest.mark.parametrize("program", ["no program at all", "#!/bin/sh\necho another program\n"])
def test_an_ngspice_that_is_none_is_said_in_one_line(program, place, monkeypatch, capsys) -> None:
    path = place / "bin" / "ngspice"
    path.parent.mkdir()
    path.write_text(program)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(path.parent))
    ngspice.version.cache_clear()
    try:
        for words in (["spice", "characterise", "vteam"], ["validate"], ["validate", "--out", "."]):
            assert "apt-get install ngspice" in assert_refused(monkeypatch, capsys, *words)
        monkeypatch.setattr(sys, "argv", ["crossbar", "info", "--json"])
        with pytest.raises(SystemExit):
            main()
        found = json.loads(capsys.readouterr().out)["versions"]["ngspice"]
        assert found == "none. Install it: sudo apt-get install ngspice."
    finally:
        ngspice.version.cache_clear()


def test_a_training_that_diverges_leaves_nothing_unless_an_epoch_ended(
    place, monkeypatch, capsys
) -> None:
    monkeypatch.undo()
    monkeypatch.chdir(place)
    wrong = ["train", "run.toml", "device.kind=float", "train.epochs=2", "--out", "out"]
    assert_refused(monkeypatch, capsys, *wrong, "train.gamma=1e6")
    (place / "out").mkdir()
    (place / "out" / "seed-0").mkdir()
    (place / "out" / "seed-0" / "checkpoint.npz").touch()
    assert not abandoned(place / "out")
    assert (place / "out" / "seed-0").exists()


SEARCH = ["search", "run.toml", "device.bits=4:6"]
OPTIONS = [
    [*SEARCH, "--minimise", "acuracy", "--subject-to", "f1>=0.5"],
    [*SEARCH, "--minimise", "accuracy\n", "--subject-to", "f1>=0.5"],
    [*SEARCH, "--minimise", "loss", "--subject-to", "acuracy>=0.5"],
    [*SEARCH, "--minimise", "loss", "--subject-to", "accuracy=>0.5"],
    [*SEARCH, "--minimise", "loss", "--subject-to", "accuracy>=1 kg"],
    [*SEARCH, "--minimise", "loss", "--subject-to", "energy_inference<=5 %"],
    [*SEARCH, "--minimise", "loss", "--subject-to", "latency<=1 V"],
    [*SEARCH, "--minimise", "loss", "--subject-to", "accuracy>=1e999"],
    [*SEARCH, "--minimise", "loss", "--points", "1" * 30],
    [*SEARCH, "--minimise", "loss", "--tolerance", "nan"],
    [*SEARCH, "--minimise", "loss", "--jobs", "100000000"],
    ["sweep", "run.toml", "device.bits=4:6", "--jobs", "100000000"],
    ["sweep", "run.toml", "device.sigma_read=0:1:lin", "--samples", "1" * 30],
    ["sweep", "run.toml", "device.sigma_read=0:1:lin", "--samples", "100000000"],
    ["sweep", "run.toml", "device.bits=4:6", "--zip", "device.bits"],
    ["train", "run.toml", "--ot", "x"],
    ["train"],
    ["trian", "run.toml"],
    ["netlist", "array", "--rows", "10000000", "--cols", "10000000"],
    ["netlist", "array", "--reads", "1" * 30],
    ["netlist", "tile", "--rows", "1" * 30],
    ["netlist", "train-step", "--side", "1000000"],
    ["netlist", "cell", "vtem"],
    ["netlist", "cell", "vteam", "r_on=nan"],
    ["netlist", "cell", "vteam", "r_on={a=1}"],
    ["netlist", "cell", "cmos_synapse", "--code", "1" * 30],
    ["spice", "characterise", "vteam", "--samples", "1" * 30],
    ["spice", "characterise", "vteam", "--jobs", "1" * 30],
    ["spice", "characterise", "vteam", "r_on="],
    ["spice", "infer", "nowhere", "--limit", "1e308"],
    ["validate", "--size", "1" * 30],
    ["validate", "--seed", "-1"],
    ["runs", "list", "nowhere", "--limit", "1" * 30],
    ["evaluate", "nowhere", "--age", "1" * 5000],
    ["evaluate", "nowhere", "--chip", "-1"],
]


@pytest.mark.parametrize("words", OPTIONS, ids=[" ".join(w)[:60] for w in OPTIONS])
def test_no_option_takes_a_malformed_value(words, place, monkeypatch, capsys) -> None:
    assert_refused(monkeypatch, capsys, *words)
