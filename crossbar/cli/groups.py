"""Groups of commands."""

from __future__ import annotations

import typer


def group(name: str, words: str | None = None, *, completion: bool = False) -> typer.Typer:
    """Return an empty group of commands; without a command it shows its help."""
    # A flag that has its value is not given to pydantic, which is slow to import.
    quick = dict.fromkeys(("help", "install_completion", "show_completion"), False)
    return typer.Typer(
        name=name,
        help=words,
        no_args_is_help=True,
        add_completion=completion,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"], "default_map": quick},
    )
