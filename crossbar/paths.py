"""Paths that users give: a path that no system can hold is refused before it is used."""

from __future__ import annotations

import os
from pathlib import Path

from crossbar.errors import fail

NAME, WHOLE = 255, 4095  # largest size [bytes] of a name in a path, and of a path, on Linux


def place(given: str, where: str = "path") -> Path:
    """Return the path ``given``, with the home folder of a user in place of ``~``.

    Raises
    ------
    ConfigError
        If it is empty, has a NUL byte or an unknown user, or is longer than a system can hold.

    Examples
    --------
    >>> place("runs/noise").parts
    ('runs', 'noise')
    """
    if not given:
        fail(where, "a path", "an empty text", "Give one, or omit it.")
    if "\0" in given:
        fail(where, "a path", repr(given), "Remove the NUL byte.")
    try:
        path = Path(given).expanduser()
    except RuntimeError:
        remedy = "Write ./~ where the name of a folder begins with ~."
        fail(where, "the folder of a user of this machine", repr(given), remedy)
    names = [len(os.fsencode(name)) for name in path.parts]
    if max(names, default=0) > NAME or sum(names) + len(names) > WHOLE:
        got = f"{max(names)} bytes in a name, {sum(names) + len(names)} in all"
        fail(where, f"at most {NAME} bytes in a name and {WHOLE} in all", got, "Shorten it.")
    return path
