"""`crossbar read`: a text read by trained chips."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossbar.cli.options import Json, Trained, path_option, settings_argument

if TYPE_CHECKING:
    from crossbar.bus.command import Command

Changes = Annotated[
    list[str] | None,
    settings_argument("Changes to the settings of both: device.kind=reram"),
]


def read_command(
    model: Trained,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A sentence, in quotes.")],
    assignments: Changes = None,
    *,
    tagger: Annotated[
        Path | None, path_option("Folder that `train` wrote of key phrases; none: no key values.")
    ] = None,
    json: Json = False,
) -> None:
    """Read a text by trained chips: what it asks for, how sure that is, and its key values.

    The chip of DIR learned intents from texts (data.kind = commands, or texts for a file of your
    own), that of --tagger key phrases (data.task.kind = key-phrases). Hashed lines, weights of
    features, network and cells are those of their runs. The first use is two trainings:

    crossbar train scripts/commands.toml --out runs/commands

    crossbar train scripts/key_phrases.toml --out runs/key-phrases

    Another device has the trained weights programmed into new cells. Confidence is the share of the
    intent in the exponentials of all scores.

    Example: crossbar read runs/commands "Please start pump 3 at 40 %"

    Example: crossbar read runs/commands "Останови насос К-2 из-за Е17" --tagger runs/key-phrases

    Example: crossbar read runs/commands "boiler 2 leaks" device.kind=reram
    """
    from crossbar.cli.console import print_json
    from crossbar.runs.reading import ChipReader

    command = ChipReader(model, tagger, assignments or ()).read(text)
    if json:
        values = [{"name": one.name, "text": one.text} for one in command.values]
        print_json({"intent": command.intent, "number": command.number,
                    "confidence": command.confidence, "values": values})  # fmt: skip
    else:
        _show(command)


def _show(command: Command) -> None:
    """Print the intent, and the key values below it."""
    from crossbar.cli.console import say

    say(f"{command.intent} (confidence {command.confidence:.3f})")
    for one in command.values:
        say(f"  {one.name}: {one.text}")
