"""Standard output that is full, closed, or read by nobody any more; tables in any width."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest
from waiting import HANG

from crossbar.bars import Plain
from crossbar.cli import console, main
from crossbar.cli.console import out, table

CONFIG = """
[data]
clips = 6
[network]
hidden = 8
[train]
epochs = 1
"""


@pytest.fixture
def full() -> Iterator[TextIO]:
    """Return a stream to a full disk."""
    with open("/dev/full", "w") as stream:  # noqa: PTH123
        yield stream


@pytest.fixture
def abandoned() -> Iterator[TextIO]:
    """Return a stream to a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as stream:  # noqa: PTH123
        yield stream


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run, beside its settings."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "run.toml").write_text(CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        assert status(patch, "train", str(folder / "run.toml"), "--out", str(folder / "out")) == 0
    return folder / "out"


def status(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["crossbar", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    with out.capture():  # drops what could not be printed, which the next test would see
        pass
    return int(ended.value.code or 0)


COMMANDS = (
    "--version", "--help", "info", "info --json", "train --help", "netlist cell vteam",
    "energy RUN.toml --json", "train RUN.toml --out RUN", "evaluate RUN",
    "runs list --help",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_a_result_that_cannot_be_printed_ends_in_one_line(
    command: str,
    run: Path,
    full: TextIO,
    abandoned: TextIO,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = [w.replace("RUN.toml", str(run.with_name("run.toml"))) for w in command.split()]
    words = [w.replace("RUN", str(run)) for w in words]
    for stream, expected in ((full, 1), (None, 1), (abandoned, 141)):
        monkeypatch.setattr("sys.stdout", stream)
        assert status(monkeypatch, *words) == expected
        assert sys.stdout is stream
        said = capsys.readouterr().err
        if expected == 1:
            got = "No space left on device" if stream else "a closed one"
            assert said == (
                f"crossbar: standard output: expected one that can be written, got {got}. "
                "Redirect it elsewhere.\n"
            )
        else:
            assert said == ""  # as any program before `head` ends


def test_progress_that_nobody_can_read_stops_nothing(
    run: Path, full: TextIO, abandoned: TextIO, tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("crossbar.bars.EVERY", 0.0)
    config = str(run.with_name("run.toml"))
    for k, stream in enumerate((full, None, abandoned)):
        monkeypatch.setattr("sys.stderr", stream)
        assert status(monkeypatch, "train", config, "--out", str(tmp_path / str(k))) == 0
        assert "accuracy" in capsys.readouterr().out
        assert (tmp_path / str(k) / "runs.db").exists()


@pytest.mark.parametrize(
    ("redirected", "expected", "said"),
    [
        ("> /dev/full", 1, "No space left on device"),
        (">&- 2>&- <&-", 1, None),
        ("2>&1 | true", 141, None),
    ],
)
def test_the_program_itself(redirected: str, expected: int, said: str | None) -> None:
    """Nothing that the interpreter writes at its end comes after."""
    command = f'"$0" -c "$1" --help {redirected}'
    words = ["bash", "-o", "pipefail", "-c", command, sys.executable]
    done = subprocess.run([*words, "from crossbar.cli import main; main()"], text=True,
                          capture_output=True, timeout=HANG, check=False)  # fmt: skip
    assert done.returncode == expected
    if said is None:
        assert done.stderr == ""
    else:
        assert done.stderr.count("\n") == 1
        assert said in done.stderr


@pytest.mark.parametrize(("columns", "width"), [("0", 80), ("1", 80), ("19", 80), ("30", 30)])
def test_a_width_that_no_terminal_has_is_not_believed(
    columns: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert Plain().width == Plain().options.max_width == width


@pytest.mark.parametrize("width", [40, 60, 80])
def test_words_and_numbers_of_a_table_stay_whole(width, monkeypatch, capsys) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr(console, "out", Plain())  # one that is made now knows the width
    numbers = ["13.104 nJ", "107.11 nJ", "690.59 nJ", "2.3929 nJ", "", "1.9338 uJ"]
    table("Energy", ["", "a", "b", "c", "d", "e"], [["of an inference", *numbers[:5]],
                                                    ["of a step", *numbers[1:]]])  # fmt: skip
    said = capsys.readouterr().out
    assert [number for number in numbers if number not in said] == []
    assert "inference" in said
    assert max(map(len, said.splitlines())) <= width
    assert said.startswith("Energy\n")


COLOURS = re.compile(r"\x1b\[[0-9;]*[34][0-9]m")
TABLE = "from crossbar.cli.console import table; table('Title', ['a', 'b'], [['c', '1 nJ']])"


@pytest.mark.parametrize(("no_color", "terminal"), [("1", True), ("", False)])
def test_no_colour_where_none_is_wanted(no_color: str, terminal: bool) -> None:
    """With NO_COLOR bold stays; a pipe gets plain text."""
    reading, writing = os.openpty() if terminal else os.pipe()
    environment = os.environ | {"TERM": "xterm-256color", "NO_COLOR": no_color}
    subprocess.run([sys.executable, "-c", TABLE], stdout=writing, env=environment, check=True)
    os.close(writing)
    said = os.read(reading, 100_000).decode()
    os.close(reading)
    assert "Title" in said
    assert COLOURS.search(said) is None
    assert terminal or "\x1b" not in said
