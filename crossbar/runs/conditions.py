"""What happens to a trained chip before it is tested."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crossbar.checks import check_fields
from crossbar.data import Dataset
from crossbar.devices import OLDEST
from crossbar.errors import fail
from crossbar.nn import Chip, compensated
from crossbar.random import Streams
from crossbar.runs.experiment import Experiment
from crossbar.runs.trained import learned_chip, new_chip, trained_chip
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What happens to a trained chip between training and test.

    Parameters
    ----------
    age : [s]
        Time since programming, at which the chip is read; None or 0 for at once.
    chip
        Fabricated chip, number of a new one that the trained weights are programmed into: other
        spread, programming errors, stuck cells and noise, the same samples. None for the chip
        that learned.
    compensate
        Drift compensation of every layer; see :func:`crossbar.nn.compensated`. At
        once there is none.

    Raises
    ------
    ConfigError
        If the age is negative, the chip no whole number from 0, or there is a compensation
        without an age.
    """

    age: float | None = quantity(
        None, unit="s", low=0, high=OLDEST, remedy="A chip lives for years: 1e9 s are 32 of them.",
    )  # fmt: skip
    chip: int | None = quantity(
        None, low=0, high=2**63, remedy="It numbers chips that are fabricated anew.",
    )  # fmt: skip
    compensate: bool = False

    def __post_init__(self) -> None:
        check_fields(self)
        if self.compensate and self.age is None:
            fail("Conditions.compensate", "an age with it", "none", "Set the age in seconds.")

    def streams(self, seed: int) -> Streams:
        """Return the streams of the tested chip: those of ``seed``, or others for a new chip."""
        streams = Streams(seed)
        if self.chip is None:
            return streams
        return Streams(int(streams("chip", number=self.chip).integers(2**63)))


UNCHANGED = Conditions()


def conditioned(
    plan: Experiment, run: Path, seed: int, dataset: Dataset, conditions: Conditions
) -> Chip:
    """Return the trained chip of ``seed`` in ``run``, after what ``conditions`` do to it."""
    if conditions.chip is None:
        chip = trained_chip(plan, dataset, seed, run)
    else:
        _, learned = learned_chip(run, seed, dataset)
        chip = new_chip(plan, learned, conditions.streams(seed))
    if not conditions.age:
        return chip
    if conditions.compensate:
        return compensated(chip, conditions.age, streams=conditions.streams(seed))
    return chip.aged(conditions.age)
