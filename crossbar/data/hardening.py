"""Stress of a metal along paths of strain: what it answers depends on all that came before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from crossbar.data.data import DATA, Data, Progress
from crossbar.data.dataset import Dataset
from crossbar.data.normalise import Normalisation, Unscaled
from crossbar.data.split import BySample, Split
from crossbar.errors import fail
from crossbar.types import Doubles
from crossbar.units import quantity

PARTS: Final = BySample(fractions=(0.7, 0.1, 0.2))
LIMIT: Final = "Stresses are in units of the yield stress, strains of the largest strain."


@DATA.register("isotropic-hardening")
@dataclass(frozen=True, kw_only=True)
class IsotropicHardening(Data):
    """The stress at the end of a path of strain, in one dimension, with linear isotropic hardening.

    The stress is Young's modulus times the elastic strain. Beyond the yield stress the rest of the
    strain is plastic, and the yield stress grows by ``hardening`` times its sum, in both directions
    alike. A path runs straight from one turning point to the next, which are uniform within
    ``largest``; a sample is its strain at ``points`` equal distances, over ``largest``. The answer
    is the stress at the end, or at all points, over the yield stress.

    Parameters
    ----------
    samples
        Paths of all three parts.
    points
        Points of a path, as many between any two turning points.
    turns
        Turning points, the end among them.
    largest
        Largest strain.
    young, yields, hardening : [Pa]
        Young's modulus, yield stress and hardening modulus.
    everywhere
        Whether stresses at all points are asked for.
    seed
        Another seed draws other paths.

    Source: return mapping, Simo and Hughes, Computational Inelasticity, Springer 1998, chapter 1.
    The default metal is a steel with 210 GPa, 300 MPa and a hundredth of the modulus. Paths are
    assumed.
    """

    split: Split = PARTS
    normalise: Normalisation = field(default_factory=Unscaled)
    samples: int = quantity(3000, low=30, high=10_000_000)
    points: int = quantity(20, low=2, high=100_000)
    turns: int = quantity(4, low=1, high=10_000)
    largest: float = quantity(3e-3, above=0, high=1)
    young: float = quantity(2.1e11, unit="Pa", above=0, high=1e15)
    yields: float = quantity(3e8, unit="Pa", above=0, high=1e15)
    hardening: float = quantity(2.1e9, unit="Pa", low=0, high=1e15)
    everywhere: bool = False
    seed: int = quantity(0, low=0, high=1 << 62)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.points % self.turns:
            got, remedy = f"{self.points}", "Other points would leave turning points out."
            fail("IsotropicHardening.points", f"a multiple of {self.turns} turns", got, remedy)

    def dataset(self, progress: Progress | None = None) -> Dataset:
        """Return the paths and their stresses."""
        rng = np.random.default_rng(self.seed)
        ends = rng.uniform(-self.largest, self.largest, (self.samples, self.turns))
        ends = np.hstack([np.zeros((self.samples, 1)), ends])
        at = np.linspace(0, self.turns, self.points + 1)[1:]
        first = np.minimum(at.astype(int), self.turns - 1)
        share = at - first
        strain = ends[:, first] * (1 - share) + ends[:, first + 1] * share
        stress = self.stresses(strain) / self.yields
        y = stress if self.everywhere else stress[:, -1:]
        x = strain[:, :, None] / self.largest
        return Dataset(x=x, y=y, source="isotropic hardening", limits=(LIMIT,))

    def stresses(self, strain: Doubles) -> Doubles:
        """Return the stresses [Pa] along paths of ``strain`` (n, points), each begun at rest.

        Steps are exact where a strain between two points does not turn.
        """
        plastic = np.zeros(len(strain))
        total = np.zeros(len(strain))  # of plastic strains in both directions
        stress = np.empty_like(strain)
        for k in range(strain.shape[1]):
            trial = self.young * (strain[:, k] - plastic)
            excess = np.abs(trial) - self.yields - self.hardening * total
            flow = np.maximum(excess, 0.0) / (self.young + self.hardening)
            plastic += flow * np.sign(trial)
            total += flow
            stress[:, k] = trial - self.young * flow * np.sign(trial)
        return stress
