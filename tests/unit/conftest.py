"""Tests here share the plain NumPy twins of the compiled loops, ``from twins import ...``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
