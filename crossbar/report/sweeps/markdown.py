"""The report as Markdown, for repositories and notebooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossbar.report.document import (
    Block,
    Bullets,
    Facts,
    Figures,
    Gallery,
    Heading,
    Listings,
    Section,
    Tabular,
    Text,
)
from crossbar.report.tables.table import Table, shown


def markdown(title: str, lead: str, parts: Sequence[Section]) -> str:
    """Return the page as Markdown; figures are named in their folder beside it."""
    lines = [f"# {escaped(title)}", "", escaped(lead)]
    for part in parts:
        lines += ["", f"## {escaped(part.title)}"]
        for block in part.blocks:
            lines += ["", *_block(block)]
    return "\n".join(lines) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Text(text):
            yield escaped(text)
        case Heading(text):
            yield f"### {escaped(text)}"
        case Bullets(items):
            yield from (f"- {escaped(item)}" for item in items)
        case Listings(texts):
            for text in texts:
                yield from ("```", text.rstrip("\n"), "```")
        case Facts(items):
            for fact in items:
                answer = f"**{escaped(fact.value)}** ({escaped(fact.conditions)})"
                yield f"- {escaped(fact.label)}: {answer}"
        case Gallery(pictures) | Figures(pictures):
            for k, picture in enumerate(pictures):
                yield from ([""] if k else [])
                yield f"![{escaped(picture.alt)}](figures/{picture.name}.svg)"
                yield from ("", escaped(picture.caption))
        case Tabular(table):
            yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield from (escaped(table.caption), "")
    yield _row([escaped(column.title) for column in table.columns])
    yield _row(["---:" if numeric else "---" for numeric in table.numeric])
    for k, row in enumerate(table.rows):
        bold = "**" if k < table.leading else ""
        texts = [escaped(shown(cell)) for cell in row]
        yield _row([f"{bold}{text}{bold}" if text else "" for text in texts])
    if table.notes:
        yield ""
        yield from (f"{k}. {escaped(note)}" for k, note in enumerate(table.notes, 1))


def _row(texts: list[str]) -> str:
    return f"| {' | '.join(texts)} |"


def escaped(text: str) -> str:
    r"""Return ``text`` so that Markdown shows it as it is.

    Examples
    --------
    >>> print(escaped("a|b <c> 2*3"))
    a\|b &lt;c> 2\*3
    """
    for plain, safe in (("\\", "\\\\"), ("|", "\\|"), ("*", "\\*"), ("`", "\\`"), ("<", "&lt;"),
                        ("\n", " ")):  # fmt: skip
        text = text.replace(plain, safe)
    return text
