"""The reference of the command line, from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from crossbar.cli.commands import app

EXAMPLE = re.compile(r"Example: (.*)")
TYPE = re.compile(r" <[^>]*>$")


def commands() -> dict[str, Any]:
    """Return every command by what is typed, ``crossbar netlist cell``, and the groups too."""
    return dict(_below("crossbar", typer.main.get_command(app)))


def _below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    for own, part in getattr(command, "commands", {}).items():
        yield from _below(f"{name} {own}", part)


def pages() -> dict[str, str]:
    """Return the text of the page by its path."""
    head = ["# Commands\n", "`--help` shows the same. [Settings](settings.md) are KEY=VALUE.\n"]
    parts = (_section(name, command) for name, command in commands().items())
    return {"reference/commands.md": "\n".join([*head, *parts])}


def _section(name: str, command: Any) -> str:
    """Return what the page says of one command."""
    context = typer.Context(command, info_name=name)
    records = [one.get_help_record(context) for one in command.params]
    rows = [(TYPE.sub("", written), words) for written, words in filter(None, records)]
    usage = " ".join([name, *(one for one, _ in rows if one[0] != "-"), "[OPTIONS]"])
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n", (command.help or "").strip())]
    examples = [one for paragraph in paragraphs for one in EXAMPLE.findall(paragraph)]
    said = [plain(one) for one in paragraphs if not EXAMPLE.match(one)]
    lines = [f"## {name}", *said, f"```text\n{usage}\n```"]
    if rows:
        table = "".join(f"\n| {literal(one)} | {plain(words)} |" for one, words in rows)
        lines.append(f"| argument or option | meaning |\n|---|---|{table}")
    if examples:
        lines.append("\n".join(["Examples:\n", "```text", *examples, "```"]))
    return "\n\n".join(lines) + "\n"


def literal(text: str) -> str:
    """Return ``text`` as code in a table of Markdown."""
    return f"`{text.replace('|', chr(92) + '|')}`"


def plain(text: str) -> str:
    """Return ``text`` with the signs that Markdown would take for marks as they are."""
    return re.sub(r"([|*<\[\]_$])", r"\\\1", text)
