"""Waiting for what a test is about; how long it takes judges nothing."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

HANG = 300.0  # s; a process that takes as long hangs, however busy the machine is


def until(event: Callable[[], bool], *running: subprocess.Popen) -> None:
    """Wait for ``event``, which must come while the processes ``running`` are alive."""
    begin = time.monotonic()
    while not event():
        for process in running:
            assert process.poll() is None, f"a process ended with {process.returncode} before"
        assert time.monotonic() - begin < HANG, "what was waited for did not happen"
        time.sleep(0.02)
