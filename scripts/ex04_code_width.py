"""How many bits does learning on chip need? Code width 4 to 14, two ways of rounding updates.

The update control of a CMOS synapse turns a weight change into whole code steps. Rounded to the
nearest step, a change below half a step is lost, and learning stops where most are; rounded at
random with the right mean, it arrives in time. The script trains the chip at every width, with
both roundings and several seeds, beside a float network, keeps each finished run in a CSV file
(it goes on from there when it is started again), and draws accuracy against width.

    python scripts/ex04_code_width.py --data hard --out docs/code-width
    python scripts/ex04_code_width.py --data recordings --path DIR --classes airplane,engine
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from crossbar.nn import evaluate, fit
from crossbar.random import Streams
from crossbar.runs import experiment
from crossbar.runs.build import chip, parts_of

COLUMNS = ["bits", "rounding", "seed", "accuracy", "loss", "changed"]
Case = tuple[int, str, int]


def run(data: dict, case: Case, epochs: int, dataset) -> dict:
    """Train and test one chip; ``bits`` 0 stands for the float network."""
    bits, rounding, seed = case
    device = {"kind": "cmos", "bits": bits, "rounding": rounding} if bits else {"kind": "float"}
    plan = experiment({"data": data, "device": device, "train": {"epochs": epochs}})
    streams = Streams(seed)
    parts = parts_of(plan.common.data, dataset, seed)
    state = chip(plan, dataset.ends, streams)
    fit(state, parts.train, parts.validation, plan.common.train, streams=streams)
    seen = evaluate(state, *parts.test, rng=streams("test"))
    activity = state.activity
    changed = activity.total("cells_changed", "fc") / activity.total("update_weights", "fc")
    values = (bits, rounding, seed, seen.accuracy, seen.loss, changed if bits else np.nan)
    return dict(zip(COLUMNS, values, strict=True))


def sweep(data: dict, cases: list[Case], epochs: int, store: Path) -> pd.DataFrame:
    """Return one row a case, running those that ``store`` does not hold yet."""
    rows = pd.read_csv(store).to_dict("records") if store.exists() else []
    done = {(r["bits"], r["rounding"], r["seed"]) for r in rows}
    dataset = experiment({"data": data}).common.data.dataset()
    for case in cases:
        if case in done:
            continue
        rows.append(run(data, case, epochs, dataset))
        last = rows[-1]
        print(f"{case}: accuracy {last['accuracy']:.3f}, loss {last['loss']:.3f}", flush=True)
        store.parent.mkdir(parents=True, exist_ok=True)
        pd.DataFrame(rows, columns=COLUMNS).to_csv(store, index=False)
    return pd.DataFrame(rows, columns=COLUMNS)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Return means over seeds for every width, with standard errors.

    The difference to the float network is taken seed by seed: what both owe to the split cancels.
    """
    floating = table[table.bits == 0].set_index("seed").accuracy
    table = table.assign(against=table.accuracy - table.seed.map(floating))
    groups = table.groupby(["rounding", "bits"])
    columns = {
        "accuracy": groups.accuracy.mean(),
        "error": groups.accuracy.sem(),
        "against_float": groups.against.mean(),
        "against_error": groups.against.sem(),
        "loss": groups.loss.mean(),
        "changed": groups.changed.mean(),
        "seeds": groups.seed.count(),
    }
    return pd.DataFrame(columns).reset_index()


def draw(means: pd.DataFrame, title: str, path: Path) -> None:
    """Draw accuracy, its difference to float, and the share of offers that move a code."""
    figure = Figure(figsize=(9.6, 3.3), layout="constrained")
    accuracy, against, share = figure.subplots(1, 3)
    styles = {"stochastic": ("o", "-", "#0072B2"), "deterministic": ("s", "--", "#D55E00")}
    for rounding, (marker, line, colour) in styles.items():
        part = means[means.rounding == rounding]
        style = {"marker": marker, "linestyle": line, "color": colour, "label": rounding}
        accuracy.errorbar(part.bits, part.accuracy, part.error, capsize=2, **style)
        against.errorbar(part.bits, part.against_float, part.against_error, capsize=2, **style)
        share.semilogy(part.bits, part.changed, **style)
    for _, reference in means[means.bits == 0].iterrows():
        accuracy.axhline(reference.accuracy, color="black", linewidth=1, label="float")
    accuracy.set(xlabel="code width (bits)", ylabel="test accuracy", ylim=(0.4, 1.0))
    against.axhline(0.0, color="black", linewidth=1)
    against.set(xlabel="code width (bits)", ylabel="minus float, seed by seed")
    share.set(xlabel="code width (bits)", ylabel="share of offered changes that move a code (fc)")
    share.yaxis.label.set_size(8)
    accuracy.legend(loc="lower right", frameon=False)
    figure.suptitle(title, fontsize=10)
    path.parent.mkdir(parents=True, exist_ok=True)
    for suffix in (".svg", ".png"):
        figure.savefig(path.with_suffix(suffix), dpi=160)


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", default="hard", help="recordings, or a synthetic preset")
    parser.add_argument("--path", help="folder of the recordings")
    parser.add_argument("--classes", help="classes of the recordings, with commas")
    parser.add_argument("--clips", type=int, default=60, help="synthetic clips a class")
    parser.add_argument("--bits", default="4,5,6,7,8,9,10,11,12,13,14")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--out", type=Path, default=Path("runs/code-width"))
    options = parser.parse_args(arguments)
    recordings = {"path": options.path, "classes": options.classes, "split": "window"}
    synthetic = {"preset": options.data, "clips": options.clips}
    data = recordings if options.data == "recordings" else synthetic
    widths = [int(b) for b in options.bits.split(",")]
    cases = [(0, "none", seed) for seed in range(options.seeds)]
    cases += [
        (bits, rounding, seed)
        for bits in widths
        for rounding in ("stochastic", "deterministic")
        for seed in range(options.seeds)
    ]
    store = options.out / f"{options.data}.csv"
    table = sweep(data, cases, options.epochs, store)
    means = summary(table)
    print(means.to_string(index=False, float_format="%.3f"))
    kind = "window" if options.data == "recordings" else "recording"
    title = f"{options.data}, split by {kind}, {options.epochs} epochs, {options.seeds} seeds"
    draw(means, title, options.out / options.data)
    return means


if __name__ == "__main__":
    main()
