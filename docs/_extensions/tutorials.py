"""What sphinx-gallery needs to show the tutorials: their figures, and a clean folder to run in."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from sphinx_gallery.scrapers import figure_rst


def figures(block: Any, variables: dict[str, Any], settings: dict[str, Any]) -> str:
    """Write the figure that the last line of ``block`` gives, and return what shows it.

    Our figures are shown as notebooks do it, not through ``pyplot``.
    """
    shown = variables["example_globals"].get("___")
    if shown is variables.get("shown"):  # by an earlier block; this one ends in a statement
        return ""
    variables["shown"] = shown
    for form, ending in (("svg", ".svg"), ("png", ".png")):
        if hasattr(shown, f"_repr_{form}_"):
            content = getattr(shown, f"_repr_{form}_")()
            path = Path(next(variables["image_path_iterator"])).with_suffix(ending)
            path.write_bytes(content.encode() if form == "svg" else content)
            return str(figure_rst([path], settings["src_dir"]))
    return ""


def cleaned(settings: dict[str, Any], script: str | None) -> None:
    """Remove what a tutorial has written, before and after it runs: it would only be resumed."""
    place = Path(settings["src_dir"], settings["examples_dirs"])
    for written in ("runs", "maps"):
        shutil.rmtree(place / written, ignore_errors=True)
    for pattern in ("*.csv", "*.npz", "*.cir"):
        for path in place.glob(pattern):
            path.unlink()
