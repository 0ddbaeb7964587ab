"""Compiled code is kept, told of when it is made, and never out of date."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import crossbar

SCRIPT = """
import numpy as np
from crossbar.kernels.compiling import telling
from crossbar.kernels.draws import fill_normals
with telling(lambda: print("compiling")):
    fill_normals(np.empty(3, np.float32), np.uint64(1))
    fill_normals(np.empty(3, np.float64), np.uint64(1))
print("done")
"""


def run(package: Path, cache: Path) -> list[str]:
    """Return what the script prints, run with ``package`` and compiled code in ``cache``."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": str(package)}
    command = [sys.executable, "-S", "-c", f"import sys; sys.path += {sys.path!r}\n{SCRIPT}"]
    done = subprocess.run(
        command, env=environment, cwd=package, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_a_fresh_installation_tells_once_and_a_change_of_any_loop_compiles_again(tmp_path):
    package = tmp_path / "package"
    source = Path(crossbar.__file__).parent
    kernels = package / "crossbar" / "kernels"
    kernels.mkdir(parents=True)
    (package / "crossbar" / "__init__.py").touch()
    for name in ("errors.py", "types.py", "units.py"):
        (package / "crossbar" / name).write_bytes((source / name).read_bytes())
    for file in (source / "kernels").glob("*.py"):
        (kernels / file.name).write_bytes(file.read_bytes())
    cache = tmp_path / "cache"
    assert run(package, cache) == ["compiling", "done"]
    assert run(package, cache) == ["done"]
    with (kernels / "codes.py").open("a") as file:  # a file that fill_normals does not even use
        file.write("\n")
    assert run(package, cache) == ["compiling", "done"]
