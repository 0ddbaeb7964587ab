"""Processes of ngspice: started, watched, and ended with everything that they started."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crossbar.closing import Closing
from crossbar.errors import SimulationError, message

REMEDY = "Install it: sudo apt-get install ngspice."


def program() -> str:
    """Return the path of ngspice, or raise with the line that installs it."""
    path = shutil.which("ngspice")
    if path is None:
        text = message("ngspice", "the program on the PATH", "none", REMEDY)
        raise SimulationError(text)
    return path


@dataclass
class Running:
    """Processes at work, so that all of them can be ended."""

    processes: set[subprocess.Popen[str]] = field(default_factory=set)
    stopped: bool = False

    def simulate(self, path: Path, folder: Path, limit: float, watcher: Watcher) -> tuple[str, int]:
        """Run ngspice on ``path`` within ``folder``; return its log, kept there too, and status."""
        command = [program(), "-b", "-n", "-r", "out.raw", str(path)]
        environment = os.environ | {"OMP_THREAD_LIMIT": "1"}  # BSIM4 ignores OMP_NUM_THREADS
        environment.pop("SPICE_ASCIIRAWFILE", None)
        with started(command, cwd=folder, env=environment) as process:
            watcher.watch(process.pid)
            self.processes.add(process)
            log = ""
            try:
                log = self._wait(process, limit)
            except subprocess.TimeoutExpired:
                kill(process)
                log, _ = process.communicate()
                remedy = f"Raise the limit or simplify it. Netlist: {path}"
                text = message("ngspice", f"an end within {limit:g} s", "none", remedy)
                raise SimulationError(text) from None
            finally:
                kill(process)
                watcher.watch(None)
                self.processes.discard(process)
                with contextlib.suppress(OSError):  # a full disk: the error to come says so
                    (folder / "deck.log").write_text(log)
        return log, process.returncode

    def _wait(self, process: subprocess.Popen[str], limit: float) -> str:
        """Wait for the end of ``process`` and return its log."""
        if self.stopped:
            raise SimulationError(message("ngspice", "a run", "a stop", "Another run failed."))
        # Should this process and the watcher be killed, the simulation ends all the same.
        seconds = int(limit) + 1
        with contextlib.suppress(ProcessLookupError):  # it has ended already
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (seconds, seconds + 1))
        return process.communicate(timeout=limit)[0]

    def stop(self) -> None:
        """End every process."""
        self.stopped = True
        for process in list(self.processes):
            kill(process)


def started(command: Sequence[str], **options: Any) -> subprocess.Popen[str]:
    """Start ``command``, its messages joined, or raise if the system cannot run it."""
    quiet = subprocess.DEVNULL
    try:
        return subprocess.Popen(
            command, stdin=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", start_new_session=True, **options,
        )  # fmt: skip
    except OSError as error:
        got = error.strerror or str(error)
        text = message(command[0], "a program that runs", got, REMEDY)
        raise SimulationError(text) from None


def kill(process: subprocess.Popen[str]) -> None:
    """Kill the process group of ``process``, if it is still there."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


# Lines come through a pipe that only this process can write to: it is cut when this process ends,
# by whatever signal. SIGKILL is on its way when `kill` returns: a file may still appear meanwhile.
SCRIPT = """
PATH=$PATH:/bin:/usr/bin
while read -r line; do
  [ "$line" = end ] && exit
  group=$line
done
[ -z "$group" ] || kill -KILL -- "-$group"
[ -z "$1" ] || rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }
"""


class Watcher(Closing):
    """Kills a process group and removes ``folder``, if any, if this process ends meanwhile.

    It is a shell in a session of its own, which no terminal interrupts. It takes a millisecond to
    start and works on every Unix.
    """

    def __init__(self, folder: Path | None) -> None:
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", SCRIPT, "crossbar", str(folder or "")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def watch(self, group: int | None) -> None:
        """Watch the process group ``group`` from now on, or none."""
        self._tell("\n" if group is None else f"{group}\n")

    def close(self) -> None:
        """End the watcher; nothing is killed or removed."""
        self._tell("end\n")
        self._shell.communicate()

    def _tell(self, line: str) -> None:
        """Write ``line`` to the shell, unless it has been killed."""
        pipe = self._shell.stdin
        if pipe is not None and not pipe.closed:
            with contextlib.suppress(BrokenPipeError):
                pipe.write(line.encode())
                pipe.flush()
