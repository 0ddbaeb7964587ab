"""Tables of what chips get right; an accuracy never stands without split, seeds and interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crossbar.intervals import student
from crossbar.report.merit import bounds, ends
from crossbar.report.records import Run
from crossbar.report.tables.table import (
    Cell,
    Column,
    Table,
    columns,
    count,
    number,
    quantity,
)
from crossbar.report.wording import conditions

MEANING = {  # by whether outputs decide between classes
    True: "Precision, recall and F1: means over the classes. Loss: cross-entropy in nats, "
    "unless training says otherwise.",
    False: "R²: share of the variance of the values that the chip explains. RMS error and loss in "
    "the unit of the values and its square.",
}


def figures(run: Run) -> dict[str, str]:
    """Return words of what ``run`` was measured by beside its figure of merit, by name."""
    noted, seeds = run.result["metrics"], [seed.record for seed in run.seeds]
    return {
        name: one["words"]
        for name, one in noted.items()
        if name != run.merit and name in run.result and all(name in s for s in seeds)
    }


def comparison(runs: Sequence[Run]) -> Table:
    """Return ``runs`` of one figure of merit side by side, the leading one first."""
    merit, own = runs[0].merit_words, [figures(run) for run in runs]
    rest = {name: words for name, words in own[0].items() if all(name in one for one in own)}
    rows: list[tuple[Cell, ...]] = []
    for run in runs:
        r = run.result
        measured = tuple(number(r[name]) for name in rest)
        energy: tuple[Cell, ...] = ("not counted", "not counted")
        if run.energy and run.analog:
            physical = run.energy["physical"]
            energy = (
                quantity(physical["energy_inference"], "J", 3),
                quantity(physical["energy_training"], "J", 3),
            )
        held = r["device"] if run.analog else f"{r['device']} (digital)"
        rows.append(
            (run.name, held, number(r[run.merit]), bounds(r[f"{run.merit}_ci95"]), r["split"],
             ", ".join(map(str, r["seeds"])), *measured, *energy)
        )  # fmt: skip
    return Table(
        name="comparison" if runs[0].decides else "comparison-values",
        caption="Test part of every run: means over the seeds. "
        f"{MEANING[runs[0].decides]} 95 % interval of the {merit}: "
        f"{runs[0].result['interval']}. Energy a sample: what was counted on the chip (convention "
        "physical).",
        columns=(
            *columns("run", "weights held in", merit, "95 % interval", "split by", "seeds"),
            *columns(*rest.values()),
            Column("inference", "J"),
            Column("training step", "J"),
        ),
        rows=tuple(rows),
        leading=1,
    )


def merit(run: Run) -> Table:
    """Return the figures of merit of every chip of ``run`` and of all together."""
    r, merit, rest = run.result, run.merit, figures(run)
    spread = [
        student([s.record[name] for s in run.seeds], resampling=run.resampling).within(
            *ends(r["metrics"][name])
        )
        for name in rest
    ]
    tests = sum(int(s.record["test_images"]) for s in run.seeds)
    cut = sum(float(s.record["weight_changes_cut"]) for s in run.seeds)
    limits = [f"{i.low:.3f} to {i.high:.3f}" if i.known else "one seed" for i in spread]
    rows: list[tuple[Cell, ...]] = [
        ("all", number(r[merit]), bounds(r[f"{merit}_ci95"]),
         *(number(i.mean) for i in spread), count(tests), count(cut)),
        ("95 % interval", "", "", *limits, "", ""),
    ]  # fmt: skip
    for seed in run.seeds:
        own = seed.record.get(f"{merit}_ci95", (None, None))
        rows.append(
            (str(seed.number), number(seed.record[merit]), bounds(own),
             *(number(seed.record[name]) for name in rest),
             count(seed.record["test_images"]), count(seed.record["weight_changes_cut"]))
        )  # fmt: skip
    return Table(
        name=f"{run.name}-figures-of-merit",
        caption=f"{conditions(r)}{_alone(run)} Intervals of the others: "
        f"{run.student_kind} over the seeds, cut where the quantity ends. "
        f"{MEANING[run.decides]} Changes cut: weight changes that met the end of a cell's range.",
        columns=columns("seed", run.merit_words, "95 % interval", *rest.values(),
                        f"test {run.sample}s", "changes cut"),
        rows=tuple(rows),
        leading=1,
    )  # fmt: skip


def _alone(run: Run) -> str:
    """Return what the interval of a single seed is, where it has one."""
    data = run.result["data"]
    if data["regression"]:
        return ""
    words = f", of the effective number of independent {data['sample']}s"
    return f" Interval of a single seed: Wilson{words if data['grouped'] else ''}."


def decisions(run: Run) -> Table:
    """Return the confusion matrix of ``run``, summed over its seeds, class by class."""
    counts = np.sum([seed.record["confusion"] for seed in run.seeds], axis=0)
    classes = run.result["classes"]
    rows = []
    for k, name in enumerate(classes):
        hits = float(counts[k, k])
        precision = hits / max(1.0, float(counts[:, k].sum()))
        recall = hits / max(1.0, float(counts[k].sum()))
        row = (name, *(count(float(n)) for n in counts[k]), number(precision), number(recall))
        rows.append(row)
    return Table(
        name=f"{run.name}-decisions",
        caption=f"Decisions by true class, summed over the seeds. {conditions(run.result)}",
        columns=columns("true class", *(f"decided {c}" for c in classes), "precision", "recall"),
        rows=tuple(rows),
    )
