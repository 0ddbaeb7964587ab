"""Parts of the current folder in worker processes, and records whose module is gone."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from crossbar.errors import ConfigError, DataError, OutputError
from crossbar.runs import experiment, load_plan, train
from crossbar.runs.sweep import sweep

HERE = Path(__file__).parent
CHIP = """
metrics = "their_lab.margin:MARGIN"
[device]
kind = "their_lab.cells:TiringCell"
"""


@pytest.fixture
def lab_folder(lab: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with a package that is in no other."""
    package: Path = lab.folder / "their_lab"
    package.mkdir()
    (package / "__init__.py").touch()
    shutil.copy(HERE / "margin.py", package)
    text = (HERE / "device_with_state.py").read_text(encoding="utf-8")
    (package / "cells.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p not in ("", str(HERE))])
    monkeypatch.chdir(lab.folder)
    return Path(lab.folder)


def forgotten() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "their_lab"]:
        del sys.modules[name]


def test_worker_processes_find_it_and_a_report_needs_it_no_more(
    lab: Any, lab_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = sweep(lab.settings(CHIP), {"device.g_max": [3e-5, 4e-5]}, store=lab_folder / "sweep",
                  jobs=1)  # fmt: skip
    assert set(frame.status) == {"done"}, frame.failure.tolist()
    assert frame["margin"].between(0, 1).all()
    train(experiment(lab.settings(CHIP)), lab_folder / "run")
    forgotten()
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p != str(lab_folder)])
    shutil.move(lab_folder / "their_lab", lab_folder / "elsewhere")
    page = lab.sweep_report()
    assert "margin of the likeliest class" in page
    assert "highest conductance" in page
    with pytest.raises(ConfigError, match=r"device.kind: expected the module their_lab.cells, got"):
        load_plan(lab_folder / "run", [])


def test_a_module_that_changes_is_seen_and_its_comments_are_not(lab: Any, lab_folder: Path) -> None:
    """A run is neither returned nor tested again, and a sweep not continued."""

    def changed(old: str, new: str) -> None:
        file = lab_folder / "their_lab" / "cells.py"
        file.write_text(file.read_text().replace(old, new))
        forgotten()

    def swept() -> None:
        lab.sweep("", {"device.kind": ["ideal", "their_lab.cells:TiringCell"]})

    trained = lab.train(CHIP)
    swept()
    changed('"""A device with', '"""More about a device with')
    changed("step: float", "# a comment\n    step: float")
    assert lab.train(CHIP)["loss"] == trained["loss"]
    lab.evaluate()
    swept()
    changed("self.fatigue += ", "self.fatigue += 2 * ")
    said = "expected the module their_lab.cells as its chips were trained with, got a changed one"
    with pytest.raises(DataError, match=said):
        lab.evaluate()
    for again in (lambda: lab.train(CHIP), swept):
        with pytest.raises(
            OutputError, match=r"cells\.py: expected the file of the other runs, got"
        ):
            again()
