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


def run(*command: str, folder: Path) -> None:
    environment = {name: text for name, text in os.environ.items() if name != "MPLBACKEND"}
    done = subprocess.run(
        [sys.executable, "-c", *command],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=HANG,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all lessons as notebooks."""
    for module in ("sphinx_gallery", "nbclient", "ipykernel"):
        pytest.importorskip(module, reason=REASON)
    folder = tmp_path_factory.mktemp("lessons")
    run(WRITE, *(shutil.copy(lesson, folder) for lesson in LESSONS), folder=folder)
    return folder


@pytest.mark.parametrize("lesson", [lesson.stem for lesson in LESSONS])
def test_a_tutorial_runs_as_a_notebook(lesson: str, notebooks: Path, tmp_path: Path) -> None:
    notebook = Path(shutil.copy(notebooks / f"{lesson}.ipynb", tmp_path))
    run(EXECUTE, "--inplace", str(notebook), folder=tmp_path)
    outputs = [
        output
        for cell in json.loads(notebook.read_text())["cells"]
        for output in cell.get("outputs", ())
    ]
    assert [output["text"] for output in outputs if output.get("name") == "stderr"] == []
    shown = [kind for output in outputs for kind in output.get("data", ())]
    assert sum(kind in ("image/png", "image/svg+xml") for kind in shown) >= 2
