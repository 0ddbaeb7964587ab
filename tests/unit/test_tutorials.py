"""The tutorials run as the notebooks that readers download, and show figures without warnings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import HANG

LESSONS = sorted((Path(__file__).parents[2] / "docs" / "learn").glob("*.py"))
WRITE = "import sphinx_gallery.notebook as n; n.python_to_jupyter_cli()"
EXECUTE = "import nbclient.cli as n; n.main()"
REASON = "the documentation tools are not installed: pip install '.[test,docs]'"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_a_tutorial_runs_as_a_notebook(lesson: Path, tmp_path: Path) -> None:
    for module in ("sphinx_gallery", "nbclient", "ipykernel"):
        pytest.importorskip(module, reason=REASON)
    environment = {name: text for name, text in os.environ.items() if name != "MPLBACKEND"}
    script = shutil.copy(lesson, tmp_path)
    notebook = tmp_path / f"{lesson.stem}.ipynb"
    for command in (
        [sys.executable, "-c", WRITE, script],
        [sys.executable, "-c", EXECUTE, "--inplace", str(notebook)],
    ):
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=HANG
        )
        assert done.returncode == 0, done.stderr
    outputs = [
        output
        for cell in json.loads(notebook.read_text())["cells"]
        for output in cell.get("outputs", ())
    ]
    assert [output["text"] for output in outputs if output.get("name") == "stderr"] == []
    shown = [kind for output in outputs for kind in output.get("data", ())]
    assert sum(kind in ("image/png", "image/svg+xml") for kind in shown) >= 2
