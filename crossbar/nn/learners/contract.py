"""Whether a learning rule from outside the package keeps the contract, tried before it is used."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from crossbar.contracts import answer, named, outside, require_instance, require_numbers
from crossbar.errors import ConvergenceError, CrossbarError, fail
from crossbar.nn.learners.base import Learner
from crossbar.types import Floats

if TYPE_CHECKING:
    from crossbar.nn.chip import Chip

FEW = 2  # samples that a rule from outside is tried on


def prove(learner: Learner, chip: Chip, x: Floats, targets: Any, rate: float) -> None:
    """Raise unless ``learner`` takes a step of ``chip``, which it changes, on some samples.

    A step that diverges is left to training.
    """
    learner = learner.over(1)
    x, wanted = x[:FEW], chip.wanted("prove", targets[:FEW], len(x[:FEW]))
    rng = np.random.default_rng(0)
    where, remedy = named(learner, "memory"), "Return arrays by name: self.zeros(chip)."
    memory = require_instance(where, answer(learner, "memory", chip), dict, remedy)
    kept = {name: require_instance(where, array, np.ndarray, remedy).shape
            for name, array in memory.items()}  # fmt: skip
    draws: dict[str, Any] = {"rng": rng, "masks": rng, "writes": rng}
    try:
        outputs = answer(learner, "step", chip, x, wanted, rate, memory, **draws)
    except ConvergenceError:
        return
    except CrossbarError as error:
        raise type(error)(error.message.within(named(learner, "step"))) from None
    require_numbers(named(learner, "step"), outputs, wanted.shape, remedy="Return the outputs.")
    if {name: np.shape(array) for name, array in memory.items()} != kept:
        remedy = "Write v[...] = ... or v += ..."
        fail(named(learner, "step"), "a memory that changes in place", "another one", remedy)


def begin(learner: Learner, chip: Chip, x: Floats, targets: Any, rate: float) -> dict[str, Floats]:
    """Return the memory that ``learner`` begins with.

    A rule from outside is tried first, on a copy of ``chip``.
    """
    if outside(type(learner)):
        prove(learner, copy.deepcopy(chip), x, targets, rate)
    return learner.memory(chip)
