"""The report of a sweep, as a page, as Markdown and as tables."""

from __future__ import annotations

from pathlib import Path

from crossbar import files
from crossbar.report.page import tables, write_page
from crossbar.report.sweeps.latex import latex
from crossbar.report.sweeps.markdown import markdown
from crossbar.report.sweeps.quantities import measured
from crossbar.report.sweeps.question import pending
from crossbar.report.sweeps.reading import read_runs
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.sections import Account
from crossbar.runs.store.store import located

LEAD = (
    "Written from the store of a sweep. Every mean stands with its 95\N{NO-BREAK SPACE}% interval "
    "and with what it is taken over; what is assumed is marked."
)


def write_sweep_report(path: Path) -> Path:
    """Write ``report.html`` about the sweep whose store is at ``path``, and return its path.

    The page stands alone: it needs no network, no script and no other file. Beside it lie
    ``report.md``, ``figures/`` (SVG and PNG) and ``tables/`` (CSV and LaTeX). Nothing is run.

    Parameters
    ----------
    path
        Folder that holds ``runs.db``, which the report goes into; or the file ``NAME.db``, with
        the report in the folder ``NAME-report`` beside it.

    Raises
    ------
    DataError
        If there is no store, or no run in it.
    OutputError
        If the folder cannot be written.
    """
    sweep = read_runs(path)
    folder = path if path.is_dir() else path.with_name(f"{path.stem}-report")
    parts = list(Account(sweep).sections() if sweep.measured else pending(sweep))
    page = write_page(folder, title(sweep), LEAD, parts)
    files.write(folder / "report.md", markdown(title(sweep), LEAD, parts))
    for table in tables(parts):
        files.write(folder / "tables" / f"{table.name}.tex", latex(table))
    return page


def holds_sweep(path: Path) -> bool:
    """Return whether ``path`` names the store of a sweep, or a folder that holds one."""
    store = located(path)
    return store == path or store.is_file()


def title(sweep: Sweep) -> str:
    """Return the title as noted; the name of the sweep and its metric where nothing was."""
    noted = sweep.about.get("title")
    if noted or not sweep.metrics:
        return str(noted or sweep.name)
    return f"{sweep.name}: {measured(sweep, sweep.metric, 0.0).words}"
