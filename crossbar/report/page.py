"""The page: sections to HTML, figures and tables beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from crossbar import files
from crossbar.checks import require_path
from crossbar.report.document import Figures, Gallery, Section, Tabular
from crossbar.report.figures.canvas import Picture, save
from crossbar.report.records import read_runs
from crossbar.report.sections import sections
from crossbar.report.tables.table import Number, Reference, Table, Tag
from crossbar.report.validation import read_validation
from crossbar.report.wording import listing

LEAD = (
    "Written from stored records of simulated runs. Every result stands with its split, its "
    "seeds and its 95\N{NO-BREAK SPACE}% interval; what is assumed is marked."
)


def write_report(folder: Path | str) -> Path:
    """Write ``report.html`` about the finished runs in ``folder``, and return its path.

    The page stands alone: it needs no network, no script and no other file. Beside it
    ``figures/`` holds every figure as SVG and PNG, and ``tables/`` every table as CSV. Nothing is
    run; the same records give the same files.

    Parameters
    ----------
    folder
        Folder of a run, or a folder with several runs one level below, which are compared.

    Raises
    ------
    DataError
        If there is no finished run, or a file of one is missing or damaged.
    OutputError
        If the folder cannot be written.
    """
    folder = require_path("write_report.folder", folder)
    runs, validation = read_runs(folder), read_validation(folder)
    title = "Analog chips that learn: " + listing([run.name for run in runs])
    return write_page(folder, title, LEAD, list(sections(runs, validation)))


def write_page(folder: Path, title: str, lead: str, parts: Sequence[Section]) -> Path:
    """Write the page, its figures and its tables into ``folder``, and return the page's path.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    path = folder / "report.html"
    files.make_folder(folder / "tables")
    for picture in pictures(parts):
        save(picture, folder / "figures")
    for table in tables(parts):
        files.write(folder / "tables" / f"{table.name}.csv", table.csv())
    files.write(path, render(title, lead, parts))
    return path


def render(title: str, lead: str, parts: Sequence[Section]) -> str:
    """Return the page as HTML; ``lead`` says below the title what it is made from."""
    environment = Environment(
        loader=PackageLoader("crossbar.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["number"] = lambda cell: isinstance(cell, Number)
    environment.tests["reference"] = lambda cell: isinstance(cell, Reference)
    environment.tests["tag"] = lambda cell: isinstance(cell, Tag)
    environment.filters["width"] = width
    page = environment.get_template("report.html.j2")
    return page.render(title=title, lead=lead, sections=parts)


def width(picture: Picture) -> float:
    """Return how wide ``picture`` is by itself [CSS pixels, 96 an inch]."""
    match = re.search(rb'width="([\d.]+)pt"', picture.svg[:1000])
    assert match is not None  # every figure is drawn in inches, which matplotlib writes as points
    return float(match[1]) * 96 / 72


def pictures(parts: Sequence[Section]) -> list[Picture]:
    """Return all pictures of the page, in order."""
    blocks = [block for part in parts for block in part.blocks]
    return [p for block in blocks if isinstance(block, (Gallery, Figures)) for p in block.pictures]


def tables(parts: Sequence[Section]) -> list[Table]:
    """Return all tables of the page, in order."""
    blocks = [block for part in parts for block in part.blocks]
    return [block.table for block in blocks if isinstance(block, Tabular)]
