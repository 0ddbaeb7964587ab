"""Tables of what chips get right; an accuracy never stands without split, seeds and interval."""

from __future__ import annotations

import numpy as np

from crossbar.intervals import student
from crossbar.report.amounts import amount, amounts
from crossbar.report.merit import bounds, ends
from crossbar.report.records import Run
from crossbar.report.tables.table import Cell, Number, Table, columns, count, number
from crossbar.report.wording import conditions

MEANING = {  # by whether outputs decide between classes
    True: "Precision, recall and F1: means over the classes. Loss: cross-entropy in nats, "
    "unless training says otherwise.",
    False: "R²: share of the variance of the values that the chip explains. RMS error and loss in "
    "the unit of the values and its square.",
}


def merit(run: Run) -> Table:
    """Return the figures of merit of every chip of ``run`` and of all together."""
    r, merit = run.result, run.merit
    rest = {
        name: one
        for name, one in r["metrics"].items()
        if name != merit and name in r and all(name in chip.record for chip in run.chips)
    }
    means, limits = [], []
    for name, one in rest.items():
        values = [chip.record[name] for chip in run.chips]
        mean = student(values, resampling=run.resampling).within(*ends(one))
        text, low, high = amounts(mean, one["unit"])
        means.append(Number(mean.mean, text))
        limits.append(f"{low} to {high}" if mean.known else "one seed")
    tests = sum(int(chip.record["test_images"]) for chip in run.chips)
    cut = sum(float(chip.record["weight_changes_cut"]) for chip in run.chips)
    rows: list[tuple[Cell, ...]] = [
        ("all", number(r[merit]), bounds(r[f"{merit}_ci95"]), *means, count(tests), count(cut)),
        ("95 % interval", "", "", *limits, "", ""),
    ]
    for chip in run.chips:
        own = chip.record
        texts = (Number(own[n], amount(own[n], one["unit"])) for n, one in rest.items())
        rows.append(
            (str(chip.seed), number(own[merit]), bounds(own.get(f"{merit}_ci95", (None, None))),
             *texts, count(own["test_images"]), count(own["weight_changes_cut"]))
        )  # fmt: skip
    return Table(
        name=f"{run.name}-figures-of-merit",
        caption=f"{conditions(r)}{_alone(run)} Intervals of the others: "
        f"{run.student_kind} over the seeds, cut where the quantity ends. "
        f"{MEANING[run.decides]} Changes cut: weight changes that met the end of a cell's range.",
        columns=columns("seed", run.merit_words, "95 % interval",
                        *(one["words"] for one in rest.values()), f"test {run.sample}s",
                        "changes cut"),
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
    counts = np.sum([chip.record["confusion"] for chip in run.chips], axis=0)
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
