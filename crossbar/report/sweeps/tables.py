"""Tables of a sweep: what varied, every point, what failed, and what it took."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from crossbar.report.fields import flat, meaning, unit_of, value_text
from crossbar.report.records import Record
from crossbar.report.sweeps.captions import unfinished
from crossbar.report.sweeps.levels import Level, levels, missing, plain
from crossbar.report.sweeps.quantities import TIMES, level_text, measured, point_text, short
from crossbar.report.sweeps.records import ACCURACY, CHIP, Sweep
from crossbar.report.sweeps.statistics import means
from crossbar.report.sweeps.verdict import Verdict, amount, metric_unit
from crossbar.report.tables.table import Cell, Column, Number, Table, columns, count
from crossbar.report.wording import quantity_text

MOST, SHOWN = 400, 200  # points that a page holds, and how many it shows of more
FEW = 12  # values of a parameter that are named one by one
KINDS = 60  # different errors that are named
LONG = 30  # letters, above which a text breaks over lines
COUNTS = ("test_images", "independent_images")  # no results
ALIKE = ("precision", "recall", "f1")  # of an accuracy: in the CSV file, not on the page


def varied(sweep: Sweep) -> Table:
    """Return the parameters with their values, and the replicates."""
    rows: list[tuple[Cell, ...]] = []
    for name in (*sweep.parameters, *sweep.replicates):
        when = "replicate" if name in sweep.replicates else (
            "test of the trained chip" if name.startswith("test.") else "training and test"
        )  # fmt: skip
        rows.append((name, *_values(sweep, name), meaning(name), when))
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
    found = levels(sweep.frame[name])
    texts = [str(plain(v)) if name in ("seed", CHIP) else level_text(sweep, name, v)
             for v in found]  # fmt: skip
    if len(texts) <= FEW:
        return ", ".join(texts), count(len(texts))
    ends = "to" if not isinstance(found[0], str) else "..."
    return f"{texts[0]} {ends} {texts[-1]}", count(len(texts))


def common(sweep: Sweep, settings: Sequence[tuple[str, object]]) -> Table:
    """Return the ``settings`` that all points share."""
    rows = [(name, value_text(name, value), meaning(name)) for name, value in settings]
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
    names = {*sweep.parameters, CHIP}
    found = {name: value for name, value in base if name not in names}
    return list((found | sweep.constant).items())


def points(verdict: Verdict) -> Table:
    """Return every point, the best first; of very many the page shows some and CSV all."""
    sweep, whole = verdict.sweep, verdict.points
    metrics = [name for name in others(sweep) if sweep.done[name].nunique() > 1]
    for name in metrics:
        found = means(sweep, sweep.parameters, name)
        keys = list(sweep.parameters)
        renamed = found.rename(columns={k: f"{name} {k}" for k in ("mean", "low", "high")})
        drawn = renamed.drop(columns="seeds")
        whole = whole.merge(drawn, on=keys, how="left") if keys else whole.join(drawn.iloc[:, 1:])
    seen = [name for name in metrics if sweep.metric != ACCURACY or name not in ALIKE]
    shown = whole if len(whole) <= MOST else whole.head(SHOWN)
    words = measured(sweep, sweep.metric, 0.0).words
    rest = f" The best {SHOWN} of {len(whole)}: points.csv holds all." if len(shown) < len(
        whole) else ""  # fmt: skip
    return Table(
        name="points",
        caption=f"Every point, best {words} first: means over its runs; interval of the {words}: "
        f"{verdict.basis()}.{rest}{unfinished(sweep)}",
        columns=columns(*(short(sweep, n) for n in sweep.parameters), words, "95 % interval",
                        *(measured(sweep, n, 0.0).words for n in seen), "seeds"),
        rows=tuple(_rows(verdict, shown, seen)),
        leading=1,
        full=_csv(sweep, whole),
    )  # fmt: skip


def others(sweep: Sweep) -> list[str]:
    """Return the metrics beside the main one that are results."""
    return [n for n in sweep.metrics if n != sweep.metric and n not in COUNTS]


def _rows(verdict: Verdict, shown: pd.DataFrame, metrics: list[str]) -> list[tuple[Cell, ...]]:
    sweep, unit = verdict.sweep, verdict.unit
    units = {name: metric_unit(sweep, name) for name in metrics}
    rows: list[tuple[Cell, ...]] = []
    for row in shown.to_dict("records"):
        point = tuple(_level(sweep, name, plain(row[name])) for name in sweep.parameters)
        limits = "none" if missing(row["low"]) else (
            f"{amount(row['low'], unit)} to {amount(row['high'], unit)}"
        )  # fmt: skip
        means = (Number(row[f"{n} mean"], amount(row[f"{n} mean"], units[n])) for n in metrics)
        rows.append((*point, Number(row["mean"], amount(row["mean"], unit)), limits, *means,
                     count(row["seeds"])))  # fmt: skip
    return rows


def _level(sweep: Sweep, name: str, value: Level) -> Cell:
    text = level_text(sweep, name, value)
    if isinstance(value, (bool, str)) or missing(value):
        return text
    return Number(value, text)


def _csv(sweep: Sweep, whole: pd.DataFrame) -> pd.DataFrame:
    """Return every point under headings with SI units."""
    units: dict[str, str] = sweep.about.get("units") or {}
    heads = {name: units.get(name, unit_of(name)) for name in sweep.parameters}
    for name in (sweep.metric, *others(sweep)):
        stem = "" if name == sweep.metric else f"{name} "
        heads |= {f"{stem}{part}": metric_unit(sweep, name) for part in ("mean", "low", "high")}
    own = {part: f"{sweep.metric} {part}" for part in ("mean", "low", "high")}
    titles = {
        key: f"{own.get(key, key)} [{unit}]" if unit not in ("", "%") else own.get(key, key)
        for key, unit in heads.items()
    }
    return whole.rename(columns=titles)


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
    more = f" {len(sizes) - KINDS} further errors are left out here." if len(sizes) > KINDS else ""
    return Table(
        name="failures",
        caption=f"{len(failed)} of {len(sweep.frame)} runs failed; no mean contains them. "
        "`crossbar runs show` gives the traceback of a run; `crossbar sweep --retry-failed` tries "
        f"them again.{more}",
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


def versions(records: Sequence[Record]) -> Table:
    """Return the versions that runs were made with, each combination once."""
    found = {tuple(sorted(r["versions"].items())): r["run"] for r in reversed(records)}
    names = list(dict.fromkeys(name for key in found for name, _ in key))
    rows = [(f"run {n}", *(dict(key).get(name, "none") for name in names))
            for key, n in found.items()]  # fmt: skip
    return Table(
        name="versions",
        caption="Versions of the first and the last run of every machine; equal ones once.",
        columns=columns("of", *names),
        rows=tuple(rows),
    )
