"""Errors that say where, what was expected, what came, and the remedy.

Every error of the package derives from :class:`CrossbarError`, so that one ``except`` (or the
command line) can tell a mistake in the input from a defect of the program.
"""

from __future__ import annotations

import contextlib
import difflib
import math
import traceback
from collections.abc import Iterable
from numbers import Real
from pathlib import Path
from typing import Any, NoReturn

LONGEST = 60  # characters of a value in a message
UNKNOWN = "an unknown name"  # what errors got that hints are given for
ELSEWHERE = (str(Path(__file__).parent), "importlib", "site-packages", "<")  # no files of a user


class Message(str):
    """The one-line text ``field: expected X, got Y. Remedy.``, with its parts.

    Attributes
    ----------
    field
        What it is about: a field of a specification, a setting, a file.
    expected, got, remedy
        What would be right, what was given, and what to do. All four are empty in a plain text.
    """

    field: str = ""
    expected: str = ""
    got: str = ""
    remedy: str = ""

    @classmethod
    def of(cls, field: str, expected: str, got: str, remedy: str, text: str = "") -> Message:
        """Return the message with these parts, as ``text`` where that is given."""
        line = cls(text or f"{field}: expected {expected}, got {got}. {remedy}")
        line.field, line.expected, line.got, line.remedy = field, expected, got, remedy
        return line

    def within(self, field: str) -> Message:
        """Return the message about ``field``, for which this is the reason, or this if it is."""
        if self.field == field or self.field.startswith(f"{field}."):
            return self
        return Message.of(field, self.expected, self.got, self.remedy, f"{field}: {self}")

    def renamed(self, field: str) -> Message:
        """Return the message with ``field`` in the place of its own."""
        text = f"{field}{self[len(self.field) :]}" if self.field else f"{field}: {self}"
        return Message.of(field, self.expected, self.got, self.remedy, text)

    def followed(self, by: str) -> Message:
        """Return the message with one more sentence, which ends the remedy."""
        remedy = f"{self.remedy} {by}".lstrip()
        return Message.of(self.field, self.expected, self.got, remedy, f"{self} {by}")


class CrossbarError(Exception):
    """Root of the errors that the package raises on purpose.

    ``message`` is its text, ``field``, ``expected``, ``got`` and ``remedy`` are the parts of that:
    empty where it was raised with a plain text, and kept in an error from another process.

    Examples
    --------
    >>> error = ConfigError(message("Adc.bits", "a whole number", 8.5, "Give 8."))
    >>> error.field, error.expected, error.got, error.remedy
    ('Adc.bits', 'a whole number', '8.5', 'Give 8.')
    """

    def __init__(self, text: str = "", *more: Any) -> None:
        super().__init__(text, *more)
        self.message = text if isinstance(text, Message) else Message(text)
        self.field, self.expected = self.message.field, self.message.expected
        self.got, self.remedy = self.message.got, self.message.remedy


class ConfigError(CrossbarError, ValueError):
    """A field of a specification, a key of a TOML file or an argument has a value out of range."""


class DataError(CrossbarError, ValueError):
    """A recording, a manifest, a checkpoint or another input file cannot be used."""


class ShapeError(CrossbarError, ValueError):
    """An array has another shape than the operation needs."""


class OutputError(CrossbarError, RuntimeError):
    """A result cannot be written where it was asked for."""


class SimulationError(CrossbarError, RuntimeError):
    """A circuit simulation failed, or gave something other than what was asked of it."""


class ConvergenceError(CrossbarError, RuntimeError):
    """A solver or a training did not converge; the message holds the residual or the loss."""


class SolverError(ConvergenceError):
    """The currents of an array, cells and lines, were not found to the accuracy asked for."""


def message(where: str, expected: str, got: object, remedy: str) -> Message:
    """Return the one-line form ``where: expected X, got Y. Remedy.`` of every error."""
    return Message.of(where, expected, str(got), remedy)


def fail(where: str, expected: str, got: object, remedy: str) -> NoReturn:
    """Raise :class:`ConfigError` in the form of :func:`message`."""
    raise ConfigError(message(where, expected, got, remedy))


def shown(value: object) -> str:
    """Return ``value`` as a message shows it: in a few words, whatever it is.

    Examples
    --------
    >>> shown(0.5), shown(10**400), shown(float)
    ('0.5', 'a whole number of 1329 bits', 'the class float')
    """
    if isinstance(value, int) and value.bit_length() > 4 * LONGEST:
        return f"a whole number of {value.bit_length()} bits"
    shape, kind = getattr(value, "shape", ()), getattr(value, "dtype", None)
    if shape and kind is not None:
        return f"an array {shape} of {kind}"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    text = " ".join(repr(value).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]} ..."


def reason(error: BaseException) -> str:
    """Return in one line what ``error`` says, and in which line of a user's file it arose."""
    own = users_lines(error)
    at = f", {own[-1].filename} line {own[-1].lineno}" if own else ""
    return " ".join(f"{type(error).__name__}: {error}{at}".split())


def users_lines(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the lines of files of the user's that ``error`` passed, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f for f in frames if not any(place in f.filename for place in ELSEWHERE)]


def article(kind: type[Any]) -> str:
    """Return the name of ``kind`` with its article.

    Examples
    --------
    >>> article(int), article(float)
    ('an int', 'a float')
    """
    return f"{'an' if kind.__name__[0] in 'AEIOaeio' else 'a'} {kind.__name__}"


def plain(value: Any) -> Any:
    """Return a NumPy scalar or an array without dimensions as a Python number, others as is."""
    if type(value) in (int, float):
        return value
    return value.item() if getattr(value, "ndim", None) == 0 else value


def _float(value: Any) -> float:
    """Return ``value`` as a float, NaN where it is no number or beyond every float."""
    if type(value) is float:
        return value
    number = plain(value)
    if isinstance(number, Real) and not isinstance(number, bool):
        with contextlib.suppress(OverflowError):
            return float(number)
    return math.nan


def require_number(
    where: str,
    value: Any,
    *,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    below: float | None = None,
    unit: str = "",
    remedy: str = "Give a value inside the range.",
) -> float:
    """Return ``value`` as a Python number, or raise unless low <= it <= high, above < it < below.

    NumPy scalars and arrays without dimensions are numbers; booleans and text are not. NaN never
    passes; infinity only where ``high`` is infinite.
    """
    number = _float(value)
    inside = (
        (high == math.inf or math.isfinite(number))
        and not math.isnan(number)
        and (low is None or number >= low)
        and (high is None or number <= high)
        and (above is None or number > above)
        and (below is None or number < below)
    )
    if inside:
        return number
    left = f"[{low:g}" if low is not None else f"({-math.inf if above is None else above:g}"
    right = f"{high:g}]" if high is not None else f"{math.inf if below is None else below:g})"
    expected = f"a number in {left}, {right}" + (f" {unit}" if unit else "")
    fail(where, expected, shown(value), remedy)


def closest(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return a hint that names the closest of the ``known`` names, or what to do ``otherwise``."""
    spelt = {one.lower(): one for one in sorted(known)}
    close = difflib.get_close_matches(name.lower(), spelt, n=1, cutoff=0.5)
    return f"Did you mean '{spelt[close[0]]}'?" if close else otherwise


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the closest of the ``known`` names, or lists them."""
    names = sorted(known)
    return closest(name, names, f"Known: {', '.join(names)}." if names else "There are none.")
