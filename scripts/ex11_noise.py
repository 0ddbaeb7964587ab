"""Does a chip learn to live with its read noise? Noise in learning and test, or in the test alone.

A CMOS chip learns at every read noise and is tested at the same; another learns without noise and
is tested at the same noises. Both start from the same weights and see the same samples. Noise of
10 % of the range lets learning itself diverge, so that learning goes up to 5 %.

    python scripts/ex11_noise.py --out runs/noise --jobs 2
    python scripts/ex11_noise.py --recordings DIR --classes airplane,engine --epochs 30
"""

from __future__ import annotations

from dataclasses import replace

import gallery
import pandas as pd

from crossbar.report.sweeps import curve
from crossbar.report.sweeps.statistics import means

LEARNABLE = (0.0, 0.005, 0.01, 0.02, 0.05)  # relative to the range, as all read noise
NOISE = (*LEARNABLE, 0.1, 0.2)
NAME = "device.sigma_read"
WHEN = "read noise is present"
BOTH, ONLY = "while learning and in the test", "in the test only"


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = gallery.parser(__doc__, "noise").parse_args(arguments)
    question = "Does a chip that learns with its read noise bear more of it in the test?"
    base = gallery.settings(options, device={"kind": "cmos"})
    both = gallery.run(options, base, {NAME: LEARNABLE}, question, part="learning")
    base = gallery.settings(options, device={"kind": "cmos", "sigma_read": 0.0})
    only = gallery.run(options, base, {f"test.{NAME}": NOISE}, question, part="test")
    only = replace(only, frame=only.frame.rename(columns={f"test.{NAME}": NAME}))
    found = gallery.joined({BOTH: both, ONLY: only}, WHEN, [NAME])
    table = means(found, [WHEN, NAME], "accuracy")
    gallery.show(table, options)
    gallery.keep(curve(found, NAME, by=WHEN, name="noise"), options)
    for noise in LEARNABLE[1:]:
        gain = gallery.change(found, {WHEN: BOTH, NAME: noise}, {WHEN: ONLY, NAME: noise})
        lost = gallery.change(found, {WHEN: ONLY, NAME: noise}, {WHEN: ONLY, NAME: 0.0})
        print(f"{noise:.1%}: learned without, {gallery.points(lost)}; learned with, against"
              f" without, {gallery.points(gain)}")  # fmt: skip
    print(
        f"A chip that learned without noise changes by {gallery.points(lost)} under read noise of"
        f" {LEARNABLE[-1]:.0%} of the range; having learned with it changes that by"
        f" {gallery.points(gain)}."
    )
    return table


if __name__ == "__main__":
    main()
