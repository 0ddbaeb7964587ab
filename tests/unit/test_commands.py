"""Commands that README and the documentation print are commands: names, options and values.

``scripts/run_commands.py`` runs them, which takes hours.
"""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from crossbar.cli import commands as cli
from crossbar.cli.device import NamesDevices

ROOT = Path(__file__).parents[2]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    import run_commands

    yield run_commands
    del sys.modules["run_commands"]


def parsed(words: list[str]) -> None:
    """Parse a command of the program as it does, without running it."""
    name, command = words[0], typer.main.get_command(cli.app)
    context = typer.Context(command, info_name=name)
    for k, word in enumerate(words[1:], 1):
        below = getattr(command, "commands", None)
        if below is None or word.startswith("-"):
            command.make_context(command.name, words[k:], parent=context)
            return
        if isinstance(command, NamesDevices) and word not in below:
            below["show"].make_context("show", words[k:], parent=context)
            return
        assert word in below, f"{' '.join(words)}: no command {word}"
        command = below[word]
    command.make_context(command.name, [], parent=context)


def test_every_command_of_a_page_is_understood(script: Any) -> None:
    printed = [one for page in script.pages(list(script.PAGES)) for one in script.commands(page)]
    assert len(printed) > 80
    for one in printed:
        words = shlex.split(one.text)
        if words[0] == "crossbar" and words[1:] != ["--version"]:
            parsed(words)
        elif words[0] == "python" and words[1].endswith(".py"):
            assert (ROOT / words[1]).exists(), f"{one.page}: {one.text}"


def test_blocks_of_commands_say_so(script: Any) -> None:
    programs = {"crossbar", "python", "make", "pip", "docker"}
    for page in script.pages(list(script.PAGES)):
        blocks = re.findall(r"^```(.*)\n(.*?)^```", page.read_text(), re.M | re.S)
        unmarked = [text for language, text in blocks if not language]
        starts = [text.removeprefix("$ ").split()[0] for text in unmarked]
        assert programs.isdisjoint(starts), page


def test_commands_within_sentences_are_understood(script: Any) -> None:
    refused = {
        f"{page.name}: {text}": error
        for page in script.pages(list(script.PAGES))
        for text in re.findall(r"`(crossbar [a-z][^`]*)`", page.read_text())
        if (error := refusal(text))
    }
    assert refused == {}


def refusal(text: str) -> str:
    """Return why the command line does not understand ``text``, which may lack an argument."""
    try:
        parsed([word for word in shlex.split(" ".join(text.split())) if word != "..."])
    except typer.Exit:  # --help
        return ""
    except Exception as error:
        name = type(error).__name__
        return "" if name == "MissingParameter" else f"{name}: {error}"
    return ""


def test_an_option_that_is_none_is_refused() -> None:
    assert refusal("crossbar train x.toml --ot DIR")


def test_outputs_comments_and_continued_lines_are_told_apart(
    script: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        '```console\n$ crossbar a x="1" \\\n    --out DIR  # words\nDone\n```\n\n'
        "<!-- not run: a cluster -->\n```sh\nsbatch x\n# words\n```\n"
    )
    assert list(script.commands(page)) == [
        script.Command("page.md", 'crossbar a x="1" --out DIR', "your own DIR"),
        script.Command("page.md", "sbatch x", "a cluster"),
    ]
