"""A metric of one's own: how far the likeliest class is ahead of the next."""

import numpy as np

from crossbar.runs import Better, Metric

MARGIN = Metric(
    name="margin", words="margin of the likeliest class", unit="%", better=Better.HIGHER,
    of=lambda test: float(np.diff(np.sort(test.outputs)[:, -2:]).mean()),
)  # fmt: skip
