"""The page: sections to HTML, figures and tables beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from crossbar.errors import OutputError, message
from crossbar.report.document import Gallery, Section, Tabular
from crossbar.report.figures.canvas import Picture
from crossbar.report.records import Run, read_runs, read_validation
from crossbar.report.sections import sections
from crossbar.report.tables.table import Number, Reference, Table, Tag
from crossbar.report.wording import listing


def write_report(folder: Path) -> Path:
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
    runs, validation = read_runs(folder), read_validation(folder)
    path = folder / "report.html"
    try:
        for name in ("figures", "tables"):
            (folder / name).mkdir(exist_ok=True)
        parts = list(sections(runs, validation))
        _write_files(folder, parts)
        path.write_text(render(runs, parts), encoding="utf-8")
    except OSError as error:
        remedy = "Make the folder writable, or copy the run elsewhere."
        text = message(str(folder), "a writable folder", str(error.strerror), remedy)
        raise OutputError(text) from None
    return path


def render(runs: Sequence[Run], parts: Sequence[Section]) -> str:
    """Return the page as HTML."""
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
    title = "Analog chips that learn: " + listing([run.name for run in runs])
    return environment.get_template("report.html.j2").render(title=title, sections=parts)


def _write_files(folder: Path, parts: Sequence[Section]) -> None:
    for picture in pictures(parts):
        (folder / "figures" / f"{picture.name}.svg").write_bytes(picture.svg)
        (folder / "figures" / f"{picture.name}.png").write_bytes(picture.png)
    for table in tables(parts):
        (folder / "tables" / f"{table.name}.csv").write_text(table.csv(), encoding="utf-8")


def pictures(parts: Sequence[Section]) -> list[Picture]:
    """Return all pictures of the page, in order."""
    blocks = [block for part in parts for block in part.blocks]
    return [p for block in blocks if isinstance(block, Gallery) for p in block.pictures]


def tables(parts: Sequence[Section]) -> list[Table]:
    """Return all tables of the page, in order."""
    blocks = [block for part in parts for block in part.blocks]
    return [block.table for block in blocks if isinstance(block, Tabular)]
