"""What does a chip of phase-change cells lose in ten years, and what does one gain a layer save?

The weights of a float network are programmed into PCM chips, which are tested one second to ten
years later, as they are and with the drift of every layer compensated by one factor. In a network
of rectifiers without biases such factors scale the scores alone: no decision changes, but the
probabilities do, and with them the loss.

    python scripts/ex16_drift.py --out runs/drift --jobs 2
"""

from __future__ import annotations

import gallery
import pandas as pd

from crossbar.report.sweeps import drift
from crossbar.report.sweeps.statistics import means

DAY = 86400.0
AGES = (1.0, 60.0, 3600.0, DAY, 30 * DAY, 365.25 * DAY, 3652.5 * DAY)
AGE, COMPENSATE = "test.age", "test.compensate"


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = gallery.parser(__doc__, "drift").parse_args(arguments)
    pcm = {"device": {"kind": "pcm"}}
    base = gallery.settings(options, device={"kind": "float"}, test=pcm)
    question = "What does drift cost, and what does its compensation save?"
    axes = {AGE: AGES, COMPENSATE: (False, True)}
    found = gallery.run(options, base, axes, question)
    table = means(found, [COMPENSATE, AGE], "loss")
    table = table.assign(accuracy=means(found, [COMPENSATE, AGE], "accuracy")["mean"])
    gallery.show(table, options)
    gallery.keep(drift(found, COMPENSATE, "loss", name="drift"), options)
    worn = gallery.change(found, {AGE: AGES[-1], COMPENSATE: False},
                          {AGE: AGES[0], COMPENSATE: False})  # fmt: skip
    new, old = ({AGE: AGES[-1], COMPENSATE: c} for c in (True, False))
    saved, loss = (gallery.change(found, new, old, metric) for metric in ("accuracy", "loss"))
    print(
        f"In ten years accuracy changes by {gallery.points(worn)}; after them compensation changes"
        f" it by {gallery.points(saved)}, and the loss by {loss.text(3, sign='+')} nats."
    )
    return table


if __name__ == "__main__":
    main()
