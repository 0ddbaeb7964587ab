"""How Sphinx builds the site: ``make docs``."""

from __future__ import annotations

from importlib.metadata import version as installed

from sphinx.application import Sphinx

project = "crossbar"
author = "The crossbar developers"
version = release = installed("crossbar-sim")

extensions = [
    "myst_parser",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_build"]
nitpicky = True

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4  # the anchors that GitHub gives to headings

html_theme = "pydata_sphinx_theme"
html_title = f"crossbar {version}"
html_theme_options = {
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_show_sourcelink = False

OUTSIDE = {"../CONTRIBUTING.md": "contributing.md", "../CHANGELOG.md": "changelog.md"}


def within_the_site(app: Sphinx, page: str, source: list[str]) -> None:
    """Lead links to files beside docs/, which GitHub follows, to the pages that include them."""
    for outside, inside in OUTSIDE.items():
        source[0] = source[0].replace(f"]({outside}", f"]({inside}")


def setup(app: Sphinx) -> None:
    """Connect the steps of the build that are ours."""
    app.connect("source-read", within_the_site)
