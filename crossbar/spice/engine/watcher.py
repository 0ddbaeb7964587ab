"""A process that outlives this one, ends its remaining processes and removes its folder."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

from crossbar.closing import Closing

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
    """Kills a process group and removes a folder if this process ends meanwhile.

    It is a shell in a session of its own, which no terminal interrupts. It takes a millisecond to
    start and works on every Unix.

    Parameters
    ----------
    folder
        The folder to remove; None for none.
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
