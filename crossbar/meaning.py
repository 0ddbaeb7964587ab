"""What the fields of specifications mean: words and unit, told where each field is defined."""

from __future__ import annotations

import functools
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

from crossbar.docstrings import described
from crossbar.registry import registry_of

CHOICE = "choice"  # the role of a part that is one of several kinds
COUNT = "count"  # of a number that says how many samples stand behind a result
DETAIL = "detail"  # of one that moves with the figure of merit: files hold it, pages need not


class Meaning(NamedTuple):
    """What a setting or a metric is.

    Attributes
    ----------
    words
        What it is, short enough for an axis.
    unit
        Its SI unit; ``%`` for a share, which is kept as a number from 0 to 1.
    role
        What else reports know it by: see :func:`crossbar.units.quantity`, or :data:`CHOICE`.
    """

    words: str
    unit: str = ""
    role: str = ""


def named(name: str) -> Meaning:
    """Return the meaning of the setting ``name`` of which nothing else is known.

    Examples
    --------
    >>> named("my.own_setting").words, named("tile.mapping.kind").words
    ('own setting', 'mapping')
    """
    return Meaning(name.removesuffix(".kind").rpartition(".")[2].replace("_", " "))


def meanings(specification: Any, prefix: str = "") -> dict[str, Meaning]:
    """Return the meaning of every field of a dataclass by dotted name, those of its parts too.

    Words and unit are those of :func:`crossbar.units.quantity`, or ``words`` in the metadata of the
    field; without them the words are the first sentence of the field in the docstring.

    Examples
    --------
    >>> from crossbar.devices import Memristor
    >>> meanings(Memristor(), "device")["device.sigma_c2c"]
    Meaning(words='spread of the step from pulse to pulse, relative', unit='%', role='noise')
    """
    known: dict[str, Meaning] = {}
    kind: Any = type(specification)
    for name, meaning in own_meanings(kind).items():
        path = f"{prefix}.{name}" if prefix else name
        known[path] = meaning
        part = getattr(specification, name)
        if is_dataclass(part) and not isinstance(part, type):
            if any(registry_of(base) for base in type(part).__mro__):
                known[path] = meaning._replace(role=CHOICE)
            known |= meanings(part, path)
    return known


@functools.cache
def own_meanings(kind: Any) -> dict[str, Meaning]:
    """Return the meaning of every field of the dataclass ``kind``."""
    words = described(kind)
    return {
        one.name: Meaning(
            one.metadata.get("words") or words.get(one.name) or named(one.name).words,
            "%" if one.metadata.get("share") else one.metadata.get("unit", ""),
            one.metadata.get("role", ""),
        )
        for one in fields(kind)
    }
