"""Cross-entropy against labels that are not quite certain."""

from dataclasses import dataclass

import numpy as np

from crossbar.nn import Loss
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Smoothed(Loss):
    smoothing: float = quantity(0.1, low=0, high=0.9, remedy="0.1 is usual.")

    def outputs(self, scores, head, *, rng):
        return head.softmax(scores, rng=rng)

    def error(self, outputs, wanted, head, *, rng):
        return head.difference(outputs, self._smooth(wanted), rng=rng)

    def values(self, outputs, wanted):
        return -(self._smooth(wanted) * np.log(np.clip(outputs, 1e-30, 1))).sum(axis=1)

    def _smooth(self, wanted):
        return (1 - self.smoothing) * wanted + self.smoothing / wanted.shape[1]
