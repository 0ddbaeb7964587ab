"""`crossbar accept`: accept records edited by hand, or written by an older version."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossbar.cli.arguments import path


def accept_command(
    folder: Annotated[
        Path,
        typer.Argument(
            parser=path, metavar="DIR", help="Folder that `train` or `sweep` wrote, or NAME.db."
        ),
    ],
) -> None:
    """Take records as they are: edited by hand, repaired, or without checksums.

    Every record carries a checksum of its content, and one that does not match is refused as
    damaged or edited. This gives each record a checksum of its present content, and names those
    that changed.

    Example: crossbar accept runs/cmos
    """
    from crossbar.cli.console import out
    from crossbar.runs.folder import accept

    changed, rows = accept(folder)
    for record in changed:
        out.print(f"Accepted: {record}", soft_wrap=True)
    out.print(f"{len(changed)} files and {rows} rows accepted.", soft_wrap=True)
