"""What the program does before its command line does anything."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import HANG

import crossbar_start

PROGRAM = "from crossbar_start import main; main()"
STOPPING = """
import builtins, os, signal, crossbar_start
real = builtins.__import__
def watched(name, *rest):
    if name == "{module}":
        os.kill(os.getpid(), signal.SIGINT)
    return real(name, *rest)
builtins.__import__ = watched
crossbar_start.main()
"""

SLOW = ("scipy.signal", "scipy.stats")  # half a second together, and few commands need them


def test_the_command_line_starts_without_slow_libraries() -> None:
    source = "import json, sys, crossbar.cli; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    loaded = json.loads(done.stdout)
    assert "crossbar.cli.commands" in loaded
    assert [name for name in SLOW if name in loaded] == []


def run(program: str, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=HANG, check=False,
                          **options)  # fmt: skip


@pytest.mark.parametrize("module", ["crossbar.activity", "numba", "typer"])
def test_ctrl_c_while_the_package_is_loaded_is_one_line(module: str) -> None:
    stopped = run(STOPPING.format(module=module))
    assert (stopped.returncode, stopped.stderr) == (130, "crossbar: stopped.\n")


def test_a_program_that_ignores_ctrl_c_goes_on_doing_so() -> None:
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    ended = run(ignoring + STOPPING.format(module="typer"), "--version")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout


def test_after_the_start_ctrl_c_is_an_exception_again(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers = []
    monkeypatch.setattr("crossbar.cli.main", lambda: handlers.append(signal.getsignal(2)))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        crossbar_start.main()
    finally:
        signal.signal(signal.SIGINT, before)
    assert handlers == [signal.default_int_handler]


@pytest.fixture
def fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put home and temporary files below a folder, and forget where fonts are."""
    for name in ("MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_fonts_have_another_place_where_the_home_cannot_be_written(fonts: Path) -> None:
    (fonts / "home").write_text("no folder")
    crossbar_start._place_fonts()
    assert os.environ["MPLCONFIGDIR"] == str(fonts / f"crossbar-{os.geteuid()}" / "matplotlib")


def test_fonts_stay_in_the_home_where_it_can_be_written(
    fonts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crossbar_start._place_fonts()
    assert "MPLCONFIGDIR" not in os.environ
    (fonts / "home").write_text("no folder")
    monkeypatch.setenv("MPLCONFIGDIR", "mine")
    crossbar_start._place_fonts()
    assert os.environ["MPLCONFIGDIR"] == "mine"
