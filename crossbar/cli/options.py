"""Groups of commands, and the arguments and options that several commands share."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from crossbar.cli.completion import metrics, settings
from crossbar.errors import ConfigError, require_number
from crossbar.paths import place

GOES_ON = "The same command resumes from there."


def group(
    name: str,
    words: str | None = None,
    *,
    completion: bool = False,
    kind: type[TyperGroup] = TyperGroup,
) -> typer.Typer:
    """Return an empty group of commands; without a command it shows its help."""
    # A flag that has its value is not given to pydantic, which is slow to import.
    quick = dict.fromkeys(("help", "install_completion", "show_completion"), False)
    return typer.Typer(
        name=name,
        cls=kind,
        help=words,
        no_args_is_help=True,
        add_completion=completion,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"], "default_map": quick},
    )


def path(given: str | Path) -> Path:
    """Return the path ``given``; a path that no system can hold is a usage error."""
    with _usage():
        return place(str(given))


def number(unit: str = "", **limits: Any) -> Callable[[str | float], float]:
    """Return what reads a number that may have the SI ``unit``, a prefix or percent.

    ``limits`` are those of :func:`crossbar.errors.require_number`.
    """

    def read(given: str | float) -> float:
        from crossbar.units import si

        with _usage():
            return require_number("number", si(given, unit), unit=unit, **limits)

    return read


@contextlib.contextmanager
def _usage() -> Iterator[None]:
    """Turn an error about a value into one about the option that it was given to."""
    try:
        yield
    except ConfigError as error:
        said = f"expected {error.expected}, got {error.got}. {error.remedy}"
        raise typer.BadParameter(said) from None


def path_argument(words: str, metavar: str = "DIR") -> Any:
    """Return the declaration of an argument that is a path."""
    return typer.Argument(parser=path, metavar=metavar, help=words)


def path_option(words: str, metavar: str = "DIR") -> Any:
    """Return the declaration of an option whose value is a path."""
    return typer.Option(parser=path, metavar=metavar, help=words)


def whole_option(words: str, low: int | None = None, high: int | None = None) -> Any:
    """Return the declaration of an option whose value is a whole number from low to high."""
    return typer.Option(metavar="N", min=low, max=high, help=words)


def metric_option(words: str, *names: str, metavar: str = "NAME") -> Any:
    """Return the declaration of an option, of other ``names`` if given, that names a metric."""
    return typer.Option(*names, autocompletion=metrics, metavar=metavar, help=words)


def settings_argument(words: str, metavar: str = "[KEY=VALUE]...") -> Any:
    """Return the declaration of the settings that are given after the other arguments."""
    return typer.Argument(autocompletion=settings, metavar=metavar, help=words)


CELLS = "One of: vteam, yakopcic, stanford_pku, cmos_synapse"
Parameters = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PARAM=VALUE]...", help='Such as r_on=60 or v_in="0.2 V".'),
]
Trained = Annotated[Path, path_argument("Folder that `train` wrote.")]
SeedOfRun = Annotated[int | None, whole_option("Seed of the run; default: the first.")]
Config = Annotated[Path, path_argument("Settings, such as scripts/leti_cnn.toml.", "CONFIG.toml")]
Assignments = Annotated[
    list[str] | None,
    settings_argument("Changes to the settings: train.epochs=5 device.kind=reram seed=0,1,2"),
]
Jobs = Annotated[int | None, whole_option("Runs at once; default: one for each core.", low=1)]
Retry = Annotated[bool, typer.Option("--retry-failed", help="Try runs again that failed before.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON only.")]
