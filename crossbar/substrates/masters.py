"""What holds weights while they learn: the cells of the chip, or digital memory."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.substrates.aware import Aware
from crossbar.substrates.digital import Digital
from crossbar.substrates.port import Substrate
from crossbar.types import FloatType
from crossbar.units import quantity


class MasterWeights(Specification):
    """Immutable specification of what holds weights while they learn."""

    programs: ClassVar[bool] = True
    """Whether a chip is programmed with the weights after they learned."""
    rehearses: ClassVar[bool] = False
    """Whether signals go through cells while the weights are elsewhere."""

    @abstractmethod
    def substrate(self, cells: Substrate, dtype: FloatType) -> Substrate:
        """Return what learns in place of ``cells``, in the precision ``dtype``."""


MASTERS = Registry(
    MasterWeights, "masters", "holder of the weights in training", setting="train.weights"
)


@MASTERS.register("cells")
@dataclass(frozen=True, kw_only=True)
class InCells(MasterWeights):
    """In the cells of the chip, which learns itself.

    Source: LETI 2026 (on-chip backpropagation).
    """

    programs: ClassVar[bool] = False

    def substrate(self, cells: Substrate, dtype: FloatType) -> Substrate:
        """Return ``cells``."""
        return cells


@MASTERS.register("memory")
@dataclass(frozen=True, kw_only=True)
class InMemory(MasterWeights):
    """In digital memory, without any error; the chip is programmed afterwards (plain mapping).

    Source: definition.
    """

    def substrate(self, cells: Substrate, dtype: FloatType) -> Substrate:
        """Return digital memory."""
        return Digital(dtype=dtype)


@MASTERS.register("hardware-aware")
@dataclass(frozen=True, kw_only=True)
class HardwareAware(MasterWeights):
    """In digital memory, read through newly fabricated chips; the chip is programmed afterwards.

    Forward reads have all errors of the chip: programming, spread, stuck cells, noise of reads,
    converters, lines. Every batch meets another chip, so that the weights learn what all chips have
    in common and not the errors of one. Gradients pass straight through to weights in memory.

    Parameters
    ----------
    every
        Changes of the weights (batches, in most rules) between two chips. In between the same chip
        is programmed again.
    clip
        Largest weight, in standard deviations of those of its matrix; none for no limit.

    Source: Murray and Edwards, IEEE Trans. Neural Netw. 5:792, 1994; Joshi et al., Nat. Commun.
    11:2473, 2020. Both numbers, 20 changes to a chip and 2.5 standard deviations, are assumed.
    """

    rehearses: ClassVar[bool] = True

    every: int = quantity(20, low=1, high=1_000_000, remedy="1 is another chip for every batch.")
    clip: float | None = quantity(2.5, above=0, high=1e6, remedy="2.5 is a beginning.")

    def substrate(self, cells: Substrate, dtype: FloatType) -> Substrate:
        """Return digital memory that is read through ``cells``."""
        return Aware(held=cells, every=self.every, clip=self.clip)
