"""What a design noted in the store of its runs: sensitivities at its best point, and its front."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossbar.intervals import Interval
from crossbar.report.document import Block, Figures, Tabular, Text
from crossbar.report.figures.design import sensitivity
from crossbar.report.sweeps.quantities import level_text, short
from crossbar.report.sweeps.records import Sweep
from crossbar.report.tables.table import Cell, Number, Table, columns, count, number, quantity
from crossbar.runs.store.designed import FACT, SettingEffect
from crossbar.types import Record


def blocks(sweep: Sweep) -> Iterator[Block]:
    """Yield what models of trained chips say; nothing of a store that no design wrote."""
    noted = sweep.about.get(FACT, {})
    effects = [SettingEffect(**one | {"change": Interval(**one["change"])})
               for one in noted.get("effects", [])]  # fmt: skip
    if effects:
        yield Text(
            "The chips of the best point were programmed again with their weights held, and two "
            "passes over training samples gave the derivatives to every setting."
        )
        values = {one.parameter: one.value for one in effects}
        where = ", ".join(f"{short(sweep, n)} {level_text(sweep, n, v)}" for n, v in values.items())
        units = {one.metric: sweep.unit(one.metric) for one in effects}
        yield Figures((sensitivity(effects, units, where),))
    if front := noted.get("front", []):
        yield Tabular(_front(sweep, front))


def _front(sweep: Sweep, front: Sequence[Record]) -> Table:
    """Return what models predict for one bound after the other."""
    metrics, parameters = list(front[0]["predicted"]), list(front[0]["parameters"])
    rows: list[tuple[Cell, ...]] = []
    for one in front:
        values = [_value(one["predicted"][name], sweep.unit(name)) for name in metrics]
        levels = [level_text(sweep, name, one["parameters"][name]) for name in parameters]
        rows.append((count(one["run"]), *values, *levels))
    return Table(
        "design-front",
        "Best settings for other bounds by models of the chips of the run in the first column; "
        "nothing of it was run.",
        columns(
            "run", *(m.replace("_", " ") for m in metrics), *(short(sweep, p) for p in parameters)
        ),
        tuple(rows),
    )


def _value(value: float, unit: str) -> Number:
    """Return a metric with its unit, if it has one."""
    return number(value) if unit in ("", "%", "nats") else quantity(value, unit)
