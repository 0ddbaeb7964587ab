"""Results that a file keeps line by line, so that a benchmark that was stopped resumes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def kept(path: Path | None) -> list[Record]:
    """Return the records of ``path``; none without a file."""
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def resumed(
    path: Path | None, names: tuple[str, ...], new: Callable[[set[Any]], Iterator[Record]]
) -> Iterator[Record]:
    """Yield the records of ``path``, then those that ``new`` makes, each once ``path`` has it.

    ``new`` is given what is done: the values of ``names`` of each record that is there.
    """
    before = kept(path)
    yield from before
    yield from keeping(path, new({tuple(one[name] for name in names) for one in before}))


def keeping(path: Path | None, records: Iterator[Record]) -> Iterator[Record]:
    """Yield ``records``, each once ``path`` has it."""
    for record in records:
        if path is not None:
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
        yield record
