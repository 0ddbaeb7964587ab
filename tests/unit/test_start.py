"""What the program does before its command line does anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from waiting import HANG

import crossbar_start
from crossbar.cli.commands import app

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


def run(program: str, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=HANG, check=False,
                          **options)  # fmt: skip


QUICK = ("crossbar", "crossbar_start", "typer", "annotated_doc", "shellingham")
OWN = ("chip_map", "chips", "columns", "commands", "completion", "cores", "design", "device",
       "device_fit", "endings", "evaluate", "models", "monitor", "netlist", "options", "reading",
       "runs", "serve", "spice", "spikes", "stdp", "streams", "sweeps")  # fmt: skip
SOUGHT = """
import sys
before = {*sys.modules}
import crossbar_start
sys.argv = ["crossbar", *sys.argv[1:]]
try:
    crossbar_start.main()
finally:
    import json
    sys.stderr.write(json.dumps(sorted({*sys.modules} - before)))
"""


def commands() -> Iterator[tuple[str, ...]]:
    """Yield the words of every command and group."""

    def below(words: tuple[str, ...], command: Any) -> Iterator[tuple[str, ...]]:
        yield words
        for name, part in getattr(command, "commands", {}).items():
            yield from below((*words, name), part)

    return below((), typer.main.get_command(app))


def require_quick(loaded: list[str]) -> None:
    """Fail if a module of another package than typer is loaded, or one of ours that does work."""
    roots = {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names
    assert roots <= {*QUICK}
    own = {f"crossbar.cli.{name}" for name in OWN} | {"crossbar.cli"}
    ground = {f"crossbar.{name}" for name in ("errors", "files", "interrupts", "paths", "terminal")}
    assert {name for name in loaded if name.partition(".")[0] == "crossbar"} <= own | ground | {
        "crossbar"
    }


@pytest.mark.parametrize("words", [("--version",), *((*words, "--help") for words in commands())])
def test_help_and_version_import_nothing_slow(words: tuple[str, ...]) -> None:
    done = run(SOUGHT, *words)
    assert done.returncode == 0
    assert done.stdout
    require_quick(json.loads(done.stderr))


def test_completion_of_commands_imports_nothing_slow() -> None:
    asked = {"_CROSSBAR_COMPLETE": "complete_bash", "COMP_WORDS": "crossbar\ntr", "COMP_CWORD": "1"}
    done = run(SOUGHT, env=os.environ | asked)
    assert done.stdout == "train\n"
    require_quick(json.loads(done.stderr))


def test_a_command_knows_every_kind_that_the_package_registers() -> None:
    source = """
import importlib, pkgutil, crossbar, crossbar.runs, crossbar.registry as registry
kinds = lambda: {one.group: one.names for one in registry.registries()}
before = kinds()
for module in pkgutil.walk_packages(crossbar.__path__, "crossbar."):
    importlib.import_module(module.name)
assert kinds() == before, (kinds(), before)
"""
    assert run(source).returncode == 0


@pytest.mark.parametrize("module", ["crossbar.files", "typer"])
def test_ctrl_c_while_the_package_is_loaded_is_one_line(module: str) -> None:
    stopped = run(STOPPING.format(module=module))
    assert (stopped.returncode, stopped.stderr) == (130, "crossbar: stopped.\n")


def test_a_program_that_ignores_ctrl_c_goes_on_doing_so() -> None:
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    ended = run(ignoring + STOPPING.format(module="typer"), "--version")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout


@pytest.mark.parametrize("module", ["rich.console", "numba", "crossbar.runs"])
def test_ctrl_c_while_a_command_imports_its_work_is_one_line(module: str) -> None:
    stopped = run(STOPPING.format(module=module), "info")
    assert (stopped.returncode, stopped.stderr) == (130, "crossbar: stopped.\n")


CONFIG = str(Path(__file__).parents[2] / "scripts" / "leti_cnn.toml")
WORKING = """
import signal, crossbar_start, crossbar.runs as runs

class Lost:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

def energy(*_, progress):
    {work}
    {then}

runs.energy = energy
crossbar_start.main()
"""


@pytest.mark.parametrize(
    "work",
    [
        "signal.raise_signal(signal.SIGINT)",
        "Lost()",
        """
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        raise ValueError("as other packages turn it") from None""",
        """
    try:
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.raise_signal(signal.SIGINT)""",
    ],
    ids=["raised", "lost", "turned", "twice"],
)
def test_ctrl_c_in_the_work_ends_in_one_line_even_if_its_exception_is_lost(work: str) -> None:
    then = 'progress(1, 2); print("went on")'
    stopped = run(WORKING.format(work=work, then=then), "energy", CONFIG)
    assert (stopped.returncode, stopped.stdout) == (130, "")
    assert stopped.stderr == "crossbar: stopped.\n"


def test_a_command_that_ends_in_spite_of_ctrl_c_says_so() -> None:
    program = WORKING.format(work="Lost()", then="return {}")
    ended = run(program, "energy", CONFIG, "--json")
    assert (ended.returncode, ended.stdout) == (130, "{}\n")
    assert ended.stderr == "crossbar: stopped.\n"


def test_the_package_of_crossbar_io_in_the_same_folder_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called: list[str] = []
    monkeypatch.setattr("crossbar.cli.main", lambda: called.append("main"))
    monkeypatch.setattr("crossbar.interrupts.obey", lambda: None)
    monkeypatch.setattr(crossbar_start, "__file__", str(tmp_path / "crossbar_start.py"))
    (tmp_path / "crossbar_sim-0.1.0.dist-info").mkdir()
    crossbar_start.main()
    assert (called, capsys.readouterr().err) == (["main"], "")
    (tmp_path / "crossbar-23.1.2.dist-info").mkdir()
    with pytest.raises(SystemExit, match="2"):
        crossbar_start.main()
    line = capsys.readouterr().err
    assert line.startswith(f"crossbar: {tmp_path}: expected no distribution crossbar (crossbar.io)")
    assert "got crossbar-23.1.2. " in line
    assert line.endswith("--no-deps crossbar-sim\n")
    assert line.count("\n") == len(called) == 1


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
