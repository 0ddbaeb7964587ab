"""`crossbar serve`: trained chips that read commands on a Modbus line."""

from __future__ import annotations

import enum
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossbar.cli.options import Trained, path_option, settings_argument, whole_option

if TYPE_CHECKING:
    from crossbar.bus import CommandReader, SerialLine

PTY = "pty"
LIKELY = 40  # bytes of a text, whose time is said


class Parity(enum.StrEnum):
    """Parities of a character."""

    EVEN = "even"
    ODD = "odd"
    NONE = "none"


Changes = Annotated[
    list[str] | None, settings_argument("Changes to the settings of both: device.kind=reram")
]
Port = Annotated[
    str,
    typer.Option(
        "--modbus",
        metavar="PORT",
        help="Serial port such as /dev/ttyUSB0, or pty for a pseudo-terminal that is printed.",
    ),
]


def serve_command(
    model: Trained,
    assignments: Changes = None,
    *,
    port: Port,
    tagger: Annotated[
        Path | None, path_option("Folder that `train` wrote of key phrases; none: no key values.")
    ] = None,
    unit: Annotated[int, whole_option("Address of the unit on the line.", low=1, high=247)] = 1,
    baud: Annotated[int, whole_option("Bits a second.", low=300, high=4_000_000)] = 9600,
    parity: Annotated[
        Parity, typer.Option(help="Parity of a character; none has two stop bits.")
    ] = Parity.EVEN,
) -> None:
    """Answer commands on a Modbus RTU line by trained chips, until Ctrl-C (extra `bus`).

    A master writes the bytes of a text (UTF-8, two a register) from register 1 and their number to
    register 0, in one request if it has room. Then registers 1000 and on hold the answer: whether
    there is one, the number of texts so far, the number of the intent, the confidence in per mille,
    the number of key values, those left out, their bytes, and lines name=text. Registers 2000 and
    on hold the names of the intents. docs/bus.md has the map.

    Damaged frames have no answer, as the protocol has it; what cannot be done is answered by its
    exceptions: 01 function, 02 address, 03 value, 04 failure.

    The chips are those of `crossbar read`, with the same settings.

    Example: crossbar serve runs/commands --modbus pty

    Example: crossbar serve runs/commands device.kind=reram --tagger runs/key-phrases --modbus
    /dev/ttyUSB0 --baud 19200
    """
    from crossbar.bus import SerialLine
    from crossbar.runs.reading import ChipReader

    line = SerialLine(baud=baud, parity=parity.value)
    reader = ChipReader(model, tagger, assignments or ())
    answer(reader, port, line, unit, threading.Event())


def answer(
    reader: CommandReader, port: str, line: SerialLine, unit: int, stop: threading.Event
) -> None:
    """Serve ``reader`` on ``port`` until ``stop`` is set, and say where."""
    from crossbar.bus import (
        ModbusUnit,
        Registers,
        modbus_latency,
        pseudo_terminal,
        serial_port,
        serve,
    )
    from crossbar.cli.console import err, say
    from crossbar.units import text

    def report(why: str) -> None:
        err.print(f"crossbar: exception 04, the reader failed: {why}", soft_wrap=True)

    served = ModbusUnit(Registers(reader, report), unit)

    def begin(place: str, descriptor: int) -> None:
        seconds = text(modbus_latency(LIKELY, 0, line), "s", 3)
        say(f"Unit {unit} on {place}: {', '.join(reader.intents)}.")
        say(f"Frames of {LIKELY} bytes of text and of its answer take {seconds} at {line.baud} "
            "baud; the reader and key values add to it. Ctrl-C ends it.")  # fmt: skip
        count = serve(descriptor, served, stop, line.silence)
        say(f"{count} requests answered.")

    if port == PTY:
        with pseudo_terminal() as (ours, theirs):
            begin(str(theirs), ours)
    else:
        with serial_port(port, line) as descriptor:
            begin(port, descriptor)
