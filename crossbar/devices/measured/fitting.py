"""A law fitted to the noisy trains of one device: soft bounds or an exponential step.

The conductance between two pulses is known only as well as a read is accurate. If reads spread by
more than a step, steps cannot be taken from differences of reads. The trace as a whole still
determines the law, so the law is fitted to all its conductances at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from crossbar.devices.laws.linear import SoftBounds
from crossbar.devices.laws.steps import Exponential, exponential
from crossbar.devices.measured.traces import Trace
from crossbar.devices.measured.train_fit import TrainFit
from crossbar.errors import DataError, message
from crossbar.types import Floats

Form = Callable[[Floats, Floats], Floats]
SURE = 3.0  # standard errors above zero at which reads count as noisy
BETTER = 10.0  # decrease of the Bayesian information criterion that justifies one more parameter
LOOSE = 0.5  # largest relative standard error of the step and of the range
NUDGE = 1e-6  # change of a parameter for the derivative


def noisy(traces: Sequence[Trace]) -> bool:
    """Return whether reads of ``traces`` spread by more than a step, beyond chance.

    With e the second differences of a train, read noise gives E[e_n e_(n+2)] = sigma^2.
    Variations from pulse to pulse, and a smooth curve, give zero.
    """
    products, steps = [], []
    for trace in traces:
        bent = np.diff(trace.g, 2)
        products.append(bent[2:] * bent[:-2])
        steps.append(abs(trace.g[-1] - trace.g[0]) / max(len(trace.g) - 1, 1))
    every = np.concatenate(products)
    if len(every) < 2:
        return False
    error = every.std(ddof=1) / np.sqrt(len(every))
    return bool(every.mean() > max(float(np.mean(steps)) ** 2, SURE * error))


def fitted(traces: Sequence[Trace], where: str = "traces") -> TrainFit:
    """Return the law that describes the trains of one device: the better of the two.

    Soft bounds are the exponential step without steepness; the exponential is taken where its
    parameter more lowers the Bayesian information criterion by ten.

    Raises
    ------
    DataError
        If there are several devices, set or reset trains are missing, or the trains leave the step
        or the range uncertain by half.

    Source: definition; soft bounds and the exponential step as in :class:`SoftBounds` and
    :class:`Exponential`.
    Valid for: noise of reads that is independent from pulse to pulse.
    """
    if len({trace.device for trace in traces}) > 1:
        expected = "trains of one device, where reads spread by more than a step"
        raise DataError(message(where, expected, "several", "Give a file a device."))
    for rising, kind in ((True, "set"), (False, "reset")):
        if not any(trace.rising == rising for trace in traces):
            raise DataError(message(where, f"a {kind} train", "none", "Measure both trains."))
    soft, steep = _Problem(traces, steep=False), _Problem(traces, steep=True)
    first = soft.solve(soft.start())
    second = steep.solve(np.insert(first, 4, 0.0))
    gain = soft.criterion(first) - steep.criterion(second)
    return steep.read(second, where) if gain > BETTER else soft.read(first, where)


class _Problem:
    """Least squares of one law over ``traces``, in units of the span of their conductances.

    Parameters: lower bound, range, ln dw_min, artanh asymmetry, ln steepness (if ``steep``), and
    where each train starts.
    """

    def __init__(self, traces: Sequence[Trace], *, steep: bool) -> None:
        self.traces, self.steep = traces, steep
        self.form: Form = exponential if steep else lambda u, _: 2.0 * (1.0 - u)
        self.low = min(float(trace.g.min()) for trace in traces)
        self.span = max(float(trace.g.max()) for trace in traces) - self.low
        self.measured = [(trace.g - self.low) / self.span for trace in traces]
        self.rising = np.array([trace.rising for trace in traces])
        self.laws = 5 if steep else 4

    def start(self) -> Floats:
        """Return the bounds where trains end and a step that passes half of the way in time."""
        ends = [np.median(g[-max(len(g) // 20, 1) :]) for g in self.measured]
        starts = [np.median(g[: max(len(g) // 50, 1)]) for g in self.measured]
        low = min(end for end, up in zip(ends, self.rising, strict=True) if not up)
        high = max(end for end, up in zip(ends, self.rising, strict=True) if up)
        halves = [
            max(int(np.argmax(np.abs(g - a) >= abs(b - a) / 2)), 1)
            for g, a, b in zip(self.measured, starts, ends, strict=True)
        ]
        dw = 0.5 * (1 - 0.5 ** (1 / np.median(halves)))
        return np.array([low, high - low, np.log(dw), 0.0, *starts])

    def model(self, parameters: Floats) -> list[Floats]:
        """Return the conductances of the law, (sets of parameters, pulses + 1) a train."""
        low, span, log_dw, tilt = (parameters[:, k : k + 1] for k in range(4))
        steepness = np.exp(parameters[:, 4:5]) if self.steep else low
        u = (parameters[:, self.laws :] - low) / span
        v = np.where(self.rising, u, 1 - u)  # both kinds rise to 1
        step = np.exp(log_dw) * (1 + np.where(self.rising, 1, -1) * np.tanh(tilt))
        states = [v]
        for _ in range(max(len(g) for g in self.measured) - 1):
            with np.errstate(over="ignore"):  # a step beyond all numbers ends at the bound too
                v = np.minimum(v + step * self.form(v, steepness), 1.0)
            states.append(v)
        every = np.stack(states, axis=1)
        every = low[:, :, None] + span[:, :, None] * np.where(self.rising, every, 1 - every)
        return [every[:, : len(g), k] for k, g in enumerate(self.measured)]

    def residuals(self, parameters: Floats) -> Floats:
        """Return measured less modelled conductances of all trains."""
        model = self.model(parameters[None, :])
        return np.concatenate([g - m[0] for g, m in zip(self.measured, model, strict=True)])

    def jacobian(self, parameters: Floats) -> Floats:
        """Return the derivative of the residuals, all parameters in one pass."""
        nudged = np.vstack([parameters, parameters + NUDGE * np.eye(len(parameters))])
        every = np.concatenate(self.model(nudged), axis=1)
        return np.asarray((every[0] - every[1:]).T / NUDGE)

    def solve(self, start: Floats) -> Floats:
        """Return the parameters of least squares."""
        from scipy.optimize import least_squares

        low, high = self.limits(len(start))
        inside = np.clip(start, low + 1e-9, high - 1e-9)
        solution = least_squares(
            self.residuals, inside, jac=self.jacobian, bounds=(low, high), x_scale="jac"
        )
        return np.asarray(solution.x)

    def limits(self, count: int) -> Floats:
        """Return the least and the largest value of ``count`` parameters."""
        low, high = np.full((2, count), [[-np.inf], [np.inf]])
        low[1], low[2], high[2] = 1e-3, np.log(1e-7), np.log(0.3)
        low[3], high[3] = -3.0, 3.0
        if self.steep:
            low[4], high[4] = np.log(1e-2), np.log(20.0)
        return np.stack([low, high])

    def criterion(self, parameters: Floats) -> float:
        """Return the Bayesian information criterion, for noise of unknown size."""
        rest = self.residuals(parameters)
        n = len(rest)
        return float(n * np.log(np.mean(rest**2)) + len(parameters) * np.log(n))

    def read(self, parameters: Floats, where: str) -> TrainFit:
        """Return the fit with ``parameters``, in siemens and with standard errors."""
        rest = self.residuals(parameters)
        ends = np.cumsum([len(g) for g in self.measured])[:-1]
        parts = tuple(self.span * part for part in np.split(rest, ends))
        lagged = sum(float(np.sum(part[1:] * part[:-1])) for part in parts)
        correlation = lagged / sum(float(np.sum(part**2)) for part in parts)
        covariance = np.linalg.pinv(self.jacobian(parameters).T @ self.jacobian(parameters))
        covariance *= np.sum(rest**2) / (len(rest) - len(parameters))
        r = min(max(correlation, 0.0), 0.999)
        covariance *= (1 + r) / (1 - r)  # of a mean over first-order autoregressive noise
        errors, values = self._named(parameters, covariance)
        at_limit = np.isclose(parameters, self.limits(len(parameters)), atol=1e-3).any()
        _require_sure(values, errors, bool(at_limit), where)
        law = {name: values[name] for name in ("dw_min", "steepness") if name in values}
        return TrainFit(
            step=Exponential(**law) if self.steep else SoftBounds(**law),
            g_min=values["g_min"],
            g_max=values["g_max"],
            asymmetry=values["asymmetry"],
            errors=errors,
            noise=float(self.span * np.sqrt(np.mean(rest**2))),
            correlation=correlation,
            residuals=parts,
            traces=tuple(self.traces),
        )

    def _named(
        self, parameters: Floats, covariance: Floats
    ) -> tuple[dict[str, float], dict[str, float]]:
        """Return standard errors and values by name."""
        error = np.sqrt(np.diag(covariance))
        low, span, dw, tilt = parameters[0], parameters[1], np.exp(parameters[2]), parameters[3]
        top = np.sqrt(covariance[0, 0] + covariance[1, 1] + 2 * covariance[0, 1])
        known = {
            "g_min": (self.span * error[0], self.low + self.span * low),
            "g_max": (self.span * top, self.low + self.span * (low + span)),
            "dw_min": (dw * error[2], dw),
            "asymmetry": (error[3] / np.cosh(tilt) ** 2, np.tanh(tilt)),
        }
        if self.steep:
            steepness = np.exp(parameters[4])
            known["steepness"] = (steepness * error[4], steepness)
        errors, values = ({name: float(one[k]) for name, one in known.items()} for k in (0, 1))
        return errors, values


def _require_sure(
    values: dict[str, float], errors: dict[str, float], at_limit: bool, where: str
) -> None:
    """Raise if the trains do not determine the step or the range."""
    span = values["g_max"] - values["g_min"]
    blind = not errors["dw_min"] > 0  # one pulse passes all of the range: no step fits better
    doubts = {
        "step": math.inf if at_limit or blind else errors["dw_min"] / values["dw_min"],
        "upper bound": errors["g_max"] / span,
        "lower bound": errors["g_min"] / span,
    }
    for name, doubt in doubts.items():
        if not doubt <= LOOSE:
            remedy = (
                "Measure longer trains, nearer to the bounds, with pulses that need more than a "
                "few steps; steps that do not vanish at the bounds follow neither law."
            )
            got = f"{name} +- {100 * doubt:.0f} %"
            raise DataError(message(where, "trains that tell step and range", got, remedy))
    if not values["g_min"] > 0:
        got = f"{values['g_min']:.3g} S"
        remedy = "Measure reset trains nearer to the bound, and subtract the offset of the meter."
        raise DataError(message(where, "a fitted lower bound above 0", got, remedy))
