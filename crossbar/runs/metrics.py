"""What a test of a chip gives as numbers: each with words, unit and which direction is better."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crossbar.checks import check_fields
from crossbar.errors import ConfigError, CrossbarError, fail, message, reason
from crossbar.meaning import COUNT, DETAIL, Meaning
from crossbar.nn import Evaluation
from crossbar.registry import Registry
from crossbar.toml import Settings
from crossbar.units import quantity


class Better(enum.Enum):
    """Which values of a metric are better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True)
class Measured:
    """A tested chip, as metrics see it.

    Attributes
    ----------
    evaluation
        What the chip made of the test samples: ``outputs`` (n, outputs), and ``labels`` (n,) of
        classes or ``values`` of a regression.
    figures
        What is known besides, by name: figures of the evaluation, and where they were counted
        ``energy_inference`` and ``energy_training`` [J], ``latency`` [s] and ``cells``.
    """

    evaluation: Evaluation
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def outputs(self) -> Any:
        """Outputs of the chip (n, outputs); of classes their probabilities or scores."""
        return self.evaluation.outputs

    @property
    def labels(self) -> Any:
        """Labels (n,); None in a regression."""
        return self.evaluation.labels


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A number that a test gives.

    Parameters
    ----------
    name
        As records, sweeps and ``--subject-to`` call it.
    of
        Function that returns the number of a :class:`Measured`; None where it has no meaning there.
    words
        What it is, for axes and tables.
    unit
        SI unit; ``%`` for a share.
    better
        Which values are better.
    least
        Least value that it can have, where an interval is cut; None for no such value. A share has
        values from 0 to 1.
    role
        What else reports know it by: :data:`crossbar.meaning.COUNT` or
        :data:`~crossbar.meaning.DETAIL`; empty for a result like any other.
    """

    name: str
    of: Callable[[Measured], float | None] = field(metadata={"record": False})
    words: str = ""
    unit: str = ""
    better: Better = Better.NEITHER
    least: float | None = quantity(None, low=-1e30, high=1e30)
    role: str = ""

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.name.isidentifier():
            fail("Metric.name", "letters, digits and _", repr(self.name), "Name it otherwise.")
        if self.role not in ("", COUNT, DETAIL):
            fail("Metric.role", f"{COUNT} or {DETAIL}", repr(self.role), "Leave it out.")

    @property
    def record(self) -> Settings:
        """What a record says about it, so that it is read without its module."""
        words = self.words or self.name.replace("_", " ")
        said = {"words": words, "unit": self.unit, "better": self.better.value}
        more = {"least": self.least} if self.least is not None else {}
        return said | more | ({"role": self.role} if self.role else {})

    def value(self, test: Measured) -> float | None:
        """Return the number of ``test``.

        Raises
        ------
        ConfigError
            If the function fails, or gives no number.
        """
        try:
            given = self.of(test)
            return None if given is None else float(given)
        except CrossbarError:
            raise
        except Exception as error:
            expected = "a function that gives a number"
            text = message(f"metric '{self.name}'", expected, reason(error), "Correct it.")
            raise ConfigError(text) from error


METRICS = Registry(Metric, "metrics", "numbers that a test of a chip gives", setting="metrics")


def _figure(name: str, test: Measured) -> float | None:
    """Return what is known of a test under ``name``."""
    return test.figures.get(name)


def _known(
    name: str, words: str, unit: str = "", better: Better = Better.NEITHER, **more: Any
) -> None:
    """Register as a metric what is known of a test under ``name``."""
    metric = Metric(
        name=name,
        words=words,
        unit=unit,
        better=better,
        of=functools.partial(_figure, name),
        **more,
    )
    METRICS.register(name, words=words)(metric)


# The first ones stand in lists of runs.
_known("accuracy", "accuracy", "%", Better.HIGHER)
_known("r2", "R²", better=Better.HIGHER)
_known("rmse", "RMS error", better=Better.LOWER, least=0.0)
_known("loss", "loss", better=Better.LOWER, least=0.0)
_known("energy_inference", "energy of an inference", "J", Better.LOWER)
_known("energy_training", "energy of a training step", "J", Better.LOWER)
_known("latency", "time of an inference", "s", Better.LOWER)
_known("cells", "cells")
_known("agreement", "decisions equal to those of the trained chip", "%", Better.HIGHER, role=DETAIL)
_known("repair_energy", "energy of a repair", "J", Better.LOWER)
_REPAIR_TIME = "time of a repair (reads, learning pulse by pulse, refresh group by group)"
_known("repair_time", _REPAIR_TIME, "s", Better.LOWER)
_known("precision", "precision", "%", Better.HIGHER, role=DETAIL)
_known("recall", "recall", "%", Better.HIGHER, role=DETAIL)
_known("f1", "F1 score", "%", Better.HIGHER, role=DETAIL)
_known("test_images", "test samples", role=COUNT)
_known("independent_images", "independent test samples", role=COUNT)
_known("resampling", "test samples a training sample, split anew by every seed", role=COUNT)


def known(own: Iterable[Metric] = ()) -> tuple[Metric, ...]:
    """Return the metrics of the package and of installed ones, then ``own``, each name once.

    Raises
    ------
    ConfigError
        If two have one name.
    """
    metrics: dict[str, Metric] = {}
    for metric in (*(METRICS.resolve(name, "metrics") for name in METRICS.names), *own):
        if metrics.setdefault(metric.name, metric) is not metric:
            fail("metrics", "a name of its own for each", f"'{metric.name}' twice", "Rename it.")
    return tuple(metrics.values())


def units(about: Mapping[str, Any]) -> dict[str, str]:
    """Return the unit of every metric and setting that a store notes to be ``about``, by name.

    A unit that the user gave comes first; the metrics of the package are always there.
    """
    noted = {metric.name: metric.unit for metric in known()}
    noted |= {name: Meaning(*one).unit for name, one in about.get("meanings", {}).items()}
    noted |= {name: one["unit"] for name, one in about.get("metrics", {}).items()}
    return noted | (about.get("units") or {})


def values(test: Measured, metrics: Sequence[Metric]) -> dict[str, float]:
    """Return the numbers of ``test`` by name, of the ``metrics`` that have a meaning there."""
    numbers = {metric.name: metric.value(test) for metric in metrics}
    return {name: number for name, number in numbers.items() if number is not None}
