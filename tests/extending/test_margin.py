"""A metric from outside, used from Python, from TOML, in a sweep, in a search and in a report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import crossbar
from crossbar.cli import show
from crossbar.cli.runs import list_command
from crossbar.errors import ConfigError
from crossbar.nn import Decisions
from crossbar.runs import Measured, experiment
from crossbar.runs.search import AtLeast, Goal, Maximise, search

CHIP = """
metrics = "margin:MARGIN"
[device]
kind = "reram"
"""


def test_from_python() -> None:
    from margin import MARGIN

    seen = Decisions(np.array([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1]]), np.array([0, 1]), 1.0)
    assert MARGIN.value(Measured(seen)) == pytest.approx((0.2 + 0.7) / 2)


def test_from_toml_it_stands_in_the_result_of_every_test(
    lab: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    result = lab.train(CHIP)
    assert 0 < result["margin"] <= 1
    assert [one["margin"] for one in result["per_seed"]] == [result["margin"]]
    saved = crossbar.load(lab.folder / "run").result
    about = {"words": "margin of the likeliest class", "unit": "%", "better": "higher"}
    assert saved["metrics"]["margin"] == about
    assert "margin of the likeliest class" in lab.report()
    show.result(result, None)
    shown = capsys.readouterr().out
    assert "margin of the likeliest class" in shown
    assert f"{result['margin']:.3f}" in shown
    again = lab.evaluate()
    assert again["margin"] == result["margin"]  # the same draws of the same test


def test_in_a_sweep_a_search_and_their_report(lab: Any, capsys: pytest.CaptureFixture[str]) -> None:
    frame = lab.sweep(CHIP, {"device.sigma_read": [0.0, 0.05]})
    assert frame["margin"].between(0, 1).all()
    list_command(lab.folder / "sweep")
    assert "margin" in capsys.readouterr().out
    goal = Goal(Maximise("margin"), (AtLeast("margin", 0.0),))
    outcome = search(lab.settings(CHIP), {"device.sigma_read": [0.0, 0.05]}, goal,
                     store=lab.folder / "sweep", points=2, jobs=1)  # fmt: skip
    assert outcome.best is not None
    assert outcome.best.mean("margin").mean == pytest.approx(frame["margin"].max())
    assert "margin" in lab.sweep_report()


def test_a_name_that_another_metric_has_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Path(__file__).with_name("margin.py").read_text()
    (tmp_path / "margin_again.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError, match=r"metrics: expected the module margni, got none of that"):
        experiment({"metrics": "margni:MARGIN"})
    with pytest.raises(ConfigError, match=r"^metrics: expected a name .*'margin' twice"):
        experiment({"metrics": ["margin:MARGIN", "margin_again:MARGIN"]})
