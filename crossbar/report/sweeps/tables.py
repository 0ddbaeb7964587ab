"""Tables of a sweep: what varied, every point, what failed, and what it took."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from crossbar.report.fields import Fields, flat
from crossbar.report.sweeps.levels import levels, missing, plain
from crossbar.report.sweeps.quantities import TIMES, level_text, point_text
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.replicates import TESTED
from crossbar.report.tables.table import Cell, Column, Number, Table, columns, count
from crossbar.report.wording import quantity_text
from crossbar.types import Record

FEW = 12  # values of a parameter that are named one by one
KINDS = 60  # different errors that are named
LONG = 30  # letters, above which a text breaks over lines


def varied(sweep: Sweep) -> Table:
    """Return the parameters with their values, and the replicates."""
    rows: list[tuple[Cell, ...]] = []
    for name in (*sweep.parameters, *sweep.replicates):
        when = "replicate" if name in sweep.replicates else (
            "test of the trained chip" if name.startswith("test.") else "training and test"
        )  # fmt: skip
        rows.append((name, *_values(sweep, name), sweep.fields.words(name), when))
        for other in sweep.tied.get(name, ()):
            rows.append(
                (other, *_values(sweep, other), sweep.fields.words(other), f"together with {name}")
            )
    if called(sweep):  # knows neither training nor chips
        rows = [(*row[:-1], "replicate" if row[0] == "seed" else "function") for row in rows]
    alike = (
        "Equal seeds share data split, initial weights and fabricated spread at every point, so "
        "that points can be compared seed by seed."
    )
    return Table(
        name="parameters",
        caption="Every value that was asked for." if called(sweep) else alike,
        columns=(
            *columns("parameter"),
            _column("values", [str(row[1]) for row in rows]),
            *columns("number"),
            Column("meaning", wrap=True),
            *columns("applies to"),
        ),
        rows=tuple(rows),
    )


def called(sweep: Sweep) -> bool:
    """Return whether a function of the user was swept, which has no settings of the package."""
    return "function" in (sweep.about.get("base") or {})


def _column(title: str, texts: Sequence[str]) -> Column:
    """Return the column of ``texts``, which breaks over lines only if one is long."""
    return Column(title, wrap=max(map(len, texts)) > LONG)


def _values(sweep: Sweep, name: str) -> tuple[str, Number]:
    """Return the values of ``name``, or their ends, and how many there are."""
    values = levels(sweep.frame[name])
    texts = ["the one that learned" if name == TESTED and missing(v) else level_text(sweep, name, v)
             for v in values]  # fmt: skip
    if len(texts) <= FEW:
        return ", ".join(texts), count(len(texts))
    ends = "to" if not isinstance(values[0], str) else "..."
    return f"{texts[0]} {ends} {texts[-1]}", count(len(texts))


def common(settings: Sequence[tuple[str, object]], fields: Fields) -> Table:
    """Return the ``settings`` that all points share."""
    rows = [(name, fields.text(name, value), fields.words(name)) for name, value in settings]
    return Table(
        name="configuration",
        caption="Set for all points. What is not named has its default.",
        columns=(
            *columns("setting"),
            _column("value", [row[1] for row in rows]),
            Column("meaning", wrap=True),
        ),
        rows=tuple(rows),
    )


def shared(sweep: Sweep) -> list[tuple[str, object]]:
    """Return name and value of every setting that all points share."""
    base = flat(sweep.about.get("base") or {})
    tied = (name for own in sweep.tied.values() for name in own)
    names = {*sweep.parameters, *sweep.replicates, TESTED, *tied}
    common = {name: value for name, value in base if name not in names}
    return list((common | sweep.constant).items())


def failures(sweep: Sweep) -> Table:
    """Return every different error once, the frequent ones first, with a run that met it."""
    failed = sweep.failures
    groups = failed.groupby("failure", sort=False)
    sizes = groups.size().sort_values(ascending=False, kind="stable")
    first = {row["failure"]: row for row in failed.drop_duplicates("failure").to_dict("records")}
    rows: list[tuple[Cell, ...]] = []
    for error, n in sizes.head(KINDS).items():
        row = first[error]
        point = point_text(sweep, {name: plain(row[name]) for name in sweep.parameters})
        where = f"run {row['run']}: seed {row['seed']}{', ' if point else ''}{point}"
        rows.append((str(error), count(n), where))
    more = f" {len(sizes) - KINDS} further errors are omitted here." if len(sizes) > KINDS else ""
    return Table(
        name="failures",
        caption=f"{len(failed)} of {len(sweep.frame)} runs failed; no mean contains them. "
        "The command crossbar runs show gives the traceback of a run; crossbar sweep with "
        f"--retry-failed tries them again.{more}",
        columns=(Column("error", wrap=True), *columns("runs"), Column("the first", wrap=True)),
        rows=tuple(rows),
    )


def hosts(sweep: Sweep) -> Table:
    """Return where the runs were made and how long they took."""
    timed = sweep.frame[sweep.frame["duration"].notna()]
    rows: list[tuple[Cell, ...]] = []
    for host, own in timed.groupby("host", sort=True):
        total, began = float(own["duration"].sum()), own["began"]
        ended = began + pd.to_timedelta(own["duration"], unit="s")
        rows.append((str(host), count(len(own)), Number(total, spent(total)),
                     f"{began.min():%Y-%m-%d %H:%M}",
                     f"{ended.max():%Y-%m-%d %H:%M}"))  # fmt: skip
    return Table(
        name="hosts",
        caption="Machines, with the times of all their runs added up. Times of day: UTC.",
        columns=(*columns("host", "runs"), Column("computing time", "s"),
                 *columns("first began", "last ended")),
        rows=tuple(rows),
    )  # fmt: skip


def spent(seconds: float) -> str:
    """Return a computing time in seconds, minutes, hours or days, with three digits.

    Examples
    --------
    >>> spent(12.3), spent(600.0), spent(9000.0), spent(1e6)
    ('12.3 s', '10 min', '2.5 h', '11.6 d')
    """
    for unit, size in TIMES.items():
        if seconds >= 2 * size and unit != "y":
            return f"{seconds / size:.3g} {unit}"
    return quantity_text(seconds, "s", 3)


def versions(made: Sequence[tuple[str, Record]], of: str) -> Table:
    """Return the versions that runs were ``made`` with, a row for all that have the same."""
    runs: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for name, own in made:
        runs.setdefault(tuple(sorted(own.items())), []).append(name)
    names = list(dict.fromkeys(name for key in runs for name, _ in key))
    return Table(
        name="versions",
        caption=f"Versions of {of}.",
        columns=columns("of", *names),
        rows=tuple((", ".join(alike), *(dict(key).get(name, "none") for name in names))
                   for key, alike in runs.items()),
    )  # fmt: skip
