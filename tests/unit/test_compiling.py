"""Compiled code is kept, told of when it is made, and never out of date."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from alone import kernels_alone

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

PULSES = """
import numpy as np
from crossbar.kernels.bound import bind
from crossbar.kernels.offers import Sums
from crossbar.kernels.pulses import LINEAR, Line, Pulsed, change_pulsed
from crossbar.kernels.visits import EVERY
rng = np.random.default_rng(0)
g = rng.uniform(1e-6, 4e-5, (3, 2, 500)).astype("f4")
x, d = rng.normal(0, 1, (40, 500)).astype("f4"), rng.normal(0, 3, (40, 2, 1)).astype("f4")
low, high, rate = (np.full_like(g[0], value) for value in (1e-6, 4e-5, np.log2(0.99)))
lines, ends, totals = np.zeros((1, 500), "f4"), np.zeros((1, 2), "f4"), np.zeros(4)
line = Line(*np.array([1.0, 1.0, 0.0, 0.0], "f4"))
cells = Pulsed(g[0], low, high, rate, rate, LINEAR, line, 0.3, np.zeros((4, 2)), 50, True)
sums = Sums(g[1], lines, ends, np.array([0, 500]), 2)
change_pulsed(bind((cells, sums)), x, d, 1.0, 1.0, np.uint64(1), totals, EVERY)
print(g.tobytes().hex(), ends.tobytes().hex(), totals.tobytes().hex())
"""


def run(package: Path, cache: Path, script: str = SCRIPT) -> list[str]:
    """Return what ``script`` prints, run with ``package`` and compiled code in ``cache``."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": str(package)}
    command = [sys.executable, "-S", "-c", f"import sys; sys.path += {sys.path!r}\n{script}"]
    done = subprocess.run(
        command, env=environment, cwd=package, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_a_fresh_installation_tells_once_and_a_change_of_any_loop_compiles_again(tmp_path):
    package = kernels_alone(tmp_path / "package")
    cache = tmp_path / "cache"
    assert run(package, cache) == ["compiling", "done"]
    assert run(package, cache) == ["done"]
    with (package / "crossbar" / "kernels" / "codes.py").open(
        "a"
    ) as file:  # a file that fill_normals does not even use
        file.write("\n")
    assert run(package, cache) == ["compiling", "done"]


def test_the_run_that_compiles_gives_the_bits_of_the_run_that_finds_all_compiled(tmp_path):
    """Loops that are called, not inlined, are other code in the one than in the other."""
    package = Path(crossbar.__file__).parents[1]
    assert run(package, tmp_path, PULSES) == run(package, tmp_path, PULSES)
