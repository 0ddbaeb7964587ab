"""Comparisons such as ``accuracy>=90%``: the one grammar of ``--where`` and ``--subject-to``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from crossbar.errors import fail, shown
from crossbar.units import comparable

WRITTEN = re.compile(r"\s*([^<>=!≤≥\s]+)\s*(<=|>=|!=|==|=|<|>|≤|≥)\s*([^<>=!\s].*?)\s*")
ALSO = {"==": "=", "≤": "<=", "≥": ">="}
REMEDY = 'Write it in quotes, such as "accuracy>=90%" or "energy_inference<=2nJ".'
SIGNS = ("<=", ">=", "<", ">", "=", "!=")


class Comparison(NamedTuple):
    """A name, how it stands to a value, and the value as it is written."""

    option: str
    name: str
    sign: str
    text: str

    def number(self, unit: str | None) -> float:
        """Return the value in the SI ``unit``; see :func:`crossbar.units.comparable`."""
        return comparable(self.text, unit, f"{self.option} {self.name}{self.sign}", REMEDY)


def comparison(text: str, option: str, signs: Sequence[str] = SIGNS) -> Comparison:
    """Return what ``text``, a value of ``option``, says.

    Parameters
    ----------
    signs
        Those that the option takes.

    Raises
    ------
    ConfigError
        If it cannot be read, or has another sign.

    Examples
    --------
    >>> comparison("energy_inference <= 2 nJ", "--where")
    Comparison(option='--where', name='energy_inference', sign='<=', text='2 nJ')
    """
    match = WRITTEN.fullmatch(text)
    sign = "" if match is None else ALSO.get(match[2], match[2])
    if match is None or sign not in signs:
        *forms, last = [f"NAME{sign}VALUE" for sign in signs]
        fail(option, f"{', '.join(forms)} or {last}", shown(text), REMEDY)
    return Comparison(option, match[1], sign, match[3])
