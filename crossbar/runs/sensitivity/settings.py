"""Settings that move: their values, and the two experiments on either side of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from crossbar.errors import ConfigError, fail, nearest, shown
from crossbar.runs import build
from crossbar.runs.experiment import Experiment, experiment
from crossbar.toml import Settings, leaves, placed

RELATIVE = 1e-4  # of a setting, by which it is moved to see how the chip is made
HELD = ("seed", "chip", "data", "network", "train", "learner", "test", "energy", "faults")
TRAINING = ("softmax", "difference", "multiplier")  # blocks that reads do not pass
LIMITS = (  # what settings end in that compare with a number, and change nothing until it is passed
    "device.spread.corrupt", "programming.tolerance", "remap.limit", "compensation.loop.limit",
    "compensation.short",
)  # fmt: skip
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


def names(where: str, settings: Any) -> list[str]:
    """Return ``settings``, a list of dotted names, or raise."""
    if isinstance(settings, str) or not all(isinstance(name, str) for name in settings):
        remedy = 'Write ["device.g_max"].'
        fail(f"{where}, settings", "a list of dotted names", shown(settings), remedy)
    return list(settings)


def value_of(plan: Experiment, name: str) -> float:
    """Return the value of the setting ``name``, a number.

    Raises
    ------
    ConfigError
        If it is unknown or no number, acts on what the chip has learned, or is a limit.
    """
    _require_free(name)
    if name.endswith(LIMITS):
        expected = "a setting that cells follow smoothly"
        fail(name, expected, "a limit", "Leave it to a search: crossbar search.")
    known = leaves(_of_chip(plan))
    if name not in known:
        numbers = [one for one, value in known.items() if _moves(one, value)]
        fail(name, "a setting of the hardware that has a value", "none", nearest(name, numbers))
    value = known[name]
    if value is None:
        fail(name, "a setting that has a value", "none", "Give it one, also among the changes.")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        fail(name, "a setting that is a number", shown(value), "Search it: crossbar search.")
    return value


def moved(plan: Experiment, name: str, scale: float = 0.0) -> Moved:
    """Return the experiments on either side: of a whole number one step away.

    Where one side cannot be, the setting stays there as it is. A value of 0 moves relative to
    ``scale``.

    Raises
    ------
    ConfigError
        If neither side can be; if the value is 0 and there is no scale; or if layers have other
        values of their own as long as it is not given.
    """
    value = value_of(plan, name)
    if _of_chip(experiment(placed(plan.settings, name, value))) != _of_chip(plan):
        remedy = f"Give it, also among the changes: {name} = {value:g}."
        fail(name, "a setting with one value in all layers", "others, by their devices", remedy)
    whole = isinstance(value, int)
    step = 1 if whole else RELATIVE * (abs(value) or scale)
    if not step:
        remedy = "Give it a small value, or a scale of its changes."
        fail(name, "a value other than 0, relative to which it moves", "0", remedy)
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


def _of_chip(plan: Experiment) -> Settings:
    """Return every setting of ``plan``, as the chip has them that is programmed or learns."""
    filled = build.filled(plan) if plan.common.train.weights.programs else plan
    return filled.configuration


def _moves(name: str, value: Any) -> bool:
    """Return whether ``name`` is a setting of the hardware, and a number."""
    return name.partition(".")[0] not in HELD and isinstance(value, (int, float))


def _require_free(name: str) -> None:
    """Raise if the setting acts on what the chip has learned, not on the chip."""
    section, _, rest = name.partition(".")
    block = rest.partition(".")[0]
    if section == "blocks" and block in TRAINING:
        remedy = "Loss and accuracy are those behind ideal ones; search it: crossbar search."
        fail(name, "a block that reads pass: element or normaliser", block, remedy)
    if section in HELD:
        remedy = "The weights are held here; search it: crossbar search."
        fail(name, "a setting of the hardware: device, tile, layers, blocks", section, remedy)
