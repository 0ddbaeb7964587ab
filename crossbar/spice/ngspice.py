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

from crossbar.errors import SimulationError, message
from crossbar.spice.deck import Deck
from crossbar.spice.log import complaint
from crossbar.spice.waveforms import Waveforms, read_raw

Progress = Callable[[int, int], None]  # runs done, runs in all
REMEDY = "Install it: sudo apt-get install ngspice."
LIMIT = 300.0  # s


@dataclass(frozen=True)
class Version:
    """Which ngspice there is."""

    number: str
    klu: bool
    """Whether it has the KLU solver, which is much faster on arrays with line resistance."""


def program() -> str:
    """Return the path of ngspice, or raise with the line that installs it."""
    found = shutil.which("ngspice")
    if found is None:
        text = message("ngspice", "the program on the PATH", "none", REMEDY)
        raise SimulationError(text)
    return found


@cache
def version() -> Version:
    """Return the version of ngspice on the PATH, and whether it has the KLU solver."""
    told = subprocess.run([program(), "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"ngspice-(\S+)", told.stdout)
    deck = Deck("solver")
    deck.add("V1 a 0 1", "R1 a 0 1")
    deck.option("klu")
    deck.op()
    with _folder() as folder:
        deck.write(folder / "deck.cir")
        log = _Running().simulate(folder / "deck.cir", folder, 20.0)
    return Version(number[1] if number else "unknown", "using klu" in log.lower())


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
    with _folder(keep) as folder:
        if isinstance(deck, Deck):
            path = folder / "deck.cir"
            deck.write(path)
        else:
            path = deck.resolve()
        log = running.simulate(path, folder, limit)
        if trouble := complaint(log, path):
            raise SimulationError(f"{trouble} Netlist: {path}")
        waves = read_raw(folder / "out.raw")
        if isinstance(deck, Deck):
            _complete(deck, waves, path)
        return waves


def _complete(deck: Deck, waves: Waveforms, path: Path) -> None:
    """Raise unless ``waves`` hold every vector and every point that ``deck`` asks for."""
    missing = [name for name in deck.wanted if name not in waves]
    if missing:
        remedy = f"Check the names in {path}."
        text = message(
            "ngspice", f"the vectors {', '.join(deck.wanted)}", f"no {missing[0]}", remedy
        )
        raise SimulationError(text)
    end = deck.end
    if end is not None and abs(waves.axis[-1] - end) > 1e-6 * abs(end):
        expected, got = f"an analysis up to {end:g}", f"an end at {waves.axis[-1]:g}"
        raise SimulationError(message("ngspice", expected, got, f"See the log beside {path}."))


@contextlib.contextmanager
def _folder(keep: Path | None = None) -> Iterator[Path]:
    """Give a folder that is removed after success, unless it is ``keep``."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    folder = Path(tempfile.mkdtemp(prefix="crossbar-spice-"))
    try:
        yield folder
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)


@dataclass
class _Running:
    """Processes at work, so that all of them can be ended."""

    processes: set[subprocess.Popen[str]] = field(default_factory=set)
    stopped: bool = False

    def simulate(self, path: Path, folder: Path, limit: float) -> str:
        """Run ngspice on ``path`` within ``folder`` and return its log, kept there too."""
        if self.stopped:
            raise SimulationError(message("ngspice", "a run", "a stop", "Another run failed."))
        command = [program(), "-b", "-n", "-r", "out.raw", str(path)]
        environment = os.environ | {"OMP_THREAD_LIMIT": "1"}  # BSIM4 ignores OMP_NUM_THREADS
        environment.pop("SPICE_ASCIIRAWFILE", None)
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.processes.add(process)
        try:
            # Should this process be killed, the simulation ends by itself all the same.
            seconds = int(limit) + 1
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (seconds, seconds + 1))
            log, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            remedy = f"Raise the limit or simplify it. Netlist: {path}"
            text = message("ngspice", f"an end within {limit:g} s", "none", remedy)
            raise SimulationError(text) from None
        finally:
            _kill(process)
            self.processes.discard(process)
        (folder / "deck.log").write_text(log)
        return log

    def stop(self) -> None:
        """End every process."""
        self.stopped = True
        for process in list(self.processes):
            _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    """Kill the process group of ``process``, if it is still there."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
