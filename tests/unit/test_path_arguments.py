"""Functions that take a path take its text too, and refuse anything else in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crossbar import load
from crossbar.errors import ConfigError, CrossbarError
from crossbar.report.page import write_report
from crossbar.runs import evaluate_run, experiment, load_plan, read, stress, train
from crossbar.spice import Deck
from crossbar.spice.memristors.characterise import characterise

PLAN = experiment({"data": {"clips": 12}})
READERS: dict[str, Callable[[Any], Any]] = {
    "load": load,
    "load_plan": load_plan,
    "evaluate_run": lambda path: evaluate_run(PLAN, path),
    "stress": stress,
    "write_report": write_report,
    "read": read,
    "characterise": characterise,
}


@pytest.mark.parametrize("name", READERS)
def test_a_path_as_text_is_read_as_a_path(name: str, tmp_path: Path) -> None:
    said = []
    for path in (tmp_path / "none", str(tmp_path / "none")):
        with pytest.raises(CrossbarError) as refused:
            READERS[name](path)
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert str(tmp_path) in said[0]


def test_a_deck_and_a_run_are_written_to_a_path_as_text(tmp_path: Path) -> None:
    Deck("empty").write(str(tmp_path / "deck.cir"))
    assert (tmp_path / "deck.cir").read_text()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "other.txt").touch()
    with pytest.raises(CrossbarError, match="full"):
        train(PLAN, str(tmp_path / "full"))


@pytest.mark.parametrize("write", [lambda path: train(PLAN, path), Deck("empty").write, load_plan])
def test_what_is_no_path_is_refused(write: Callable[[Any], Any]) -> None:
    with pytest.raises(ConfigError, match=r"expected a path, got 3"):
        write(3)
