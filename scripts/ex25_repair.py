"""What brings back a chip after ten years? Drift of PCM, and each repair, from an hour on.

A float network with normalisations learns for each seed. It is programmed into newly fabricated
chips of one-sided PCM pairs, its normalisations in digital memory, and tested an hour to ten years
later: as it is, and with each repair. What a repair takes stands beside what it wins.

    python scripts/ex25_repair.py --out runs/repair --jobs 2
"""

from __future__ import annotations

from dataclasses import replace

import gallery
import pandas as pd

from crossbar.report.sweeps import curve, drift
from crossbar.report.sweeps.statistics import means
from crossbar.units import text

DAY = 86400.0
AGES = (3600.0, DAY, 30 * DAY, 365.25 * DAY, 3652.5 * DAY)
AGE, REPAIR = "test.age", "test.repair"
NOTHING = "none"
REPAIRS = (NOTHING, "global", "column", "refresh", "normalisation", "global+last-layer")
COSTS = {"energy": "repair_energy", "time": "repair_time"}
LAYERS = [
    {"name": "conv", "kind": "convolution"},
    {"name": "norm", "kind": "running-normalisation"},
    {"name": "relu", "kind": "relu"},
    {"name": "fc", "kind": "dense", "units": 64},
    {"name": "norm2", "kind": "running-normalisation"},
    {"name": "relu2", "kind": "relu"},
    {"name": "out", "kind": "dense", "units": "classes"},
]


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    parser = gallery.parser(__doc__, "repair")
    parser.add_argument("--chips", type=int, default=2, help="fabricated for each seed and value")
    options = parser.parse_args(arguments)
    base = gallery.settings(options, device={"kind": "float"}, network={"layers": LAYERS})
    learned = gallery.trained(options, base)
    axes = {AGE: AGES, REPAIR: REPAIRS, "test.chip": range(options.chips), "test.fold": [False],
            "test.device.kind": ["pcm"], "test.tile.mapping": ["one-sided"]}  # fmt: skip
    chips = gallery.run(options, learned, axes, "What brings back a chip after ten years?")
    frame = chips.frame.assign(**{REPAIR: chips.frame[REPAIR].fillna(NOTHING)})
    chips = replace(chips, frame=frame, parameters=(AGE, REPAIR))
    table = means(chips, [REPAIR, AGE], "accuracy")
    for name, metric in COSTS.items():
        cost = means(chips, [REPAIR, AGE], metric).rename(columns={"mean": name})
        table = table.merge(cost[[REPAIR, AGE, name]], how="left")
    gallery.show(table, options)
    gallery.keep(drift(chips, REPAIR, name="repair-age"), options)
    old = chips.at({AGE: AGES[-1]})
    gallery.keep(curve(old, REPAIR, name="repair"), options)
    for repair in REPAIRS[1:]:
        won = gallery.change(old, {REPAIR: repair}, {REPAIR: NOTHING})
        row = table[(table[REPAIR] == repair) & (table[AGE] == AGES[-1])].iloc[0]
        cost = f"{text(row['energy'], 'J', 3)} and {text(row['time'], 's', 3)}"
        print(f"After ten years {repair} wins {gallery.points(won)} for {cost}.")
    return table


if __name__ == "__main__":
    main()
