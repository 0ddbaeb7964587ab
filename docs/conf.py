"""How Sphinx builds the site: ``make docs``."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))
import api_pages
import command_pages
import setting_pages

project = "crossbar"
author = "The crossbar developers"
version = release = installed("crossbar-sim")

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "docstrings",
    "equations",
    "myst_parser",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
linkcheck_ignore = [r"(?!https?://)"]  # links within the site: tests/unit/test_site.py
exclude_patterns = ["_*", "learn/*", "tutorials/index.rst"]
nitpicky = True

templates_path = ["_templates"]
autosummary_ignore_module_all = False
numpydoc_show_class_members = False
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
maximum_signature_line_length = 80
ALIASES = ("Floats", "Integers", "FloatType", "npt.ArrayLike", "NDArray")
autodoc_type_aliases = {name: name for name in ALIASES}

sphinx_gallery_conf = {
    "examples_dirs": "learn",
    "gallery_dirs": "tutorials",
    "filename_pattern": r"\.py$",  # those that are executed
    "within_subsection_order": "FileNameSortKey",
    "image_scrapers": ("matplotlib", "tutorials.figures"),
    "capture_repr": ("_repr_html_", "__repr__"),
    "ignore_repr_types": "Drawing|Picture",
    "reset_modules": ("tutorials.cleaned", "matplotlib"),
    "reset_modules_order": "both",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
}

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 4  # the anchors that GitHub gives to headings

html_math_renderer = "mathml"

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_title = f"crossbar {version}"
html_theme_options = {
    "logo": {"text": "crossbar"},  # the menu beside it has the version
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "navbar_start": ["navbar-logo", "version-switcher"],
    "switcher": {"json_url": "../versions.json", "version_match": version},
    "check_switcher": False,  # scripts/site_versions.py writes the file after the build
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_show_sourcelink = False
html_sidebars = {"gallery": []}

OUTSIDE = {"../CONTRIBUTING.md": "contributing.md", "../CHANGELOG.md": "changelog.md"}


def within_the_site(app: Sphinx, page: str, source: list[str]) -> None:
    """Lead links to files beside docs/, which GitHub follows, to the pages that include them."""
    for outside, inside in OUTSIDE.items():
        source[0] = source[0].replace(f"]({outside}", f"]({inside}")


def write_the_reference(app: Sphinx, config: Config) -> None:
    """Write the pages that are made of the code; one that is the same is left as it is."""
    made = api_pages.pages() | setting_pages.pages() | command_pages.pages()
    for name, text in made.items():
        page = Path(app.srcdir) / name
        page.parent.mkdir(parents=True, exist_ok=True)
        if not page.exists() or page.read_text() != text:
            page.write_text(text)
    names = {f"{one.home}.{one.name}.rst" for one in api_pages.public()}
    for page in (Path(app.srcdir) / "reference" / "api").rglob("*.rst"):
        if page.name not in names and page.relative_to(app.srcdir).as_posix() not in made:
            page.unlink()  # of what was public when an earlier site was built


def setup(app: Sphinx) -> None:
    """Connect the steps of the build that are ours."""
    app.connect("config-inited", write_the_reference)
    app.connect("source-read", within_the_site)
