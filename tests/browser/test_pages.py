"""Reports as a browser shows them: nothing spills, nothing is too small, nothing is fetched."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from chromium import Look, look
from recorded import make_run
from stored import make_function_sweep, make_sweep

from crossbar.report import write_report

PHONE, DESK = 400, 1280
SMALLEST = 6.0  # CSS pixels, of letters in figures
QUESTION = "How many bits, and how little noise? " + "an-unbroken-name-" * 12


def run_page(place: Path) -> Path:
    make_run(place / "chip")
    make_run(place / "digital", analog=False, stressed=False)
    return write_report(place)


def sweep_page(place: Path) -> Path:
    axes = {"device.sigma_read": (0.0, 0.01, 0.05), "device.bits": (4, 6, 8)}
    about = {"question": QUESTION, "command": "crossbar sweep " + "x" * 300}

    def error(p: dict[str, float], seed: int) -> str:
        return "Chip.aged: expected a finite drift, got nan. " * 5 if seed == 2 else ""

    return write_report(make_sweep(place, axes, about=about, error=error))


def function_page(place: Path) -> Path:
    return write_report(make_function_sweep(place / "ring.db"))


PAGES = {"run": run_page, "sweep": sweep_page, "function": function_page}


@pytest.fixture(scope="module", params=PAGES)
def shown(
    request: pytest.FixtureRequest, browser: str, tmp_path_factory: pytest.TempPathFactory
) -> Look:
    """A page at both widths."""
    page = PAGES[request.param](tmp_path_factory.mktemp("page"))
    return look(browser, page, (PHONE, DESK), tmp_path_factory.mktemp("profile"))


def test_the_browser_has_nothing_to_complain_about(shown: Look) -> None:
    assert shown.complaints == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nothing_reaches_beyond_the_page(shown: Look, width: int) -> None:
    assert shown.at[width]["width"] == width
    assert shown.at[width]["scroll"] <= width
    assert shown.at[width]["spilling"] == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_figure_is_shown_and_described(shown: Look, width: int) -> None:
    images = shown.at[width]["images"]
    assert images
    for image in images:
        assert image["natural"] > 0
        assert image["shown"] > 150
        assert len(image["alt"]) > 10


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_letters_in_figures_can_be_read(shown: Look, width: int) -> None:
    for image in shown.at[width]["images"]:
        size = smallest(image["source"]) * image["shown"]
        assert size >= SMALLEST, f"{image['alt']}: {size:.1f} px"


def test_nothing_is_fetched(shown: Look) -> None:
    for measures in shown.at.values():
        assert [name for name in measures["requests"] if not name.startswith("data:")] == []
        assert all(image["source"].startswith("data:") for image in measures["images"])


def smallest(source: str) -> float:
    """Return the size of the smallest letters of a figure, relative to its width.

    Letters are drawn as outlines of 100 units, shrunk to the size of the font in points.
    """
    svg = base64.b64decode(source.partition(",")[2]).decode()
    wide = float(re.search(r'viewBox="0 0 ([\d.]+) ', svg)[1])  # type: ignore[index]
    sizes = [100 * float(scale) for scale in re.findall(r"scale\(([\d.]+) -[\d.]+\)", svg)]
    return min(sizes) / wide
