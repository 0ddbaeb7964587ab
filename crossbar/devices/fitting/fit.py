"""From measured trains to a device: every law tried, one chosen, its posterior drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from crossbar.checks import require_part
from crossbar.devices.fitting.candidate import Candidate, candidates, tabulated
from crossbar.devices.fitting.device_fit import DRAWS, DeviceFit, summarised
from crossbar.devices.fitting.goodness import POOR, Goodness, goodness
from crossbar.devices.fitting.mode import Mode, most_probable
from crossbar.devices.fitting.model import Model
from crossbar.devices.fitting.observations import Observations
from crossbar.devices.fitting.population import named
from crossbar.devices.fitting.sampling import sampled
from crossbar.devices.fitting.selection import NONE, TIE, Heldout, chosen, held_out, way
from crossbar.devices.laws.steps import Step
from crossbar.devices.measured.estimates import Estimate
from crossbar.devices.measured.pulse_trains import PulseTrains
from crossbar.errors import DataError, message, require_number
from crossbar.progress import Progress, reporting, shown
from crossbar.types import Rng

FEWEST = 8  # pulses of each polarity of a device
TABLE = "table"
LOOSE = 0.5  # of the range, the width of an interval of a bound that is not known
LEVEL = "A share of cases: 0.9 is usual."


class _Work(NamedTuple):
    """Laws that were fitted to all trains, and what each says of those that are held out."""

    data: Observations
    modes: dict[str, Mode]
    heldout: dict[str, Heldout]
    progress: Progress

    def attempt(self, law: Candidate, of: int = 0) -> None:
        """Fit a law; it is one ``of`` so many."""
        mode = most_probable(Model(self.data, law, self.data.cells > 1))
        self.modes[law.name], self.heldout[law.name] = mode, held_out(mode)
        self.progress("laws", len(self.modes), max(of, len(self.modes)), law.name)


@reporting
def fit_device(
    trains: PulseTrains,
    *,
    rng: Rng,
    level: float = 0.9,
    laws: Sequence[type[Step] | str] = (),
    progress: Progress = shown,
) -> DeviceFit:
    """Return the device that measured trains of pulses determine, with its uncertainty.

    Pulses act as in :class:`~crossbar.devices.Memristor`, with cells that differ as in
    :class:`~crossbar.devices.LogNormal`. Steps vary from pulse to pulse, reads are noisy, single
    reads may be wrong. Each law is fitted to all trains at once, and the one that predicts trains
    best that it was not fitted to is chosen, with the fewest numbers of those that do so as well.
    If its errors of prediction are more than chance, the measured table of steps is tried too. How
    often intervals cover the truth is measured in ``docs/fits.md``.

    Parameters
    ----------
    trains
        Set and reset pulses of every device.
    rng
        Draws the posterior.
    level
        Share of cases in which an interval covers the truth.
    laws
        Steps to be tried, by their names in settings or as classes; all closed forms if none.
    progress
        Called with task, steps done, steps in all and a text; see :mod:`crossbar.progress`.

    Raises
    ------
    DataError
        If a device has fewer than eight pulses of a polarity, or the conductance does not change.
    ConfigError
        If ``level`` is no share, or a law has no number that scales its step.
    """
    require_part("fit_device.trains", trains, PulseTrains)
    require_number("fit_device.level", level, low=0.5, high=0.999, remedy=LEVEL)
    _require_pulses(trains)
    work = _Work(Observations.of(trains.traces), {}, {}, progress)
    best, errors, reason = _chosen(work, candidates(laws))
    mode = work.modes[best]
    draws = sampled(mode, rng=rng, progress=progress)
    flat = draws.reshape(-1, draws.shape[-1])
    parameters, spread = summarised(named(mode.model, flat), level)
    keep = np.linspace(0, len(flat) - 1, min(DRAWS, len(flat))).astype(int)
    return DeviceFit(
        law=mode.model.law.name,
        parameters=parameters,
        spread=spread,
        heldout={name: one.total for name, one in work.heldout.items()},
        reason=reason,
        goodness=errors,
        posterior=named(mode.model, flat[keep]),
        level=level,
        notes=(*trains.notes, *_open(parameters, spread, mode)),
        trains=trains,
        mode=mode,
    )


def _chosen(work: _Work, laws: Sequence[Candidate]) -> tuple[str, Goodness, str]:
    """Return the law that is chosen, its errors of prediction, and why."""
    for law in laws:
        work.attempt(law, len(laws))
    best = chosen(work.modes, work.heldout)
    errors = goodness(work.modes[best])
    reason = _reason(best, work.heldout, work.data)
    if errors.poor:
        return _or_table(work, best, errors, reason)
    return best, errors, reason


def _require_pulses(trains: PulseTrains) -> None:
    """Raise unless every device has pulses enough of both polarities, which move it."""
    where = trains.source or "trains"
    for number, name in enumerate(trains.devices):
        for rising, kind in ((True, "set"), (False, "reset")):
            count = int(np.sum((trains.device == number) & (trains.rising == rising)))
            if count < FEWEST:
                expected = f"{FEWEST} {kind} pulses or more of device {name}"
                remedy = "Measure both polarities of every device, or leave the device out."
                raise DataError(message(where, expected, str(count), remedy))
        own = trains.device == number
        if not np.ptp(trains.after[own]) > 0:
            remedy = "Check the column of the conductance, and that pulses are strong enough."
            expected = f"a conductance that changes, of device {name}"
            raise DataError(message(where, expected, "a constant one", remedy))


def _reason(best: str, heldout: dict[str, Heldout], data: Observations) -> str:
    """Return why the law ``best`` was chosen, in words."""
    top = max(heldout, key=lambda name: heldout[name].total)
    what = way(data)
    held = f"on {what} that were held out" if what != NONE else "by Akaike's criterion"
    lines = [
        f"{name} {one.total - heldout[best].total:+.1f}"
        for name, one in heldout.items()
        if name != best
    ]
    rest = f" (log-likelihood relative to it: {', '.join(lines)})" if lines else ""
    if top == best:
        return f"{best} predicts best {held}{rest}"
    if heldout[top].total - heldout[best].total > TIE:
        held += f", or fit all trains as well as {top}"
    words = f"{best} has the fewest numbers among the laws within {TIE:g} units of the best"
    return f"{words} {held}{rest}"


def _or_table(work: _Work, best: str, errors: Goodness, reason: str) -> tuple[str, Goodness, str]:
    """Return the table of measured steps if it predicts better than the law ``best``."""
    poor = f"its mean errors have a probability of {errors.steps:.1g}, below {POOR:g}"
    try:
        table = tabulated(work.data.traces)
    except DataError as error:
        return best, errors, f"{reason}; {poor}, but no table can be measured: {error}"
    work.attempt(table)
    gain = work.heldout[TABLE].total - work.heldout[best].total
    if gain > TIE:
        words = f"no law is good enough: of the best, {best}, {poor}, and the table of measured "
        mode = work.modes[TABLE]
        return TABLE, goodness(mode), f"{words}steps predicts better by {gain:.1f}"
    words = f"the table of measured steps is no better ({gain:+.1f})"
    return best, errors, f"{reason}; {poor}, and {words}"


def _open(parameters: dict[str, Estimate], spread: dict[str, Estimate], mode: Mode) -> list[str]:
    """Return what the data leave open, in words."""
    notes = []
    width = parameters["g_max"].value - parameters["g_min"].value
    for name, end in (("g_min", "lower"), ("g_max", "upper")):
        one = parameters[name]
        if one.high - one.low > LOOSE * width:
            notes.append(
                f"the trains do not show the {end} bound: {name} is {one}, and the step "
                "relative to the range as uncertain"
            )
    notes += [
        f"{name} cannot be told from 0: at most {one.high:.3g}"
        for name, one in spread.items()
        if one.low == 0.0
    ]
    if not mode.model.spreads:
        notes.append("one device says nothing of the spread from device to device")
    return notes
