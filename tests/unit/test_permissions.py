"""Files and folders that the user may not touch: one line for every command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from crossbar.cli import main

NOBODY = 65534


@pytest.fixture
def denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder that this user may not enter; root is nobody meanwhile."""
    folder = tmp_path / "denied"
    (folder / "run").mkdir(parents=True)
    (folder / "run.toml").write_text("[train]\nepochs = 1\n")
    folder.chmod(0)
    monkeypatch.chdir("/")
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    yield folder
    os.seteuid(user)
    folder.chmod(0o700)


@pytest.mark.parametrize(
    "command",
    [
        "train DENIED/run.toml", "evaluate DENIED/run", "stress DENIED/run", "report DENIED/run",
        "report DENIED", "energy DENIED/run.toml", "runs list DENIED", "runs list DENIED/x.db",
        "runs export DENIED/run x.csv", "netlist network DENIED/run", "spice infer DENIED/run",
        "netlist cell vteam --out DENIED/x.cir", "spice characterise DENIED/m.csv --out DENIED/c",
        "validate --out DENIED/v", "search DENIED/run.toml device.bits=4,6 --minimise accuracy",
        "sweep DENIED/run.toml seed=0,1 --out DENIED/s",
    ],
)  # fmt: skip
def test_no_permission_is_one_line(
    command: str, denied: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word.replace("DENIED", str(denied)) for word in command.split()]
    monkeypatch.setattr("sys.argv", ["crossbar", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert "ermission" in said.err
