"""The page: sections to HTML, figures and tables beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from crossbar import files
from crossbar.checks import require_path
from crossbar.report.account import Account
from crossbar.report.document import Figures, Gallery, Section, Tabular
from crossbar.report.figures.canvas import Picture, save
from crossbar.report.records import read_runs
from crossbar.report.sections import sections
from crossbar.report.sweeps.latex import latex
from crossbar.report.sweeps.markdown import markdown
from crossbar.report.sweeps.reading import holds_sweep, read_store
from crossbar.report.tables.table import Number, Reference, Table, Tag
from crossbar.report.validation import read_validation

LEAD = (
    "Written from stored records of simulated runs. Every mean is given with its "
    "95\N{NO-BREAK SPACE}% interval and with what it is taken over; what is assumed is marked."
)


def write_report(path: Path | str) -> Path:
    """Write ``report.html`` about the runs at ``path``, and return its path.

    The page stands alone: it needs no network, no script and no other file. Beside it lie
    ``report.md``, ``figures/`` (SVG, PNG and CSV) and ``tables/`` (CSV and LaTeX). Nothing is run;
    the same records give the same files.

    Parameters
    ----------
    path
        Folder of a training; or of several, one level below, which are compared; or of a sweep;
        or the file ``NAME.db`` of a sweep, with the report in the folder ``NAME-report`` beside it.

    Raises
    ------
    DataError
        If there is no finished run, or a file of one is missing or damaged.
    OutputError
        If the folder cannot be written.
    """
    path = require_path("write_report.path", path)
    folder = path if path.is_dir() else path.with_name(f"{path.stem}-report")
    if holds_sweep(path):
        account = Account(read_store(path))
    else:
        account = Account.of(read_runs(path), read_validation(path))
    return write_page(folder, account.title, LEAD, sections(account))


def write_page(folder: Path, title: str, lead: str, parts: Iterable[Section]) -> Path:
    """Write the page, its figures and its tables into ``folder``, and return the page's path.

    Parts may be drawn as they are taken: folders are made before.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    path = folder / "report.html"
    for name in ("figures", "tables"):
        files.make_folder(folder / name)
    drawn = list(parts)
    for picture in pictures(drawn):
        save(picture, folder / "figures")
    for table in tables(drawn):
        files.write(folder / "tables" / f"{table.name}.csv", table.csv())
        files.write(folder / "tables" / f"{table.name}.tex", latex(table))
    files.write(folder / "report.md", markdown(title, lead, drawn))
    files.write(path, render(title, lead, drawn))
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
