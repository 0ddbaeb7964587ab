"""What happens to a trained chip before it is tested, and the settings ``test.`` that say so."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import NamedTuple

from crossbar.activity import Activity
from crossbar.checks import check_fields
from crossbar.data import Dataset
from crossbar.devices import OLDEST, NoisyReads, require_activated
from crossbar.devices.retention import KELVIN
from crossbar.errors import UNKNOWN, ConfigError, fail, message, nearest
from crossbar.nn import Chip, GlobalFactor, Host, Repair, repaired
from crossbar.overlay import overlay
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.experiment import Experiment, experiment
from crossbar.runs.hardware import Hardware
from crossbar.runs.keys import hinted
from crossbar.runs.plain import describe
from crossbar.runs.settings import Faults
from crossbar.runs.trained import (
    learned_chip,
    refuse_relearning,
    same_cells,
    trained_chip,
    written,
)
from crossbar.toml import Settings, leaves, placed
from crossbar.types import Record
from crossbar.units import duration, quantity


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What happens to a trained chip between training and test.

    Parameters
    ----------
    age : [s]
        Time since programming, at which the chip is read; None or 0 for at once.
    temperature : [K]
        Temperature of storage from programming on; None for that at which the laws of the cells
        hold. Cells that drift need an activation energy.
    chip
        Fabricated chip, number of a new one that the trained weights are programmed into: other
        spread, programming errors, stuck cells and noise, the same samples. None for the chip
        that learned.
    fold
        Whether a chip that is programmed anew has its normalisations in its weights. Otherwise they
        stay in digital memory, where the repair ``normalisation`` reaches them.
    repair
        What is done to the chip before the test, at its age, or several repairs one after the
        other (``column+last-layer`` in settings); None for nothing. Samples are those of training.
    compensate
        Another name of ``repair = "global"``, of an aged chip.
    stuck
        Share of cells that get stuck after training, half of them on and half off; None for what
        the settings say.
    read_noise
        Rms read noise that every cell gets beside that of its device, relative to its range; None
        for none. Weights in digital memory have none.

    Raises
    ------
    ConfigError
        If the age is negative, the chip no whole number from 0, or there is a compensation or a
        temperature without an age.
    """

    age: float | None = quantity(
        None, unit="s", low=0, high=OLDEST, remedy="A chip lives for years: 1e9 s are 32 of them.",
    )  # fmt: skip
    temperature: float | None = quantity(
        None, unit="K", low=200, high=1000, words="temperature of storage", remedy=KELVIN,
    )  # fmt: skip
    chip: int | None = quantity(
        None, low=0, high=2**63, remedy="It numbers chips that are fabricated anew.",
    )  # fmt: skip
    fold: bool = True
    repair: Repair | tuple[Repair, ...] | None = field(
        default=None, metadata={"words": "repair before the test"}
    )
    compensate: bool = False
    stuck: float | None = quantity(
        None, share=True, low=0, high=1, words="stuck cells, half on and half off",
        remedy="It is a share of all cells.",
    )  # fmt: skip
    read_noise: float | None = quantity(
        None, share=True, low=0, high=1, words="rms read noise added, of the range",
        remedy="It is relative to the range of a cell.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_fields(self)
        for name in ("compensate", "temperature"):
            if getattr(self, name) and self.age is None:
                fail(f"Conditions.{name}", "an age with it", "none", "Set the age in seconds.")

        if self.compensate:
            if self.repair not in (None, GlobalFactor()):
                remedy = 'Leave it out: repair = "global" is the same.'
                fail("Conditions.compensate", "no other repair beside it", "one", remedy)
            object.__setattr__(self, "repair", GlobalFactor())

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """Every repair, in their order."""
        if self.repair is None:
            return ()
        return self.repair if isinstance(self.repair, tuple) else (self.repair,)

    @property
    def record(self) -> Record:
        """The conditions as plain values."""
        return {name: describe(getattr(self, name)) for name in SPECIAL}

    def streams(self, plan: Experiment, seed: int) -> Streams:
        """Return the streams of the tested chip: those that it learned with, or of a new chip."""
        return plan.streams(seed) if self.chip is None else Streams(seed, chip=self.chip)

    def stressed(self, plan: Experiment) -> Experiment:
        """Return ``plan`` with the stuck cells and the read noise of the test.

        Raises
        ------
        ConfigError
            If ``plan`` has stuck cells of its own, which these would replace, or cells that drift
            by a law that holds for one temperature alone.
        """
        if self.stuck is not None:
            if plan.common.faults != Faults():
                remedy = "Leave test.stuck out, or stress chips that learned without faults."
                fail("test.stuck", "no faults beside it", "some of the settings", remedy)
            faults = Faults(p_on=self.stuck / 2, p_off=self.stuck / 2)
            plan = replace(plan, common=replace(plan.common, faults=faults))
        if self.temperature is not None:
            for one in (plan.hardware, *plan.layers.values()):
                if one.device is not None:
                    require_activated("test.temperature", one.device)
        return plan if self.read_noise is None else plan.with_hardware(self._noisy)

    def _noisy(self, one: Hardware) -> Hardware:
        """Return ``one`` whose cells, if it has some, are read with the noise of the test."""
        assert self.read_noise is not None
        device = None if one.device is None else NoisyReads(one.device, self.read_noise)
        return replace(one, device=device)


UNCHANGED = Conditions()
TEST = "test"  # section of the settings that come after training
SPECIAL = tuple(f.name for f in fields(Conditions))


class Conditioned(NamedTuple):
    """A chip that is to be tested, what it had counted before its repair, and what that took."""

    chip: Chip
    before: Activity
    repair: Activity | None = None


def conditioned(
    plan: Experiment, run: Path, seed: int, dataset: Dataset, conditions: Conditions
) -> Conditioned:
    """Return the trained chip of ``seed`` in ``run``, after what ``conditions`` do to it.

    A repair meets ADCs whose ranges follow the chip of its time.
    """
    anew = None if conditions.chip is None else conditions.streams(plan, seed)
    chip = trained_chip(plan, dataset, seed, run, anew, fold=conditions.fold)
    later = chip.aged(conditions.age, conditions.temperature) if conditions.age else chip
    if not conditions.repairs:
        return Conditioned(later, later.activity)
    trained, learned = learned_chip(run, seed, dataset)
    weights = None
    if anew is not None or not same_cells(plan, trained):
        _, weights = written(learned, fold=conditions.fold)
    parts, streams = build.parts_of(plan.common.data, dataset, seed), conditions.streams(plan, seed)
    for one in (chip, later):
        build.ranged(one, parts, streams)
    x, targets = parts.train
    host = Host(programmed=chip, weights=weights, x=x, targets=targets)
    before, took = later.activity, Activity()
    for repair in conditions.repairs:
        later, counts = repaired(later, repair, host, streams=streams)
        took.include(counts)
    return Conditioned(later, before, took)


def split_off(settings: Settings) -> tuple[Settings, Settings]:
    """Return the settings of training, and those of the test by dotted name."""
    trained = {name: value for name, value in settings.items() if name != TEST}
    return trained, leaves(settings.get(TEST, {}))


def tested(trained: Experiment, changes: Settings) -> tuple[Experiment, Conditions]:
    """Return the experiment under which a chip of ``trained`` is tested, and its conditions.

    Raises
    ------
    ConfigError
        If a change is unknown, has a wrong value, or may not come after training.
    """
    if "seed" in changes:
        remedy = "Give seeds apart, and number fabricated chips with test.chip."
        fail(f"{TEST}.seed", "a setting that may change after training", "the seed", remedy)
    settings = trained.settings
    for name, value in changes.items():
        if name.partition(".")[0] not in SPECIAL:
            settings = placed(settings, name, value)
    try:
        plan = experiment(settings)
        refuse_relearning(plan, trained)
        special: Settings = {}
        for name, value in changes.items():
            if name.partition(".")[0] in SPECIAL:
                special = placed(special, name, value)
        age, repair = special.get("age"), special.get("repair")
        if isinstance(repair, str) and "+" in repair:
            special["repair"] = [one.strip() for one in repair.split("+")]
        if isinstance(age, str) and age != "none":  # a time, such as "30 d"
            special["age"] = duration(age, where=f"{TEST}.age")
        return plan, overlay(UNCHANGED, special)
    except ConfigError as error:
        known = [f"{TEST}.{name}" for name in SPECIAL]
        name = error.field.removeprefix(f"{TEST}.").removeprefix("Conditions.")
        if name in changes and "." not in name and name not in SPECIAL:
            expected = f"a setting, or one of: {', '.join(known)}"
            text = message(name, expected, UNKNOWN, nearest(name, SPECIAL))
            raise ConfigError(hinted(text, f"{TEST}.").renamed(f"{TEST}.{name}")) from None
        raise ConfigError(error.message.renamed(f"{TEST}.{name}")) from None
