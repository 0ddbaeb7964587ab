"""Where a number comes from: published, derived, assumed or given by the user."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from crossbar.errors import fail, nearest, shown

KINDS = {
    "published": "the source names it",
    "derived": "it follows from what the text names, by the way that it names",
    "assumed": "our choice, for the reason that it names",
    "given": "the choice of the user, where the text says",
}


@dataclass(frozen=True)
class Source:
    """The kind of a number, and its publication, derivation or reason.

    Parameters
    ----------
    kind
        ``published``, ``derived``, ``assumed`` or ``given``.
    text
        The publication, the derivation, the reason, or where the user set it. It has no semicolon,
        since semicolons separate sources in records.

    Raises
    ------
    ConfigError
        If there is no such kind, or no text.

    Examples
    --------
    >>> str(published("LETI 2026, table 1"))
    'published: LETI 2026, table 1'
    >>> Source.parse("assumed: as a neighbour").kind
    'assumed'
    """

    kind: str
    text: str

    def __post_init__(self) -> None:
        expected = f"one of: {', '.join(KINDS)}"
        if self.kind not in KINDS:
            fail("Source.kind", expected, repr(self.kind), 'Write "published: PAPER".')
        if not isinstance(self.text, str) or not self.text.strip() or ";" in self.text:
            remedy = "Name the paper, the derivation or the reason."
            fail("Source.text", "a text without a semicolon", repr(self.text), remedy)

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"

    @classmethod
    def parse(cls, text: str) -> Source:
        """Return the source that ``KIND: TEXT`` names, as :func:`str` writes it."""
        kind, colon, rest = str(text).partition(":")
        if not colon or kind not in KINDS:
            remedy = 'Write "assumed: REASON", or the kind that it is.'
            expected = f"a source that begins with {', '.join(f'{k}:' for k in KINDS)}"
            fail("source", expected, repr(text), remedy)
        return cls(kind, rest.strip())


def published(text: str) -> Source:
    """Return the source of a number that a publication names."""
    return Source("published", text)


def derived(text: str) -> Source:
    """Return the source of a number that follows from others, by calculation or simulation."""
    return Source("derived", text)


def assumed(text: str) -> Source:
    """Return the source of a number that we chose."""
    return Source("assumed", text)


def yours(text: str) -> Source:
    """Return the source of a number that the user set."""
    return Source("given", text)


def kind_of(source: str) -> str:
    """Return the kind that a recorded ``source`` begins with, as ``KINDS`` names them.

    Examples
    --------
    >>> kind_of("assumed: a guess"), kind_of("a record without kinds")
    ('assumed', 'not stated')
    """
    kind = source.partition(":")[0]
    return kind if kind in KINDS else "not stated"


def is_assumed(source: str) -> bool:
    """Return whether ``source`` says that a number is assumed."""
    return kind_of(source) == "assumed"


def numbers(specification: Any, prefix: str = "") -> dict[str, Any]:
    """Return every number of a dataclass by its name, ``step.dw_min`` for one of a part.

    Examples
    --------
    >>> from crossbar.circuit.reading import Reading
    >>> numbers(Reading(v_read=0.1))["v_read"]
    0.1
    """
    values: dict[str, Any] = {}
    for entry in fields(specification):
        value, name = getattr(specification, entry.name), f"{prefix}{entry.name}"
        if is_dataclass(value):
            values |= numbers(value, f"{name}.")
        elif _numerical(value):
            values[name] = value
    return values


def _numerical(value: Any) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(map(_numerical, value))
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def sourced(specification: Any, given: dict[str, Source], where: str = "") -> dict[str, Source]:
    """Return the source of every number of ``specification``, a dataclass such as a device.

    Parameters
    ----------
    specification
        The dataclass with the numbers.
    given
        Sources by the names of the numbers that share them, ``{"g_min g_max": published(...)}``.
        A number at the default of its class needs no source: it is assumed.
    where
        Name of ``given``, for errors; the class without.

    Raises
    ------
    ConfigError
        If a number that differs from its default has no source, has two, or does not exist.
    """
    known, kind = numbers(specification), type(specification).__name__
    where, sources = where or kind, _by_number(where or kind, given, known)
    lacking = [n for n in known if n not in sources and not _default(specification, n)]
    if lacking:
        expected = f"a source of every number of {kind} that is not its default"
        remedy = f'Add {{"{" ".join(lacking)}": assumed("WHY")}}, or published or derived.'
        fail(where, expected, f"none of {', '.join(lacking)}", remedy)
    return {name: sources.get(name, assumed(f"default of {kind}")) for name in known}


def _by_number(
    where: str, given: Mapping[str, Source], known: Mapping[str, Any]
) -> dict[str, Source]:
    """Return the source of each number that ``given`` names, or raise unless it is ``known``."""
    sources: dict[str, Source] = {}
    for names, source in given.items():
        if not isinstance(source, Source):
            fail(where, f"a source of {names}", shown(source), 'Write assumed("WHY").')
        for name in names.split():
            if name not in known:
                fail(where, "names of numbers", shown(name), nearest(name, known))
            if name in sources:
                fail(where, f"one source of {name}", "a second one", "Take one away.")
            sources[name] = source
    return sources


def _default(specification: Any, name: str) -> bool:
    """Return whether the number ``name`` has the default of its class."""
    *parts, last = name.split(".")
    for part in parts:
        specification = getattr(specification, part)
    default = next(f for f in fields(specification) if f.name == last).default
    return bool(getattr(specification, last) == default)


def defaults(specification: Any, given: Mapping[str, Source]) -> dict[str, Source]:
    """Return the source of every number of ``specification`` that has the default of its class.

    ``given`` are sources by the names of the numbers that share them, as for :func:`sourced`; the
    other defaults are assumed.
    """
    kind, known = type(specification).__name__, numbers(specification)
    by_name, usual = _by_number(f"{kind}.sources", given, known), assumed(f"default of {kind}")
    return {name: by_name.get(name, usual) for name in known if _default(specification, name)}


def listed(sources: dict[str, Source]) -> str:
    """Return each source once with the names of its numbers, published first.

    Examples
    --------
    >>> listed({"a": assumed("a guess"), "b": published("a paper"), "c": assumed("a guess")})
    'published: a paper (b); assumed: a guess (a, c)'
    """
    names: dict[Source, list[str]] = {}
    for name, source in sources.items():
        names.setdefault(source, []).append(name)
    ordered = sorted(names, key=lambda source: list(KINDS).index(source.kind))
    return "; ".join(f"{source} ({', '.join(names[source])})" for source in ordered)


def unlisted(text: str) -> dict[str, Source]:
    """Return the sources that :func:`listed` wrote, by the names of their numbers.

    Examples
    --------
    >>> str(unlisted("published: a paper (b); assumed: a guess (a, c)")["c"])
    'assumed: a guess'
    """
    sources: dict[str, Source] = {}
    for clause in text.split("; "):
        match = re.fullmatch(r"(\w+): (.*) \(([^()]*)\)", clause)
        if match and match[1] in KINDS:
            sources |= dict.fromkeys(match[3].split(", "), Source(match[1], match[2]))
    return sources
