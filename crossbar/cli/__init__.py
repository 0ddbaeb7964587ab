"""The command line."""

from crossbar.cli.commands import main

__all__ = ["main"]
