"""Settings with the prefix ``test.``: what changes after training, before the test."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from crossbar.errors import UNKNOWN, ConfigError, fail, message, nearest
from crossbar.runs.conditions import UNCHANGED, Conditions
from crossbar.runs.experiment import Experiment, experiment
from crossbar.runs.keys import hinted
from crossbar.runs.overlay import overlay
from crossbar.runs.toml import leaves, placed
from crossbar.runs.trained import refuse_relearning
from crossbar.units import duration

TEST = "test"
SPECIAL = tuple(f.name for f in fields(Conditions))
Settings = dict[str, Any]


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
        if name not in SPECIAL:
            settings = placed(settings, name, value)
    try:
        plan = experiment(settings)
        refuse_relearning(plan, trained)
        return plan, _conditions({k: v for k, v in changes.items() if k in SPECIAL})
    except ConfigError as error:
        known = [f"{TEST}.{name}" for name in SPECIAL]
        name = error.field.removeprefix(f"{TEST}.").removeprefix("Conditions.")
        if name in changes and "." not in name and name not in SPECIAL:
            expected = f"a setting, or one of: {', '.join(known)}"
            text = message(name, expected, UNKNOWN, nearest(name, SPECIAL))
            raise ConfigError(hinted(text, f"{TEST}.").renamed(f"{TEST}.{name}")) from None
        raise ConfigError(error.message.renamed(f"{TEST}.{name}")) from None


def _conditions(special: Settings) -> Conditions:
    """Return the conditions that plain values describe; times may be texts such as "30 d"."""
    age = special.get("age")
    if isinstance(age, str) and age != "none":
        special = special | {"age": duration(age, where=f"{TEST}.age")}
    conditions: Conditions = overlay(UNCHANGED, special)
    return conditions
