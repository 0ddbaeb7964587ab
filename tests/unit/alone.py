"""The package with its compiled loops and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import crossbar

GROUND = ("errors.py", "files.py", "types.py", "units.py")


def kernels_alone(folder: Path) -> Path:
    """Copy the loops and what they import into ``folder``, which goes on the path; return it."""
    source, package = Path(crossbar.__file__).parent, folder / "crossbar"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(source / "kernels", package / "kernels", ignore=ignored)
    (package / "__init__.py").touch()
    for name in GROUND:
        shutil.copy(source / name, package)
    return folder
