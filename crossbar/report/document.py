"""What a page is made of: sections of texts, tables, figures, lists and listings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from crossbar.report.figures.canvas import Picture
from crossbar.report.tables.table import Table


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True)
class Heading:
    """A heading inside a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]


@dataclass(frozen=True)
class Listings:
    """Texts to be copied, side by side: commands, files."""

    kind: ClassVar[str] = "listings"
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """A number that stands out, with what it is and the conditions that it holds under."""

    label: str
    value: str
    conditions: str


@dataclass(frozen=True)
class Facts:
    """Numbers side by side."""

    kind: ClassVar[str] = "facts"
    items: tuple[Fact, ...]


@dataclass(frozen=True)
class Gallery:
    """Pictures side by side; ``columns`` of them where the page is wide enough."""

    kind: ClassVar[str] = "gallery"
    pictures: tuple[Picture, ...]
    columns: int = 2


@dataclass(frozen=True)
class Figures:
    """Pictures in their own size, as many side by side as the page is wide."""

    kind: ClassVar[str] = "figures"
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Tabular:
    """A table."""

    kind: ClassVar[str] = "table"
    table: Table


Block: TypeAlias = Text | Heading | Bullets | Listings | Facts | Gallery | Figures | Tabular


@dataclass(frozen=True)
class Section:
    """A section of the page.

    Attributes
    ----------
    key
        Anchor of the table of contents.
    title
        Heading.
    blocks
        Content, in order.
    folded
        Whether a reader sees the title alone until the section is opened.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    folded: bool = False
