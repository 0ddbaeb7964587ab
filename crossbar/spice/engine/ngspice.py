"""Running ngspice: a private folder and a process of its own for every netlist."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from crossbar.errors import Message, OutputError, SimulationError, message, nearest
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.log import complaint
from crossbar.spice.engine.watcher import Watcher
from crossbar.spice.engine.waveforms import Waveforms, read_raw

Progress = Callable[[int, int], None]  # runs done, runs in all
REMEDY = "Install it: sudo apt-get install ngspice."
LIMIT = 300.0  # s
ANSWER = 20.0  # s within which ngspice says its version


@dataclass(frozen=True)
class Version:
    """Which ngspice there is."""

    number: str
    klu: bool
    """Whether it has the KLU solver, which is much faster on arrays with line resistance."""


def program() -> str:
    """Return the path of ngspice, or raise with the line that installs it."""
    path = shutil.which("ngspice")
    if path is None:
        text = message("ngspice", "the program on the PATH", "none", REMEDY)
        raise SimulationError(text)
    return path


@cache
def version() -> Version:
    """Return the version of ngspice on the PATH, and whether it has the KLU solver."""
    with _started([program(), "--version"]) as process:
        try:
            answer = process.communicate(timeout=ANSWER)[0]
        except subprocess.TimeoutExpired:
            _kill(process)
            answer = ""
    number = re.search(r"ngspice-(\S+)", answer)
    if number is None:
        text = message(program(), "ngspice", "a program that does not say its version", REMEDY)
        raise SimulationError(text)
    deck = Deck("solver")
    deck.add("V1 a 0 1", "R1 a 0 1")
    deck.option("klu")
    deck.op()
    running = _Running()
    with _folder(None, running) as (folder, watcher):
        log, _ = running.simulate(placed(deck, folder), folder, LIMIT, watcher)
    return Version(number[1], "using klu" in log.lower())


def run(deck: Deck | Path, *, limit: float = LIMIT, keep: Path | None = None) -> Waveforms:
    """Simulate a netlist and return its vectors.

    Parameters
    ----------
    deck
        A netlist, or the file of one.
    limit
        Most seconds that ngspice may take; its whole process group is killed then.
    keep
        Folder for the netlist, its log and its raw file; None: they are kept only after an error,
        whose message names the netlist.

    Raises
    ------
    SimulationError
        If ngspice is missing, takes too long, complains of the netlist (exit status 0 is no
        verdict: the log is read), finds a floating node or no solution, or gives fewer vectors or
        points than were asked for.
    """
    return _run(deck, limit, keep, _Running())


def run_many(
    decks: Sequence[Deck],
    *,
    jobs: int = 2,
    limit: float = LIMIT,
    progress: Progress | None = None,
) -> list[Waveforms]:
    """Simulate several netlists, ``jobs`` at a time, each in a process; results in their order.

    The first error, or Ctrl-C, ends all of them.
    """
    running = _Running()
    results: list[Waveforms] = []
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(_run, deck, limit, None, running) for deck in decks]
        try:
            for done, future in enumerate(waiting, 1):
                results.append(future.result())
                if progress is not None:
                    progress(done, len(decks))
        except BaseException:
            for future in waiting:
                future.cancel()
            running.stop()
            raise
    return results


def _run(deck: Deck | Path, limit: float, keep: Path | None, running: _Running) -> Waveforms:
    """Simulate ``deck`` in a folder that stays only after an error."""
    program()
    with _folder(keep, running) as (folder, watcher):
        path = placed(deck, folder)
        raw = folder / "out.raw"
        raw.unlink(missing_ok=True)  # of an earlier run
        log, status = running.simulate(path, folder, limit, watcher)
        if trouble := complaint(log, path) or _ending(log, status, path, raw):
            raise SimulationError(trouble.followed(f"Netlist: {path}"))
        try:
            waves = read_raw(raw)
        except SimulationError as error:
            raise SimulationError(error.message.followed(f"Netlist: {path}")) from None
        if isinstance(deck, Deck):
            complete(waves, path, deck.wanted, deck.end)
        else:
            complete(waves, path, _saved(path), None)
        return waves


def placed(deck: Deck | Path, folder: Path) -> Path:
    """Return the file of a netlist, written into ``folder`` if it is not one yet."""
    if isinstance(deck, Deck):
        deck.write(folder / "deck.cir")
        return folder / "deck.cir"
    if not deck.is_file():
        raise SimulationError(message(str(deck), "the file of a netlist", "none", "Give its path."))
    return deck.resolve()


def _ending(log: str, status: int, path: Path, raw: Path) -> Message | None:
    """Return one line on an end of ngspice that its log does not explain, or None."""
    if status < 0:
        got = f"a crash ({signal.Signals(-status).name})"
        remedy = "Unfinished expressions do that, and too little memory or disk."
        return message(path.name, "an end of ngspice by itself", got, remedy)
    if status > 0:
        got = repr(log.strip().splitlines()[-1]) if log.strip() else "no word"
        return message(path.name, "exit status 0", f"{status} and {got}", "See its log.")
    if not raw.is_file() or not raw.stat().st_size:
        return message(path.name, "an analysis", "none", "Add .op, .dc or .tran.")
    return None


def _saved(path: Path) -> list[str]:
    """Return the voltages and currents after .save in a netlist of the user's."""
    text = re.sub(r"\n\+", " ", path.read_text(errors="replace").lower())
    saved = " ".join(re.findall(r"^\.save\s(.*)$", text, re.MULTILINE))
    return re.findall(r"(?<!\S)[vi]\([^(),\s]+\)(?!\S)", saved)


def complete(waves: Waveforms, path: Path, wanted: list[str], end: float | None) -> None:
    """Raise unless ``waves`` hold the vectors ``wanted`` of the netlist ``path``, up to ``end``."""
    for name in wanted:
        if name not in waves:
            expected = f"the vector {name} that it saves"
            text = message(path.name, expected, "none", nearest(name, waves.vectors))
            raise SimulationError(text.followed(f"Netlist: {path}"))
    if end is not None and abs(waves.axis[-1] - end) > 1e-6 * abs(end):
        expected, got = f"an analysis up to {end:g}", f"an end at {waves.axis[-1]:g}"
        raise SimulationError(message(path.name, expected, got, f"See its log. Netlist: {path}"))


@contextlib.contextmanager
def _folder(keep: Path | None, running: _Running) -> Iterator[tuple[Path, Watcher]]:
    """Give a folder that stays after an error of its own, or always if it is ``keep``.

    Its watcher removes it, unless it is ``keep``, should this process be killed.
    """
    try:
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
        folder = keep or Path(tempfile.mkdtemp(prefix="crossbar-spice-"))
    except OSError as error:
        where = str(keep or error.filename or "temporary files")  # none: no folder will do
        remedy = "Choose another one (TMPDIR), or make room."
        got = error.strerror or str(error)
        raise OutputError(message(where, "a folder to write", got, remedy)) from None
    with Watcher(folder if keep is None else None) as watcher:
        own = False  # an error that the netlist explains
        try:
            yield folder, watcher
        except Exception:
            own = not running.stopped
            raise
        finally:
            if keep is None and not own:
                shutil.rmtree(folder, ignore_errors=True)


@dataclass
class _Running:
    """Processes at work, so that all of them can be ended."""

    processes: set[subprocess.Popen[str]] = field(default_factory=set)
    stopped: bool = False

    def simulate(self, path: Path, folder: Path, limit: float, watcher: Watcher) -> tuple[str, int]:
        """Run ngspice on ``path`` within ``folder``; return its log, kept there too, and status."""
        command = [program(), "-b", "-n", "-r", "out.raw", str(path)]
        environment = os.environ | {"OMP_THREAD_LIMIT": "1"}  # BSIM4 ignores OMP_NUM_THREADS
        environment.pop("SPICE_ASCIIRAWFILE", None)
        with _started(command, cwd=folder, env=environment) as process:
            watcher.watch(process.pid)
            self.processes.add(process)
            log = ""
            try:
                log = self._wait(process, limit)
            except subprocess.TimeoutExpired:
                _kill(process)
                log, _ = process.communicate()
                remedy = f"Raise the limit or simplify it. Netlist: {path}"
                text = message("ngspice", f"an end within {limit:g} s", "none", remedy)
                raise SimulationError(text) from None
            finally:
                _kill(process)
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
            _kill(process)


def _started(command: Sequence[str], **options: Any) -> subprocess.Popen[str]:
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


def _kill(process: subprocess.Popen[str]) -> None:
    """Kill the process group of ``process``, if it is still there."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
