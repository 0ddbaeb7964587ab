"""What every session needs: one BLAS thread, no screen, a cache of its own, ngspice or a skip.

Tests of every folder share a module, ``import waiting``.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import pytest

# Joules and amperes are far below the 1e-12 that pytest.approx would let pass whatever they are.
type(pytest.approx(0.0)).DEFAULT_ABSOLUTE_TOLERANCE = 0.0

# Before NumPy is imported: BLAS threads of parallel test processes would compete for the cores.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["MPLBACKEND"] = "Agg"

# What a shell starts in the background ignores Ctrl-C, and so would all programs of the tests.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, str(Path(__file__).parent))
PACKAGE = Path(__file__).parents[1] / "crossbar"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "ngspice: runs the ngspice program; skipped without it")
    if not hasattr(config, "workerinput"):  # workers of xdist inherit the folder
        cache = tempfile.TemporaryDirectory(prefix="crossbar-cache-")
        os.environ["CROSSBAR_CACHE"] = cache.name
        config.add_cleanup(cache.cleanup)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Build the site, which takes minutes, early, and end with short doctests: no process waits."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.path.is_relative_to(PACKAGE):
        return 2
    return int(item.path.parent.name == "unit" and item.path.name != "test_site.py")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("ngspice") and shutil.which("ngspice") is None:
        pytest.skip("ngspice is not installed: apt-get install ngspice")
