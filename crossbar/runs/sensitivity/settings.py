"""Settings that move: their values, and the two experiments on either side of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from crossbar.errors import ConfigError, fail, nearest, shown
from crossbar.runs.experiment import Experiment, experiment
from crossbar.toml import leaves, placed

RELATIVE = 1e-4  # of a setting, by which it is moved to see how the chip is made
HELD = ("seed", "chip", "data", "network", "train", "learner", "test", "energy", "faults")
EXACT, STRAIGHT, DIFFERENCE = "exact", "straight-through", "difference"


class Moved(NamedTuple):
    """Experiments with a setting on either side of its value, and how far apart they are."""

    name: str
    low: Experiment
    high: Experiment
    apart: float
    whole: bool


def changed(plan: Experiment, changes: Mapping[str, Any]) -> Experiment:
    """Return ``plan`` with the settings ``changes`` by dotted name.

    Raises
    ------
    ConfigError
        If a name is unknown, a value cannot be, or a setting acts on what the chip has learned.
    """
    settings = plan.settings
    for name, value in changes.items():
        _require_free(name)
        settings = placed(settings, name, value)
    return experiment(settings)


def value_of(plan: Experiment, name: str) -> float:
    """Return the value of the setting ``name``, a number.

    Raises
    ------
    ConfigError
        If it is unknown or no number, or acts on what the chip has learned.
    """
    _require_free(name)
    known = leaves(plan.configuration)
    if name not in known:
        fail(name, "a setting of the hardware that has a value", "none", nearest(name, known))
    value = known[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        fail(name, "a setting that is a number", shown(value), "Search it: crossbar search.")
    return value


def moved(plan: Experiment, name: str) -> Moved:
    """Return the experiments on either side: of a whole number one step away.

    Where one side cannot be, the setting stays there as it is.

    Raises
    ------
    ConfigError
        If neither side can be, or the value is 0, which has no scale.
    """
    value = value_of(plan, name)
    whole = isinstance(value, int)
    if not value and not whole:
        remedy = "Give it a small value, or leave it out."
        fail(name, "a value other than 0, relative to which it moves", "0", remedy)
    step = 1 if whole else RELATIVE * abs(value)
    plans, apart, errors = [], 0.0, []
    for side in (-step, step):
        try:
            plans.append(experiment(placed(plan.settings, name, value + side)))
            apart += step
        except ConfigError as error:
            errors.append(error)
            plans.append(plan)
    if len(errors) > 1:
        raise errors[0]
    return Moved(name, plans[0], plans[1], apart, whole)


def _require_free(name: str) -> None:
    """Raise if the setting acts on what the chip has learned, not on the chip."""
    section = name.partition(".")[0]
    if section in HELD:
        remedy = "The weights are held here; search it: crossbar search."
        fail(name, "a setting of the hardware: device, tile, layers, blocks", section, remedy)
