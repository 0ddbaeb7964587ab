"""What cannot be imported, node by node, and the one error that says it of all."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from crossbar.errors import DataError, message


class RefusalError(Exception):
    """What one node has that cannot be, and the remedy."""

    def __init__(self, got: str, remedy: str) -> None:
        super().__init__(got)
        self.got, self.remedy = got, remedy


class Refused(NamedTuple):
    """A node that cannot be imported: its name, operator and version, and why."""

    node: str
    operator: str
    version: int
    got: str
    remedy: str

    def __str__(self) -> str:
        why = f": {self.got}" if self.got else ""
        return f"'{self.node}' ({self.operator}, version {self.version}{why})"


def wrong(path: Path, expected: str, got: object, remedy: str) -> DataError:
    """Return the error about the file ``path``, in one line whatever its names hold."""
    words = (" ".join(str(one).split()) for one in (expected, got, remedy))
    return DataError(message(str(path), *words))


def refused(path: Path, nodes: list[Refused]) -> DataError:
    """Return the error that names all ``nodes``, with the remedies, each once."""
    remedies = " ".join(dict.fromkeys(node.remedy for node in nodes))
    listed = ", ".join(map(str, nodes))
    return wrong(path, "nodes that can be imported", listed, remedies)
