"""What is left of simulations when the process that started them is stopped: nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import HANG, alive, until

pytestmark = pytest.mark.ngspice

ENDLESS = """
import sys, tempfile
from pathlib import Path
from crossbar.spice import Deck, run, run_many
tempfile.tempdir = sys.argv[1]
deck = Deck("endless")
deck.add("V1 a 0 PULSE(0 1 0 1p 1p 1p 4p)", "R1 a b 1", "C1 b 0 1p")
deck.tran(step=1e-12, stop=1.0)
"""
MANY = f"{ENDLESS}run_many([deck] * 4)"
EARLY = f"""{ENDLESS}
import os, signal, time
from concurrent.futures import ThreadPoolExecutor
submit, runs = ThreadPoolExecutor.submit, iter(range(4))
def interrupted(self, *given):
    if next(runs) == 2:
        time.sleep(1)  # the first two have begun
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)
    return submit(self, *given)
ThreadPoolExecutor.submit = interrupted
run_many([deck] * 4)
"""
ONE = f"{ENDLESS}run(deck)"
KEPT = f"{ENDLESS}run(deck, keep=Path(sys.argv[1]) / 'kept')"
SESSION = f"""{ENDLESS}
from crossbar.spice.engine.session import Session
deck.op()
Session(deck)
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    """Return where private folders are made."""
    folder = tmp_path / "rooms"
    folder.mkdir()
    return folder


def stop(program: str, rooms: Path, runs: int, how: signal.Signals) -> tuple[int, str]:
    """Stop ``program`` by a signal when ``runs`` simulations run; return status and stderr."""
    command = [sys.executable, "-c", program, str(rooms)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        until(lambda: len(alive(rooms)) == runs, running)
        running.send_signal(how)
        _, said = running.communicate(timeout=HANG)
    until(lambda: not alive(rooms))
    return running.returncode, said


def test_an_interrupt_ends_all_of_many_and_leaves_nothing(rooms: Path) -> None:
    status, said = stop(MANY, rooms, 2, signal.SIGINT)
    assert status == -signal.SIGINT
    assert "KeyboardInterrupt" in said
    assert not list(rooms.iterdir())


def test_an_interrupt_before_all_are_begun_ends_those_that_are(rooms: Path) -> None:
    """It once waited for them, without an end."""
    command = [sys.executable, "-c", EARLY, str(rooms)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        _, said = running.communicate(timeout=HANG)
    assert running.returncode == -signal.SIGINT
    assert "KeyboardInterrupt" in said
    assert not alive(rooms)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_what_ends_the_process_ends_its_simulations(how: signal.Signals, rooms: Path) -> None:
    for program, runs in ((ONE, 1), (MANY, 2)):
        assert stop(program, rooms, runs, how) == (-how, "")
        until(lambda: not list(rooms.iterdir()))


def test_a_folder_of_the_users_stays(rooms: Path) -> None:
    assert stop(KEPT, rooms, 1, signal.SIGKILL)[0] == -signal.SIGKILL
    assert (rooms / "kept" / "deck.cir").is_file()


def test_the_folder_of_a_session_goes_with_its_process(rooms: Path) -> None:
    pytest.importorskip("PySpice")
    command = [sys.executable, "-c", SESSION, str(rooms)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as running:
        assert running.stdout.readline() == "ready\n"
        assert len(list(rooms.iterdir())) == 1
        running.kill()
    until(lambda: not list(rooms.iterdir()))
