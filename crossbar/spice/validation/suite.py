"""All checks of behaviour against ngspice, run one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from crossbar.errors import CrossbarError, fail, require_number
from crossbar.progress import Progress, reporting, shown
from crossbar.random import Streams
from crossbar.spice.engine.process import program
from crossbar.spice.validation import blocks, memristors, neurons, synapse, tiles, training
from crossbar.spice.validation.arrays import array_checks
from crossbar.spice.validation.check import Check, Row

LARGEST = 128  # ngspice without KLU takes minutes for as many resistive lines


def checks(size: int) -> list[Check]:
    """Return all checks, with arrays of up to ``size`` lines."""
    rooms = (memristors, synapse, tiles, blocks, training, neurons)
    return [*array_checks(size), *(check for room in rooms for check in room.CHECKS)]


@reporting
def validate(
    size: int = 32,
    seed: int = 0,
    *,
    progress: Progress = shown,
    of: Sequence[Check] | None = None,
) -> list[Row]:
    """Run behaviour and ngspice on the same objects and return every error with its tolerance.

    A simulation that fails becomes a row that has not passed, with the reason as its note; the
    other checks continue.

    Parameters
    ----------
    size
        Lines of the largest array, an even number; 8, 16 and 32 below it are checked too.
    seed
        Of weights, inputs, mismatch and drawn devices. Nominal circuits are the same for all.
    progress
        Called with task, checks done, checks in all, and the one that begins; see
        :mod:`crossbar.progress`.
    of
        Checks to run; None: all.

    Raises
    ------
    ConfigError
        If ``size`` or ``seed`` is out of range.
    SimulationError
        If ngspice is missing.
    """
    remedy = "Without the KLU solver, 128 lines take minutes."
    require_number("validate.size", size, low=2, high=LARGEST, remedy=remedy)
    if size % 2:
        fail("validate.size", "an even number", size, "A weight takes two cells side by side.")
    Streams(seed)
    program()
    chosen, rows = checks(size) if of is None else of, list[Row]()
    for done, check in enumerate(chosen):
        progress("validate", done, len(chosen), check.name)
        try:
            rows += check.rows(seed)
        except CrossbarError as error:
            note = " ".join(str(error).split())
            rows.append(
                Row(check=check.name, metric="simulation", error=None, tolerance=None, note=note)
            )
    progress("validate", len(chosen), len(chosen), "")
    return rows
