"""The command that shows versions, and where the numbers of devices and circuits come from."""

from __future__ import annotations

from crossbar.cli.options import Json


def info_command(json: Json = False) -> None:
    """Show versions, what settings may name, and the source of each number of device and circuit.

    Where a name is accepted, so is `module:Class`, from the current folder or PYTHONPATH.
    """
    from crossbar.cli import show
    from crossbar.cli.console import print_json
    from crossbar.cli.installed import record

    print_json(record()) if json else show.info(record())
