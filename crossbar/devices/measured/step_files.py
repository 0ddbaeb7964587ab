"""Files that settings name in place of a law of steps: pulse responses and jump tables."""

from __future__ import annotations

from pathlib import Path

from crossbar import textfiles
from crossbar.devices.laws.steps import STEPS, Step
from crossbar.devices.measured import jump_files
from crossbar.devices.measured.jump_table import JumpTable
from crossbar.devices.measured.pulse_table import PulseTable
from crossbar.devices.measured.rows import titled
from crossbar.registry import Reader


def measured_step(path: str | Path) -> Step:
    """Return the step that the file ``path`` holds.

    A jump table if it is an archive (``.npz``) or has a column ``cdf``, else a pulse response of
    one of the forms of :mod:`crossbar.devices.measured.pulse_csv`.

    Raises
    ------
    DataError
        If it cannot be read, or holds neither.
    """
    if jump_files.names_archive(str(path)):
        return JumpTable.from_file(path)
    header, _ = titled(Path(path), "columns of a pulse response or a jump table")
    return JumpTable.from_file(path) if header.gives("cdf") else PulseTable.from_csv(path)


def _names(text: str) -> bool:
    """Return whether ``text`` is the path of such a file by its ending."""
    return textfiles.names_table(text) or jump_files.names_archive(text)


STEPS.reader = Reader("PATH.csv, PATH.npz", _names, measured_step, (PulseTable, JumpTable))
