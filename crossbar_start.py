"""The program ``crossbar``, from its first moment on.

It stands outside the package and sees to what must hold before a command is known: that the package
is ours, what Ctrl-C does, and where matplotlib keeps its fonts.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

REFUSED = 2  # the status of a mistake that the user can mend


def main() -> None:
    """Load the command line and run it; Ctrl-C meanwhile is one line and status 130."""
    _require_alone(Path(__file__).parent)
    from crossbar import interrupts

    interrupts.obey()
    _place_fonts()
    from crossbar.cli import main as command

    command()


def _require_alone(folder: Path) -> None:
    """End with one line where the distribution ``crossbar`` of crossbar.io is installed as well.

    Its package has the same name: the two overwrite files of each other.
    """
    other = sorted(folder.glob("crossbar-*.*-info"))  # .dist-info or .egg-info
    if other:
        sys.stderr.write(
            f"crossbar: {folder}: expected no distribution crossbar (crossbar.io), got "
            f"{other[0].stem}. Both have a package crossbar and overwrite files of "
            "each other. Run: pip uninstall crossbar; pip install --force-reinstall --no-deps "
            "crossbar-sim\n"
        )
        sys.exit(REFUSED)


def _place_fonts() -> None:
    """Let matplotlib keep its list of fonts among the temporary files if it has no other place.

    It would make the list anew in every command otherwise, with two lines of warnings.
    """
    from crossbar.files import private_folder

    places = (("XDG_CONFIG_HOME", ".config"), ("XDG_CACHE_HOME", ".cache"))
    usual = [Path(os.environ.get(name) or f"~/{own}") for name, own in places]
    if "MPLCONFIGDIR" not in os.environ and not all(map(_writable, usual)):
        with contextlib.suppress(OSError):
            os.environ["MPLCONFIGDIR"] = str(private_folder() / "matplotlib")


def _writable(folder: Path) -> bool:
    """Return whether ``folder`` can be written, or made if it is missing."""
    try:
        whole = folder.expanduser().absolute()
        there = next(path for path in (whole, *whole.parents) if path.exists())
    except (OSError, RuntimeError):  # no permission to look, no home
        return False
    return os.access(there, os.W_OK | os.X_OK)
