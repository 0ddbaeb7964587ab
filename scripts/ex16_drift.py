"""What does a chip of phase-change cells lose in ten years, and what decides it?

The weights of a float network are programmed into PCM chips, which are tested one second to ten
years later: with a drift exponent that is the same at every conductance and with the published one,
in pairs about the middle of the range and in one-sided pairs, as they are and with the drift of
every layer compensated by one factor. In a network of rectifiers without biases such factors scale
the scores alone: no decision changes, but the probabilities do, and with them the loss.

    python scripts/ex16_drift.py --out runs/drift --jobs 2
"""

from __future__ import annotations

from dataclasses import replace

import gallery
import pandas as pd

from crossbar.report.sweeps import Sweep, drift
from crossbar.report.sweeps.statistics import means

DAY = 86400.0
AGES = (1.0, 60.0, 3600.0, DAY, 30 * DAY, 365.25 * DAY, 3652.5 * DAY)
AGE, COMPENSATE, MAPPING = "test.age", "test.compensate", "test.tile.mapping"
LAW, NU, SIGMA = "test.device.drift", "test.device.nu", "test.device.sigma_nu"
EXPONENTS = {"constant": ("none", 0.05, 0.02), "published": ("pcm", 0.0, 0.0)}
PAIRS = {"about mid range": "pair", "one-sided": "one-sided"}
CELLS = "exponent, pair"


def named(found: Sweep) -> Sweep:
    """Return ``found`` with one parameter for the exponent and the pair, by their names."""
    laws = {nu: exponent for exponent, (_, nu, _) in EXPONENTS.items()}
    pairs = {mapping: pair for pair, mapping in PAIRS.items()}
    cells = found.frame[NU].map(laws) + ", " + found.frame[MAPPING].map(pairs)
    return replace(found, frame=found.frame.assign(**{CELLS: cells}),
                   parameters=(CELLS, COMPENSATE, AGE))  # fmt: skip


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = gallery.parser(__doc__, "drift").parse_args(arguments)
    pcm = {"device": {"kind": "pcm"}}
    base = gallery.settings(options, device={"kind": "float"}, test=pcm)
    axes = {AGE: AGES, COMPENSATE: (False, True), (LAW, NU, SIGMA): list(EXPONENTS.values()),
            MAPPING: tuple(PAIRS.values())}  # fmt: skip
    question = "What does drift cost, and what decides it?"
    found = named(gallery.run(options, base, axes, question))
    by = [CELLS, COMPENSATE, AGE]
    table = means(found, by, "loss").assign(accuracy=means(found, by, "accuracy")["mean"])
    gallery.show(table, options)
    plain = found.at({COMPENSATE: False})
    gallery.keep(drift(plain, CELLS, "accuracy", name="drift-cells"), options)
    for cells in table[CELLS].unique():
        chips = found.at({CELLS: cells})
        young, old, made = (
            {AGE: age, COMPENSATE: compensate}
            for age, compensate in ((AGES[0], False), (AGES[-1], False), (AGES[-1], True))
        )
        worn, saved = gallery.change(chips, old, young), gallery.change(chips, made, old)
        loss = gallery.change(chips, made, old, "loss")
        print(
            f"{cells}: in ten years accuracy changes by {gallery.points(worn)}; after them "
            f"compensation changes it by {gallery.points(saved)}, and the loss by "
            f"{loss.text(3, sign='+')} nats."
        )
    old, first = plain.at({AGE: AGES[-1]}), table[CELLS].iloc[0]
    for cells in table[CELLS].unique()[1:]:
        better = gallery.change(old, {CELLS: cells}, {CELLS: first})
        print(f"After ten years, {cells} against {first}: {gallery.points(better)}.")
    published = found.at({CELLS: "published, one-sided"})
    gallery.keep(drift(published, COMPENSATE, "loss", name="drift"), options)
    return table


if __name__ == "__main__":
    main()
