"""`crossbar monitor`: alerts of a log or of a generated stream, as they happen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossbar.cli.options import Json, number, path_option, whole_option

Source = Annotated[
    str,
    typer.Argument(
        metavar="FILE|generated|-",
        help="A log: lines of syslog, or a table (CSV) with a row an event; .gz as well. "
        "generated: an example from --seed. -: standard input.",
    ),
]
Kind = Annotated[
    str,
    typer.Option(
        metavar="KIND",
        help="logins: log-ins from an unusual host. hours: a group that is active at an "
        "unusual time. dns: data sent out in names. openssh: guessed passwords.",
    ),
]
Rate = Annotated[
    float,
    typer.Option(
        parser=number(above=0.0, high=0.1, remedy="1e-6 is usual."),
        metavar="RATE",
        help="Probability of a false alarm a test: a log-in (logins), an hour of a group "
        "(hours), an hour of a host and a domain (dns), a person who logs in (openssh).",
    ),
]
Year = Annotated[
    int | None,
    whole_option("Year of the first line, where lines have none; default: 2000.", 1970, 9998),
]
Load = Annotated[Path | None, path_option("State that --save wrote, to continue.", "FILE.json")]
Save = Annotated[Path | None, path_option("File for the state at the end of the log.", "FILE.json")]
Compact = Annotated[
    int | None, whole_option("Remove neurons that came fewer than N times, at the end.", low=2)
]


def monitor_command(
    source: Source,
    *,
    kind: Kind,
    rate: Rate = 1e-6,
    seed: Annotated[int, whole_option("Seed of a generated stream.", low=0)] = 0,
    year: Year = None,
    load: Load = None,
    save: Save = None,
    compact: Compact = None,
    json: Json = False,
) -> None:
    """Watch a stream of events: remember its episodes as neurons, and say what is unusual.

    An alert is printed when it happens, with its reason and its score: -log10 of the probability
    that normal events are as unusual. Nothing is trained before: the statistics begin with the
    first event, and every event updates them. They judge after a while only, so keep the state
    with --save and continue with --load, which is the same as one log in one piece.

    Tables have a column time (seconds, or 2024-01-31T12:00:00; or month, day and time) and those of
    their kind. logins: user, group, host. hours: user, group. dns: host, query. openssh: message,
    pid.

    Example: crossbar monitor generated --kind logins

    Example: crossbar monitor generated --kind dns --seed 3 --json

    Example: crossbar monitor /var/log/auth.log --kind openssh --year 2024 --save state.json

    Example: crossbar monitor queries.csv --kind dns --load state.json --save state.json
    """
    from crossbar.cli.console import Bars, print_json
    from crossbar.cli.monitored import Watching, show

    watching = Watching(kind, rate=rate, source=source, seed=seed, year=year)
    if load is not None:
        watching.processor.load(load)
    with Bars():
        record = watching.run(quiet=json, compact=compact)
    if save is not None:
        watching.processor.save(save)
    print_json(record) if json else show(record)
