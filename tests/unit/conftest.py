"""Tests here share modules: NumPy twins of compiled loops, made-up records of runs, calls."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

CONFIG = """
[data]
clips = 6
preset = "hard"
[network]
hidden = 8
[train]
epochs = 1
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return a file of settings that train in a second."""
    path = tmp_path / "run.toml"
    path.write_text(CONFIG)
    return path
