"""Progress is shown where somebody watches, once, and not before the work has taken a while."""

from __future__ import annotations

import io
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from refusals import refused

from crossbar import Digital, Streams
from crossbar.bars import Bars
from crossbar.nn import Dense, Network, Training, fit
from crossbar.progress import Progress, reporting, shown, silent

Call = tuple[str, int, int, str]


class Terminal(io.StringIO):
    """A terminal that keeps what it is sent."""

    def isatty(self) -> bool:
        return True


def opened(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a terminal in place of stderr; within a test, as pytest sets it before each."""
    made = Terminal()
    monkeypatch.setattr("sys.stderr", made)
    monkeypatch.setattr("crossbar.bars.AFTER", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    return made


@reporting
def work(steps: int, *, progress: Progress = shown) -> Progress:
    """Do some steps."""
    for k in range(steps):
        progress("work", k + 1, steps, "so far")
    return progress


@reporting
def whole(*, progress: Progress = shown) -> Progress:
    """Do work within work."""
    return work(2)


def test_a_terminal_has_a_bar_that_is_gone_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = opened(monkeypatch)
    assert isinstance(work(3), Bars)
    assert "work" in terminal.getvalue()
    assert "3/3" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")  # the line is erased


def test_short_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = opened(monkeypatch)
    monkeypatch.setattr("crossbar.bars.AFTER", 1e9)
    work(3)
    assert terminal.getvalue() == ""


def test_pipes_and_workers_have_no_bars(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = opened(monkeypatch)
    monkeypatch.setattr("multiprocessing.parent_process", object)
    assert work(3) is shown
    monkeypatch.undo()
    assert work(3) is shown
    assert (terminal.getvalue(), capsys.readouterr().err) == ("", "")


def test_work_within_work_shows_no_bars_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    opened(monkeypatch)
    assert whole() is shown
    assert whole(progress=silent) is shown
    assert isinstance(work(1), Bars)  # and later work does again


def test_a_function_is_told_and_false_is_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = opened(monkeypatch)
    calls: list[Call] = []
    work(2, progress=lambda *steps: calls.append(steps))
    assert calls == [("work", 1, 2, "so far"), ("work", 2, 2, "so far")]
    assert work(2, progress=False) is silent  # type: ignore[arg-type]
    assert "work.progress: expected a function of" in refused(work, 2, progress=3)
    assert terminal.getvalue() == ""


def test_a_notebook_has_a_picture_that_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def display(html: str, *, display_id: bool) -> Any:
        assert display_id
        drawn.append(html)
        return SimpleNamespace(update=drawn.append)

    shell, page = ModuleType("IPython"), ModuleType("IPython.display")
    monkeypatch.setattr(shell, "get_ipython", lambda: SimpleNamespace(kernel=1), raising=False)
    monkeypatch.setattr(page, "HTML", str, raising=False)
    monkeypatch.setattr(page, "display", display, raising=False)
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.setitem(sys.modules, "IPython.display", page)
    monkeypatch.setattr("crossbar.bars.AFTER", 0.0)
    monkeypatch.setattr("crossbar.bars.OFTEN", 0.0)
    work(3)
    assert ["work" in html and f"{k}/3" in html for k, html in enumerate(drawn[:3], 1)] == [
        True
    ] * 3
    assert drawn[3:] == [""]


def test_a_log_has_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("crossbar.bars.EVERY", 0.0)
    with Bars(log=True) as bars:
        work(2, progress=bars)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].endswith("s] work: 1 of 2 so far")
    assert len(lines) == 2


def test_training_and_programming_say_how_far_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(100000))
    monkeypatch.setattr("crossbar.nn.training.time.perf_counter", lambda: float(next(ticks)))
    calls: list[Call] = []
    network = Network(input_shape=(4,), layers={"a": Dense(units=3), "b": Dense(units=2)})
    chip = network.build(Digital(), Streams(0), progress=lambda *steps: calls.append(steps))
    assert calls == [("programming", 1, 2, "a"), ("programming", 2, 2, "b")]
    x, labels = np.ones((3, 4)), np.array([0, 1, 0])
    training = Training(epochs=2)
    fit(chip, (x, labels), (x, labels), training, streams=Streams(0),
        progress=lambda *steps: calls.append(steps))  # fmt: skip
    assert [steps[:3] for steps in calls[2:]] == [
        ("training", k, 6) for k in (1, 2, 3, 3, 4, 5, 6, 6)
    ]
    assert calls[-1][3].startswith("epoch 2, loss 0.")
