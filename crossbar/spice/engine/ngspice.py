"""Running ngspice: a private folder and a process of its own for every netlist."""

from __future__ import annotations

import contextlib
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crossbar.errors import Message, OutputError, SimulationError, message, nearest
from crossbar.progress import Progress, reporting, shown
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.log import complaint
from crossbar.spice.engine.process import REMEDY, Running, Watcher, kill, program, started
from crossbar.spice.engine.waveforms import Waveforms, read_raw

LIMIT = 300.0  # s
ANSWER = 20.0  # s within which ngspice says its version


@dataclass(frozen=True)
class Version:
    """Which ngspice there is."""

    number: str
    klu: bool
    """Whether it has the KLU solver, which is much faster on arrays with line resistance."""


@cache
def version() -> Version:
    """Return the version of ngspice on the PATH, and whether it has the KLU solver."""
    with started([program(), "--version"]) as process:
        try:
            answer = process.communicate(timeout=ANSWER)[0]
        except subprocess.TimeoutExpired:
            kill(process)
            answer = ""
    number = re.search(r"ngspice-(\S+)", answer)
    if number is None:
        text = message(program(), "ngspice", "a program that does not say its version", REMEDY)
        raise SimulationError(text)
    deck = Deck("solver")
    deck.add("V1 a 0 1", "R1 a 0 1")
    deck.option("klu")
    deck.op()
    running = Running()
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
    return _run(deck, limit, keep, Running())


@reporting
def run_many(
    decks: Sequence[Deck],
    *,
    jobs: int = 2,
    limit: float = LIMIT,
    progress: Progress = shown,
) -> list[Waveforms]:
    """Simulate several netlists, ``jobs`` at a time, each in a process; results in their order.

    The first error, or Ctrl-C, ends all of them.
    """
    running = Running()
    results: list[Waveforms] = []
    with ThreadPoolExecutor(jobs) as pool:
        try:  # from the first submission on: a run begins at once, and Ctrl-C may come then
            waiting = [pool.submit(_run, deck, limit, None, running) for deck in decks]
            for done, future in enumerate(waiting, 1):
                results.append(future.result())
                progress("ngspice", done, len(decks), "")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            running.stop()
            raise
    return results


def _run(deck: Deck | Path, limit: float, keep: Path | None, running: Running) -> Waveforms:
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
def _folder(keep: Path | None, running: Running) -> Iterator[tuple[Path, Watcher]]:
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
