"""A netlist that grows line by line, with the models that it uses and what it comes from."""

from __future__ import annotations

import dataclasses
import enum
import textwrap
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from crossbar import files, textfiles
from crossbar.checks import require_path
from crossbar.errors import fail
from crossbar.spice.engine import models
from crossbar.spice.engine.numbers import number

FOLDER = "spice_models"
WIDTH = 96


@dataclass
class Deck:
    """A netlist in plain text: the same calls give the same text, byte for byte.

    Examples
    --------
    >>> deck = Deck("divider")
    >>> deck.add("Vin in 0 1", "Rtop in out 1k", "Rbottom out 0 3k")
    >>> deck.op()
    >>> deck.save("v(out)")
    >>> print(deck.text)
    divider
    Vin in 0 1
    Rtop in out 1k
    Rbottom out 0 3k
    .save v(out)
    .op
    .end
    <BLANKLINE>
    """

    title: str
    lines: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    cards: list[Path] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    analysis: str = ""
    end: float | None = None
    """Where the analysis ends: time [s] or swept value; None for an operating point."""

    def __post_init__(self) -> None:
        if not self.title.strip() or "\n" in self.title:
            fail("Deck.title", "one line of text", repr(self.title), "It names the circuit.")

    def comment(self, text: str = "") -> None:
        """Add ``text`` as comment lines, folded to the width of a page."""
        self.lines += [f"* {part}".rstrip() for part in textwrap.wrap(text, WIDTH - 2) or [""]]

    def add(self, *lines: str) -> None:
        """Add lines as they are, long ones folded with continuation signs."""
        for line in lines:
            self.lines += _folded(line)

    def use(self, *names: str) -> None:
        """Include the named models of spice_models/ and what they need, each once."""
        for name in names:
            if name in self.used:
                continue
            if not (self.cards and name in CARDS):
                self.use(*models.model(name).needs)
                self.used.append(name)

    def card(self, path: Path) -> None:
        """Include a foundry file, which defines what ``CARDS`` do, in their place."""
        if not path.is_file():
            fail("Deck.card", "a file of transistor models", str(path), "Give its path.")
        textfiles.require_plain(path, "a file that ngspice reads as it stands")
        self.cards.append(path.resolve())
        self.used = [name for name in self.used if name not in CARDS]

    def instance(self, name: str, model: str, *nodes: str, **parameters: float) -> None:
        """Add an instance of a model; its pins and parameters are checked against the header."""
        self.use(model)
        models.model(model).check(len(nodes), parameters)
        given = "".join(f" {key}={number(value)}" for key, value in parameters.items())
        self.add(f"{name} {' '.join(nodes)} {model}{given}")

    def option(self, *options: str) -> None:
        """Set simulator options such as ``reltol=1e-4``."""
        self.options += [option for option in options if option not in self.options]

    def save(self, *vectors: str) -> None:
        """Name what must come back, such as ``v(out)`` or ``i(vin)``."""
        self.wanted += [v.lower() for v in vectors if v.lower() not in self.wanted]

    def op(self) -> None:
        """Ask for the operating point."""
        self.analysis, self.end = ".op", None

    def dc(self, source: str, start: float, stop: float, step: float) -> None:
        """Ask for a sweep of a source."""
        self.analysis = f".dc {source} {number(start)} {number(stop)} {number(step)}"
        self.end = stop

    def tran(
        self,
        *,
        step: float,
        stop: float,
        start: float = 0.0,
        longest: float | None = None,
        uic: bool = False,
    ) -> None:
        """Ask for a transient of ``stop`` seconds, steps at most ``longest``."""
        words = [number(step), number(stop), number(start)]
        words += [number(longest)] if longest is not None else []
        self.analysis = " ".join([".tran", *words, *(["uic"] if uic else [])])
        self.end = stop

    @property
    def text(self) -> str:
        """The netlist, with its includes relative to where it stands."""
        includes = [f'.include "{FOLDER}/{name}.sub"' for name in self.used]
        cards = [f'.include "{card}"' for card in self.cards]
        options = _folded(f".options {' '.join(self.options)}") if self.options else []
        saved = _folded(f".save {' '.join(self.wanted)}") if self.wanted else []
        end = [self.analysis] if self.analysis else []
        body = [*includes, *cards, *self.lines, *options, *saved, *end, ".end"]
        return "\n".join([self.title, *body]) + "\n"

    def write(self, path: Path | str) -> None:
        """Write the netlist to ``path``, and its models into a folder beside it."""
        path = require_path("Deck.write.path", path)
        files.required(path)  # before its models are there
        files.make_folder(path.parent / FOLDER if self.used else path.parent)
        for name in self.used:
            model = models.path(name).read_bytes()
            target = path.parent / FOLDER / f"{name}.sub"
            if not (target.is_file() and target.read_bytes() == model):
                files.write(target, model)
        files.write(path, self.text)


def in_words(value: Any) -> str:
    """Return a specification as one line of text, fields at their values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (f.name for f in dataclasses.fields(value) if f.repr)
        inside = ", ".join(f"{name}={in_words(getattr(value, name))}" for name in fields)
        return f"{type(value).__name__}({inside})"
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, (list, tuple)) and len(value) > 8:
        return f"<{len(value)} values>"
    if isinstance(value, float):
        return f"{value:g}"
    return value.__name__ if isinstance(value, type) else str(value)


def begin(title: str, *facts: str) -> Deck:
    """Return a new netlist whose first comments name the program and say ``facts``."""
    deck = Deck(title)
    deck.comment(f"written by crossbar {version('crossbar-sim')} from the objects below; SI units")
    for fact in facts:
        deck.comment(fact)
    return deck


CARDS = ("nmos45", "pmos45")


def _folded(line: str) -> list[str]:
    """Return ``line`` in parts no wider than a page; the following ones begin with ``+``."""
    if len(line) <= WIDTH:
        return [line]
    parts = textwrap.wrap(line, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return [parts[0], *(f"+ {part}" for part in parts[1:])]
