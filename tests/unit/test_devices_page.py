"""The page of the devices says what the presets are."""

from __future__ import annotations

import runpy
from pathlib import Path

from crossbar.devices import PRESETS

ROOT = Path(__file__).parents[2]


def test_the_page_is_that_of_the_presets() -> None:
    """If it fails: python scripts/devices_page.py."""
    script = runpy.run_path(str(ROOT / "scripts" / "devices_page.py"))
    text = (ROOT / "docs" / "devices.md").read_text("utf-8")
    assert script["page"]() in text
    for name in PRESETS:
        assert (
            name == "ideal" or (ROOT / "docs" / "devices" / f"{name}.png").stat().st_size > 10_000
        )
