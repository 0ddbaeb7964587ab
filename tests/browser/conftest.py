"""Tests here look at pages in Chromium, which is found or skipped for."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

for _folder in ("browser", "unit"):  # this one, and the makers of records
    sys.path.insert(0, str(Path(__file__).parents[1] / _folder))

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> str:
    """Path of a Chromium."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    pytest.skip("Chromium is not installed: apt-get install chromium")
