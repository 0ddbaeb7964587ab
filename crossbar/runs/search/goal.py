"""What a search is for: a number to make small or large, and what must hold meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from crossbar.checks import Checked
from crossbar.runs.comparison import comparison
from crossbar.units import quantity


@dataclass(frozen=True)
class Objective:
    """What is made as small or as large as it goes.

    Parameters
    ----------
    name
        A metric of the runs, or a parameter that is searched.
    """

    name: str
    verb: ClassVar[str]
    sign: ClassVar[float]  # the search makes sign * value small

    def __str__(self) -> str:
        return f"{self.verb} {self.name}"


class Minimise(Objective):
    """A number that is to be small, such as an energy.

    Examples
    --------
    >>> Minimise("energy_inference").verb
    'minimise'
    """

    verb = "minimise"
    sign = 1.0


class Maximise(Objective):
    """A number that is to be large, such as the noise that a chip stands.

    Examples
    --------
    >>> Maximise("test.device.sigma_read").sign
    -1.0
    """

    verb = "maximise"
    sign = -1.0


@dataclass(frozen=True)
class Constraint(Checked):
    """A bound that the mean of a metric over the seeds must keep.

    Parameters
    ----------
    name
        The metric.
    bound
        In its SI unit.

    Raises
    ------
    ConfigError
        If the bound is not finite.
    """

    name: str
    bound: float = quantity(low=-1e300, high=1e300)
    sign: ClassVar[str]
    worse: ClassVar[float]  # 1 where larger values miss the bound, -1 where smaller ones do

    def miss(self, value: float) -> float:
        """Return by how much ``value`` misses the bound; what is kept is 0 or less."""
        return self.worse * (value - self.bound) + 0.0  # no -0

    def __str__(self) -> str:
        return f"{self.name}{self.sign}{self.bound:g}"


class AtLeast(Constraint):
    """A metric that must reach the bound.

    Examples
    --------
    >>> AtLeast("accuracy", 0.75).miss(0.5), str(AtLeast("accuracy", 0.9))
    (0.25, 'accuracy>=0.9')
    """

    sign = ">="
    worse = -1.0


class AtMost(Constraint):
    """A metric that must not pass the bound.

    Examples
    --------
    >>> AtMost("latency", 2.0).miss(5.0)
    3.0
    """

    sign = "<="
    worse = 1.0


@dataclass(frozen=True)
class Goal:
    """An objective and its constraints.

    Examples
    --------
    >>> print(Goal(Minimise("energy_inference"), (AtLeast("accuracy", 0.9),)))
    minimise energy_inference subject to accuracy>=0.9
    """

    objective: Objective
    constraints: tuple[Constraint, ...] = ()

    def __str__(self) -> str:
        kept = " and ".join(map(str, self.constraints))
        return f"{self.objective} subject to {kept}" if kept else str(self.objective)


def constraint(text: str, units: Mapping[str, str]) -> Constraint:
    """Return the constraint that ``text`` stands for; bounds may have a unit or be in percent.

    Parameters
    ----------
    units
        Those of the metrics by name, ``%`` for a share.

    Raises
    ------
    ConfigError
        If it is no comparison of a metric with a number, or the number has another unit.

    Examples
    --------
    >>> units = {"accuracy": "%", "energy_inference": "J"}
    >>> constraint("accuracy>=90%", units), constraint("energy_inference <= 2 nJ", units)
    (AtLeast(name='accuracy', bound=0.9), AtMost(name='energy_inference', bound=2e-09))
    """
    one = comparison(text, "--subject-to", (AtLeast.sign, AtMost.sign))
    kind = AtLeast if one.sign == AtLeast.sign else AtMost
    return kind(one.name, one.number(units.get(one.name)))
