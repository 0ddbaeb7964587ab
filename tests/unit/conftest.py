"""Tests here share modules: NumPy twins of compiled loops, made-up records of runs."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
