"""What can be set in an experiment, whatever its hardware."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from crossbar.checks import Checked
from crossbar.circuit.blocks import Blocks
from crossbar.data import Data, Synthetic
from crossbar.errors import fail, shown
from crossbar.nn import Learner, Sequential, Training
from crossbar.runs.metrics import Metric, known
from crossbar.runs.networks import Architecture, architecture
from crossbar.units import METHOD, SPREAD, quantity


@dataclass(frozen=True, kw_only=True)
class Faults(Checked):
    """Stuck cells.

    Parameters
    ----------
    p_on
        Share of cells stuck at the highest conductance; see :class:`crossbar.devices.StuckAt`.
    p_off
        Share of cells stuck at the lowest conductance.
    map
        Map of stuck cells, in place of probabilities: a file or folder of -1, 0, +1; see
        :class:`crossbar.circuit.faultmap.FaultMap`.
    """

    p_on: float = quantity(
        0.0, share=True, low=0, high=1, role=SPREAD, remedy="It is a probability."
    )
    p_off: float = quantity(
        0.0, share=True, low=0, high=1, role=SPREAD, remedy="It is a probability."
    )
    map: str | None = field(default=None, metadata={"path": True})

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.map is not None and (self.p_on or self.p_off):
            fail("faults", "a map or probabilities", "both", "Give only one of them.")


@dataclass(frozen=True, kw_only=True)
class EnergySettings(Checked):
    """How energy is measured.

    Parameters
    ----------
    rate
        Images per second, for power.
    images
        Images that events were counted over.
    costs
        Costs with their sources, a JSON file such as a circuit characterisation; see
        :func:`crossbar.energy.read_costs`.
    """

    rate: float = quantity(3000.0, unit="Hz", low=1e-9, high=1e15, role=METHOD)
    images: int = quantity(50, low=1, high=10_000_000, role=METHOD)
    costs: str | None = field(default=None, metadata={"path": True})


@dataclass(frozen=True, kw_only=True)
class Common(Checked):
    """Settings that do not depend on the hardware.

    Parameters
    ----------
    learner
        Learning rule: what follows after the samples of a step.
    metrics
        Metrics of one's own, beside those of the package.
    seed
        Seed.
    chip
        Fabricated chip that learns, number of a new one: other spread, programming errors, stuck
        cells and noise; the same split, initial weights and order of samples. None for the chip of
        the seed.
    """

    data: Data = field(default_factory=Synthetic)
    network: Architecture = field(default_factory=lambda: architecture({}))
    faults: Faults = field(default_factory=Faults)
    blocks: Blocks = field(default_factory=Blocks)
    train: Training = field(default_factory=Training)
    learner: Learner = field(default_factory=Sequential)
    energy: EnergySettings = field(default_factory=EnergySettings)
    metrics: tuple[Metric, ...] = ()
    seed: tuple[int, ...] = quantity((0,), low=0)
    chip: int | None = quantity(
        None, low=0, high=2**63, remedy="It numbers chips that are fabricated anew.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        known(self.metrics)  # or whose name another has
        require_seeds("seed", self.seed, "Write seed = 0, or seed = [0, 1, 2].")


SEEDS = 2**63 - 1  # the largest whole number that a store keeps


def require_seeds(where: str, seeds: Sequence[Any], remedy: str) -> None:
    """Raise :class:`ConfigError` unless ``seeds`` are different whole numbers, one or more."""
    whole = all(type(seed) is int and 0 <= seed <= SEEDS for seed in seeds)
    if not seeds or not whole or len(set(seeds)) < len(seeds):
        got = ", ".join(map(shown, seeds)) or "none"
        fail(where, "different whole numbers from 0 to 2^63 - 1", got, remedy)
