"""The documentation builds as a site without a warning."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from waiting import HANG

ROOT = Path(__file__).parents[2]


def test_the_site_builds_without_warnings_and_no_page_is_left_out(tmp_path: Path) -> None:
    reason = "the documentation tools are not installed: pip install '.[docs]'"
    pytest.importorskip("pydata_sphinx_theme", reason=reason)
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    built = subprocess.run(
        [*command, "-d", tmp_path / "doctrees", ROOT / "docs", tmp_path / "site"],
        capture_output=True, text=True, timeout=HANG,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    pages = {page.stem for page in (ROOT / "docs").glob("*.md")}
    assert pages <= {page.stem for page in (tmp_path / "site").glob("*.html")}
