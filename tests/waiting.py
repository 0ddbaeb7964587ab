"""Waiting for what a test is about; how long it takes judges nothing."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

HANG = 300.0  # s; a process that takes as long hangs, however busy the machine is


def until(event: Callable[[], bool], *running: subprocess.Popen) -> None:
    """Wait for ``event``, which must come while the processes ``running`` are alive."""
    begin = time.monotonic()
    while not event():
        for process in running:
            assert process.poll() is None, f"a process ended with {process.returncode} before"
        assert time.monotonic() - begin < HANG, "what was waited for did not happen"
        time.sleep(0.02)


def alive(folder: Path) -> list[str]:
    """Return what runs with its working directory under ``folder``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found
