"""The project as shipped: modules import, versions agree, the wheel is complete."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from waiting import HANG

ROOT = Path(__file__).parents[2]
FOLDERS = ("crossbar", "spice_models", "netlists", "scripts", "tests", "benchmarks", "docs")
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "crossbar").rglob("*.py")
    if path.name != "__main__.py"
)


@pytest.mark.parametrize("name", MODULES)
def test_module_imports_and_says_what_it_is(name: str) -> None:
    assert importlib.import_module(name).__doc__


def test_installed_version_is_that_of_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert metadata.version(project["name"]) == project["version"]


@pytest.mark.parametrize("name", FOLDERS)
def test_top_level_folder_exists(name: str) -> None:
    assert (ROOT / name).is_dir()


def package_files() -> set[str]:
    """Names inside the wheel of everything the installed package reads."""
    package = {p.relative_to(ROOT) for p in (ROOT / "crossbar").rglob("*")}
    models = {"crossbar" / p.relative_to(ROOT) for p in (ROOT / "spice_models").rglob("*")}
    return {p.as_posix() for p in package | models if p.suffix and "__pycache__" not in p.parts}


def test_the_citation_is_of_this_version() -> None:
    """The fields that version 1.2.0 of the Citation File Format asks for, and what is repeated."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "CITATION.cff").read_text().splitlines()
    fields = dict(line.split(": ", 1) for line in lines if ": " in line and line[0].isalpha())
    assert {"cff-version", "message", "title"} <= fields.keys()
    assert "authors:" in lines
    assert f"  - name: {project['authors'][0]['name']}" in lines
    assert (fields["version"], fields["license"]) == (project["version"], project["license"])


def test_the_wheel_built_from_the_sdist_is_complete_and_runs_from_where_it_is_installed(
    tmp_path: Path,
) -> None:
    # `build` without --wheel makes the sdist and then the wheel out of it: both are tested.
    pytest.importorskip("hatchling", reason="hatchling is not installed: pip install '.[test]'")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path, ROOT]
    subprocess.run(command, check=True, capture_output=True, timeout=HANG)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"crossbar_start.py", "crossbar/py.typed", "crossbar/spice_models/README.md"} <= names
    assert package_files() <= names
    place = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    target = ["--no-deps", "--no-index", "--no-compile", "--target", place, wheel]
    subprocess.run([*pip, *target], check=True, capture_output=True, timeout=HANG)
    program = "import crossbar_start; print(crossbar_start.__file__); crossbar_start.main()"
    command = [sys.executable, "-c", program, "netlist", "cell", "vteam", "--out", "cell.cir"]
    environment = {**os.environ, "PYTHONPATH": str(place)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=HANG
    )
    assert done.stdout.strip() == str(place / "crossbar_start.py"), done.stderr
    assert (tmp_path / "cell.cir").exists()
    assert list((tmp_path / "spice_models").iterdir())
