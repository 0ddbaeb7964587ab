"""Is half the right share to drop? Dropout of none, 0.3, 0.5 and 0.7 of the hidden neurons.

The published chip drops exactly 32 of its 64 hidden neurons at every step of learning. The script
drops other shares, on the same splits, initial weights and chips, and takes the differences to one
half seed by seed.

    python scripts/ex12_dropout.py --out runs/dropout --jobs 2
    python scripts/ex12_dropout.py --recordings DIR --classes airplane,engine --epochs 30
"""

from __future__ import annotations

import gallery
import pandas as pd

from crossbar.report.sweeps import tornado
from crossbar.report.sweeps.statistics import means

KEEP = "network.dropout.keep"
PUBLISHED = 0.5  # share that is kept
OTHERS = {"none": 1.0, "0.3": 0.7, "0.7": 0.3}  # by the share that is dropped


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = gallery.parser(__doc__, "dropout").parse_args(arguments)
    network = {"dropout": {"kind": "exact", "keep": PUBLISHED}}
    base = gallery.settings(options, device={"kind": "cmos"}, network=network,
                            energy=gallery.MANY)  # fmt: skip
    question = "Is one half the right share of neurons to drop?"
    found = gallery.run(options, base, {KEEP: (PUBLISHED, *OTHERS.values())}, question)
    table = means(found, [KEEP], "accuracy")
    energy = means(found, [KEEP], "energy_training")["mean"]
    table = table.assign(energy_training=energy, with_circuit_costs=_circuit(found, table[KEEP]))
    gallery.show(table, options)
    gallery.keep(tornado(found, "accuracy", name="dropout"), options)
    told = {}
    for name, keep in OTHERS.items():
        told[name] = gallery.change(found, {KEEP: keep}, {KEEP: PUBLISHED})
        loss = gallery.change(found, {KEEP: keep}, {KEEP: PUBLISHED}, "loss")
        print(f"{name} dropped against {1 - PUBLISHED}: {gallery.points(told[name])},"
              f" loss {loss.text(3, sign='+')}")  # fmt: skip
    best = max(told, key=lambda name: told[name].mean)
    verdict = "beats" if told[best].low > 0 else "does not beat"
    print(
        f"Of the other shares {best} dropped does best, {gallery.points(told[best])}: it {verdict}"
        " the published one half."
    )
    return table


def _circuit(found: gallery.Sweep, keep: pd.Series) -> list[float]:
    """Return the mean energy [J] of a training step by the convention circuit at each ``keep``."""
    records = found.runs(found.done["run"])
    spent = {run: one["detail"]["energy"]["circuit"]["energy_training"]
             for run, one in records.items()}  # fmt: skip
    return list(found.done["run"].map(spent).groupby(found.done[KEEP]).mean().loc[keep])


if __name__ == "__main__":
    main()
