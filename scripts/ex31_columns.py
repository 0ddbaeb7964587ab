"""Can columns name digits that nobody named for them, and how far may their parts differ?

A hundred columns of memristors see the handwritten digits of scikit-learn as waves of spikes, and
learn without labels: by an assumed rule whose cells and neurons are dispersed, by the equations of
three memristor circuits, and task by task. Labels are given afterwards.

    python scripts/ex31_columns.py --out runs/columns
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import gallery
import make_digits
import pandas as pd

from crossbar.intervals import student
from crossbar.report.figures.canvas import WIDTH, Picture, picture, styled
from crossbar.report.figures.layout import panels
from crossbar.runs.column_settings import columns_plan
from crossbar.runs.columns import run_columns

SIGMAS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
SPANS = {"multiplicative": 10e-6, "vteam": 10e-6, "yakopcic": 2e-3, "stanford-pku": 200e-9}
FIRST = 10  # seeds from 0 to 9 chose the numbers of the votes
CLASSES = 10


def parser() -> argparse.ArgumentParser:
    ours = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    ours.add_argument("--seeds", type=int, default=5, help="how many, each with its own split")
    ours.add_argument("--passes", type=int, default=6, help="over the samples to learn from")
    ours.add_argument("--columns", type=int, default=100)
    ours.add_argument("--out", type=Path, default=Path("runs") / "columns", help="digits, figure")
    return ours


def settings(options: argparse.Namespace, rule: str = "multiplicative") -> dict[str, Any]:
    """Return the columns, with all times in proportion to those of the rule."""
    span = SPANS[rule]
    columns: dict[str, Any] = {
        "count": options.columns,
        "race": {"width": 0.2 * span},
        "homeostasis": {"goal": 0.3 * span},
    }
    if rule != "multiplicative":
        columns["rule"] = {"kind": rule}
    return {
        "seed": list(range(FIRST, FIRST + options.seeds)),
        "data": {"kind": "arrays", "path": str(digits(options)), "split": "sample"},
        "columns": columns,
        "run": {
            "passes": options.passes,
            "vote": {"fade": 0.03 * span},
            "code": {"kind": "complement", "code": {"kind": "latency", "span": span}},
        },
    }


def digits(options: argparse.Namespace) -> Path:
    """Return the file of the digits, written once."""
    path: Path = options.out / "digits.npz"
    return path if path.is_file() else make_digits.main(["--out", str(path)])


def dispersed(base: dict[str, Any], sigma: float) -> dict[str, Any]:
    """Return the columns with every number of cells and neurons spread by ``sigma``."""
    spread = {"kind": "relative", "sigma": sigma, "sigma_low": sigma, "sigma_high": sigma}
    names = ("sigma_threshold", "sigma_leak", "sigma_capacitance")
    columns = base["columns"] | {"mismatch": dict.fromkeys(names, sigma), "sigma_rule": sigma}
    cells = {"kind": "constant", "spread": spread, "sigma_c2c": sigma}
    return base | {"columns": columns, "device": cells}


def measured(settings: dict[str, Any], **named: Any) -> dict[str, Any]:
    """Return means over the seeds, in percent, with intervals of 95 %."""
    _, record = run_columns(columns_plan(settings))
    row = dict(named)
    for name in ("accuracy", "accuracy_winner"):
        interval = student([100 * run[name] for run in record["runs"]])
        row |= {name: interval.mean, f"{name}_low": interval.low, f"{name}_high": interval.high}
    for name in ("energy_inference", "energy_training"):
        row[name] = sum(run[name] for run in record["runs"]) / len(record["runs"])
    row["tasks"] = [run["tasks"] for run in record["runs"]]
    return row


def forgotten(rows: list[list[list[float]]]) -> pd.DataFrame:
    """Return the accuracy on each task just after it and after the last one, in percent."""
    last = len(rows[0])
    return pd.DataFrame({
        "task": range(1, last + 1),
        "just after": [100 * sum(run[k][k] for run in rows) / len(rows) for k in range(last)],
        "after the last": [100 * sum(run[-1][k] for run in rows) / len(rows) for k in range(last)],
    })  # fmt: skip


@styled
def figure(table: pd.DataFrame, circuits: pd.DataFrame) -> Picture:
    """Return accuracy against dispersion, and that of the circuits beside it."""
    drawing, (left, right) = panels(2, WIDTH, 2.4, sharey=True)
    for name, words in (("accuracy", "five columns vote"), ("accuracy_winner", "winner alone")):
        left.plot(100 * table["sigma"], table[name], "o-", label=words)
        left.fill_between(100 * table["sigma"], table[f"{name}_low"], table[f"{name}_high"],
                          alpha=0.2)  # fmt: skip
        right.errorbar(
            circuits["rule"], circuits[name], fmt="o", capsize=3, label=words,
            yerr=[circuits[name] - circuits[f"{name}_low"],
                  circuits[f"{name}_high"] - circuits[name]],
        )  # fmt: skip
    left.set(xlabel="dispersion of all cells and neurons (%)", ylabel="accuracy (%)")
    right.set(xlabel="rule", xlim=(-0.5, len(circuits) - 0.5))
    left.legend(loc="lower left")
    right.tick_params(axis="x", rotation=15)
    return picture(
        drawing, "columns",
        alt="accuracy of columns on digits against dispersion, and by rule",
        caption="Digits named by 100 columns that learned without labels; mean and 95 % "
        "interval of five seeds. The rule on the left and its numbers are assumed; those of the "
        "circuits follow from their equations and from assumed waveforms.",
        data=pd.concat([table.assign(rule="multiplicative"), circuits]).drop(columns="tasks"),
    )  # fmt: skip


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = parser().parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    plain = settings(options)
    table = pd.DataFrame([measured(dispersed(plain, s), sigma=s) for s in SIGMAS])
    circuits = pd.DataFrame([
        measured(settings(options, rule), rule=rule) for rule in SPANS if rule != "multiplicative"
    ])  # fmt: skip
    for each in (table, circuits):
        print(each.drop(columns="tasks").to_string(index=False, float_format="{:.4g}".format))
    by_task = measured(plain | {"run": plain["run"] | {"tasks": CLASSES // 2}})["tasks"]
    print(forgotten(by_task).to_string(index=False, float_format="{:.1f}".format))
    gallery.keep(figure(table, circuits), options)
    return table


if __name__ == "__main__":
    main()
