"""A file is written whole or stays as it was, whatever stops the write."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import crossbar
from crossbar import files
from crossbar.errors import OutputError
from crossbar.report import write_report
from crossbar.runs import experiment, stress, train

SMALL = {"data": {"clips": 6}, "train": {"epochs": 1}, "network": {"hidden": 8}}


@contextlib.contextmanager
def file_size(limit: int) -> Iterator[None]:
    """Let no file grow beyond ``limit`` bytes, as `ulimit -f` does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_text_and_bytes_are_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    files.write(path, "µ\n")
    files.write(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there" / "file")
    files.write(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there" / "file").read_text() == "x"


@pytest.mark.parametrize("name", [".", os.devnull])
def test_folders_and_devices_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"expected a file, got a (folder|device)"):
        files.write(tmp_path / name, "x")


def test_a_kill_at_the_write_leaves_the_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("earlier")
    script = (
        "import os, signal, sys, pathlib\n"
        "from crossbar import files\n"
        "os.fsync = lambda number: os.kill(os.getpid(), signal.SIGKILL)\n"
        "files.write(pathlib.Path(sys.argv[1]), 'later')\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert path.read_text() == "earlier"
    left = [p for p in tmp_path.iterdir() if p != path]
    assert len(left) == 1
    assert left[0].match(files.TEMPORARY)
    files.write(path, "later")  # the rest of a killed write is no obstacle
    assert path.read_text() == "later"


def test_a_limit_of_file_sizes_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("earlier")
    with file_size(100), pytest.raises(OutputError, match=r"a\.txt: .*ulimit -f"):
        files.write(path, "x" * 101)
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="Not a directory"):
        files.make_folder(tmp_path / "file" / "folder")
    with pytest.raises(OutputError, match="shorter name"):
        files.write(tmp_path / ("x" * 300), "")


def test_no_other_module_writes_files() -> None:
    """A file written in another way is half a file after a kill."""
    ways = re.compile(
        r"write_text\(|write_bytes\(|copyfile\(|savefig\(|np\.savez\w*\(\w+ /|os\.replace"
        r"|json\.dump\(|[( ]open\([^)]*[\"'][wxa]b?[\"']|\.open\([^)]*[\"'][wxa]b?[\"']"
        r"|(table|frame|points|DataFrame\(\w*\))\.to_(csv|parquet|json)\((?!index)"
    )
    own = {"files.py", "process.py", "session.py"}  # the last two write into private folders
    root = Path(crossbar.__file__).parent
    found = [
        f"{path.relative_to(root)}:{number}: {line.strip()}"
        for path in root.rglob("*.py")
        if path.name not in own
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if ways.search(line) and "def " not in line
    ]
    assert not found, "\n".join(found)


def test_a_limit_of_file_sizes_stops_a_run_in_one_line_and_it_resumes(tmp_path: Path) -> None:
    plan = experiment(SMALL)
    whole = train(plan, tmp_path / "whole")
    for limit in (100, 4000, 40_000):  # the first record, the examples, the checkpoint
        with file_size(limit), pytest.raises(OutputError, match="ulimit -f"):
            train(plan, tmp_path / "cut")
    assert train(plan, tmp_path / "cut")["loss"] == whole["loss"]
    with file_size(100), pytest.raises(OutputError, match=r"runs\.db: .*ulimit -f"):
        stress(tmp_path / "cut")
    page = write_report(tmp_path / "cut")
    before = page.read_bytes()
    with file_size(100_000), pytest.raises(OutputError, match="ulimit -f"):
        write_report(tmp_path / "cut")
    assert page.read_bytes() == before


def test_the_rest_of_a_killed_write_does_not_block_a_folder(tmp_path: Path) -> None:
    out = tmp_path / "run"
    out.mkdir()
    (out / ".crossbar-1-00000000.part").write_text("half")
    train(experiment(SMALL), out)
    assert (out / "seed-0" / "cells.npz").exists()
