"""How many chips are good? Stuck cells and mismatch against yield, many chips for each training.

One CMOS chip learns for each seed; its weights are programmed into newly fabricated chips with
stuck cells (half on, half off), or with mismatch of their unit conductances. A chip is good if it
keeps enough of the accuracy that the same chip has with neither.

    python scripts/ex14_yield.py --out runs/yield --jobs 2
"""

from __future__ import annotations

from dataclasses import replace

import gallery
import pandas as pd

from crossbar.report.sweeps import Sweep, yields
from crossbar.report.sweeps import statistics as told

ON, OFF, CHIP = "test.faults.p_on", "test.faults.p_off", "test.chip"
STUCK, MISMATCH = "share of stuck cells", "test.device.sigma_unit"
SHARES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1)
SPREADS = (0.0, 0.03, 0.05, 0.1, 0.15, 0.2)
KEPT, GOOD = "accuracy_kept", (0.99, 0.97, 0.9)
UNITS = {STUCK: "%", KEPT: "%"}


def kept(found: Sweep, cause: str) -> Sweep:
    """Return ``found`` with the accuracy of every chip relative to the same chip without ``cause``.

    In the words of the table: ``accuracy_kept``.
    """
    frame = found.frame
    whole = frame[frame[cause] == 0].set_index(["seed", CHIP])["accuracy"]
    same = pd.MultiIndex.from_frame(frame[["seed", CHIP]])
    frame = frame.assign(**{KEPT: frame["accuracy"].to_numpy() / whole.reindex(same).to_numpy()})
    return replace(found, frame=frame, metrics=(*found.metrics, KEPT), parameters=(cause,))


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    parser = gallery.parser(__doc__, "yield")
    parser.add_argument("--chips", type=int, default=20, help="fabricated for each seed and value")
    options = parser.parse_args(arguments)
    base = gallery.settings(options, device={"kind": "cmos"})
    chips = range(options.chips)
    halves = {(ON, OFF): [(p / 2, p / 2) for p in SHARES], CHIP: chips}
    question = "How many chips keep the accuracy of the chip that learned?"
    stuck = gallery.run(options, base, halves, question, part="stuck", units=UNITS)
    stuck = replace(stuck, frame=stuck.frame.assign(**{STUCK: stuck.frame[ON] + stuck.frame[OFF]}))
    spread = gallery.run(options, base | {"test": {"device": {"sigma_unit": 0.0}}},
                         {MISMATCH: SPREADS, CHIP: chips}, question, part="mismatch",
                         units=UNITS)  # fmt: skip
    tables = []
    for cause, runs in ((STUCK, stuck), (MISMATCH, spread)):
        found = kept(runs, cause)
        table = told.yields(found, [cause], KEPT, GOOD[1]).rename(columns={cause: "value"})
        tables.append(table.assign(cause=cause))
        name = f"yield-{'stuck' if cause == STUCK else 'mismatch'}"
        gallery.keep(yields(found, cause, KEPT, thresholds=GOOD, name=name), options)
    table = pd.concat(tables, ignore_index=True)
    gallery.show(table, options)
    for cause, part in table.groupby("cause", sort=False):
        last = part.iloc[-1]
        whole = part[part["mean"] >= 0.95]["value"].max()
        print(
            f"{cause}: 95 % or more of the chips keep {GOOD[1]:.0%} of their accuracy up to"
            f" {whole:.1%}; at {last['value']:.0%} the yield is {last['mean']:.0%}"
            f" [{last['low']:.0%}, {last['high']:.0%}] of {last['chips']} chips."
        )
    return table


if __name__ == "__main__":
    main()
