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
PUBLISHED, OTHERS = 0.5, (1.0, 0.7, 0.3)  # share that is kept


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = gallery.parser(__doc__, "dropout").parse_args(arguments)
    network = {"dropout": {"kind": "exact", "keep": PUBLISHED}}
    base = gallery.settings(options, device={"kind": "cmos"}, network=network,
                            energy=gallery.MANY)  # fmt: skip
    question = "Is one half the right share of neurons to drop?"
    found = gallery.run(options, base, {KEEP: (PUBLISHED, *OTHERS)}, question)
    table = means(found, [KEEP], "accuracy")
    energy = means(found, [KEEP], "energy_training")["mean"]
    table = table.assign(energy_training=energy)
    gallery.show(table, options)
    gallery.keep(tornado(found, "accuracy", name="dropout"), options)
    told = {}
    for keep in OTHERS:
        told[keep] = gallery.change(found, {KEEP: keep}, {KEEP: PUBLISHED})
        loss = gallery.change(found, {KEEP: keep}, {KEEP: PUBLISHED}, "loss")
        print(f"{1 - keep:.1f} dropped against {1 - PUBLISHED:.1f}: {gallery.points(told[keep])},"
              f" loss {loss.text(3, sign='+')}")  # fmt: skip
    best = max(OTHERS, key=lambda keep: told[keep].mean)
    better = told[best].known and told[best].low > 0
    verdict = "beats" if better else "is not beaten beyond what seeds do by"
    first, second = (f"{1 - best:.1f} dropped", "the published 0.5")
    print(
        f"Of the other shares {first} does best, {gallery.points(told[best])} against 0.5:"
        + (f" {first} {verdict} {second}." if better else f" {second} {verdict} it.")
    )
    return table


if __name__ == "__main__":
    main()
