"""`crossbar columns`: columns that learn without labels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from crossbar.cli.options import Config, Json, path_option, settings_argument

if TYPE_CHECKING:
    from crossbar.types import Record

Changes = Annotated[
    list[str] | None,
    settings_argument(
        "Changes to the settings: columns.count=50 columns.rule.kind=vteam device.kind=reram "
        "run.tasks=5 seed=0,1,2"
    ),
]


def columns_command(
    config: Config,
    settings: Changes = None,
    *,
    out: Annotated[
        Path | None, path_option("Folder for columns.json and columns.png, what columns stand for.")
    ] = None,
    json: Json = False,
) -> None:
    """Let columns of cells learn from spikes without labels, then name and test them.

    Every sample is a wave of spikes. The first column at its threshold wins the wave and its cells
    learn by the rule of plasticity [columns.rule], on the cells of [device]. Classes are given
    afterwards: accuracy is that of the first columns of a wave, which vote, and of winners alone.

    Sections are [data], [device], [faults], [energy] and seed as in other experiments, [columns]
    with rule, race, homeostasis and mismatch, and [run] with code, passes, vote and tasks. With
    tasks, classes come in groups one after the other, and the accuracy on each is printed after
    each: what is forgotten.

    Example: crossbar columns scripts/columns.toml

    Example: crossbar columns scripts/columns.toml columns.rule.kind=vteam run.tasks=3 --out
    runs/columns
    """
    from crossbar.cli.console import Bars, print_json
    from crossbar.runs.column_settings import columns_plan
    from crossbar.runs.columns import run_columns
    from crossbar.toml import read

    plan = columns_plan(read(config), settings or [])
    with Bars() as bars:
        states, record = run_columns(plan, progress=bars)
    if out is not None:
        import json as writer

        from crossbar import files
        from crossbar.plots.columns import columns_png

        files.make_folder(out)
        files.write(out / "columns.png", columns_png(states[0]))
        files.write(out / "columns.json", writer.dumps(record, indent=1) + "\n")
        record["files"] = [str(out / name) for name in ("columns.json", "columns.png")]
    print_json(record) if json else show(record)


def show(record: Record) -> None:
    """Print what columns know and what that takes, over the seeds."""
    from crossbar.cli.console import say, table
    from crossbar.intervals import student
    from crossbar.units import text

    def over(name: str) -> list[float]:
        return [run[name] for run in record["runs"]]

    def percent(name: str) -> str:
        return student([100 * each for each in over(name)]).text(1) + " %"

    runs = len(record["runs"])
    rows = [
        ["accuracy, votes of the first columns", percent("accuracy")],
        ["accuracy, winners alone", percent("accuracy_winner")],
        ["columns with a label", f"{sum(over('labelled')) / runs:.0f} of {record['columns']}"],
        ["samples that excite no column", percent("silent")],
        ["time to the winner", text(sum(over("latency")) / runs, "s", 3)],
        ["energy of a sample, recognised", text(sum(over("energy_inference")) / runs, "J", 3)],
        ["energy of a sample, learned", text(sum(over("energy_training")) / runs, "J", 3)],
    ]
    seeds = "1 seed" if runs == 1 else f"mean of {runs} seeds, 95 % interval"
    table(f"{record['columns']} columns, cells {record['device']}, {seeds}", ["", "value"], rows)
    tasks = record["runs"][0]["tasks"]
    if tasks:
        body = [
            [f"after task {k + 1}", *(f"{100 * each:.1f}" for each in row),
             *[""] * (len(tasks) - len(row))]
            for k, row in enumerate(tasks)
        ]  # fmt: skip
        head = ["accuracy (%) of", *(f"task {k + 1}" for k in range(len(tasks)))]
        table(f"tasks one after the other, seed {record['runs'][0]['seed']}", head, body)
    if "files" in record:
        say(f"Files: {', '.join(record['files'])}")
