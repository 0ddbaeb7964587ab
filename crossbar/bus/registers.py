"""The register map of a command reader: a text in, intent, confidence and key values out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crossbar.bus.command import Command, CommandReader
from crossbar.bus.faults import Fault
from crossbar.bus.payload import command_of, per_mille, values_text
from crossbar.checks import require_part
from crossbar.displayed import Displayed
from crossbar.errors import fail

LENGTH, TEXT = 0, 1  # addresses of what is written
TEXT_REGISTERS = 256
ANSWER = 1000  # address of the answer
VALUES_REGISTERS = 128
HEADER = 7  # registers of an answer before its key values
INTENTS = 2000  # address of their number, and then of their names
NAME_REGISTERS = 16
MOST_INTENTS = 1000
CAPACITY = 2 * TEXT_REGISTERS  # bytes of a text


class Registers(Displayed):
    """Holding registers of 16 bits, which read as input registers too.

    ======================  ==========================================================
    address                 content
    ======================  ==========================================================
    0                       bytes of the text, 1 to 512; a write of it reads the text
    1 to 256                text: UTF-8, two bytes a register, the first one high
    1000                    1 if there is an answer, else 0
    1001                    how many texts were read, modulo 65 536
    1002                    number of the intent, from 0
    1003                    confidence in per mille
    1004                    how many key values there are
    1005                    how many of them had no room
    1006                    bytes of the key values
    1007 to 1134            key values: lines ``name=text`` of UTF-8
    2000                    how many intents there are
    2001 + 16 k             name of intent k: UTF-8 in 16 registers, then zeros
    ======================  ==========================================================

    A write that is refused changes nothing.

    Parameters
    ----------
    reader
        Reads the texts.
    report
        Called with a line that says why a reader failed.

    Raises
    ------
    ConfigError
        If the reader has no intents or more than 1000, or a name is longer than 32 bytes.
    """

    def __init__(
        self, reader: CommandReader, report: Callable[[str], None] = lambda line: None
    ) -> None:
        self.reader = require_part("Registers.reader", reader, CommandReader)
        self.report = report
        self._text = [0] * (1 + TEXT_REGISTERS)
        self._answer = [0] * (HEADER + VALUES_REGISTERS)
        self._intents = _names(reader.intents)

    def read(self, address: int, count: int) -> list[int] | Fault:
        """Return ``count`` registers from ``address``, which lie in one block of the map."""
        for begin, block in ((LENGTH, self._text), (ANSWER, self._answer),
                             (INTENTS, self._intents)):  # fmt: skip
            if begin <= address and address + count <= begin + len(block):
                return block[address - begin : address - begin + count]
        return Fault.ADDRESS

    def write(self, address: int, values: Sequence[int]) -> Fault | None:
        """Write ``values`` from ``address``, and read the text if its length is among them."""
        if address + len(values) > len(self._text):
            return Fault.ADDRESS
        after = self._text.copy()
        after[address : address + len(values)] = values
        if address == LENGTH:
            if not 1 <= after[LENGTH] <= CAPACITY:
                return Fault.VALUE
            content = b"".join(one.to_bytes(2, "big") for one in after[TEXT:])
            command = command_of(content[: after[LENGTH]], self.reader, self.report)
            if isinstance(command, Fault):
                return command
            self._answered(command)
        self._text = after
        return None

    def _answered(self, command: Command) -> None:
        """Keep ``command`` as the answer."""
        content, missing = values_text(command.values, 2 * VALUES_REGISTERS)
        count = (self._answer[1] + 1) % 65_536
        self._answer = [
            1, count, command.number, per_mille(command.confidence),
            len(command.values), missing, len(content), *_packed(content, VALUES_REGISTERS),
        ]  # fmt: skip


def _packed(content: bytes, registers: int) -> list[int]:
    """Return bytes as ``registers``, two each, zeros behind them."""
    padded = content.ljust(2 * registers, b"\0")
    return [int.from_bytes(padded[k : k + 2], "big") for k in range(0, 2 * registers, 2)]


def _names(intents: Sequence[str]) -> list[int]:
    """Return the registers of the names of intents."""
    where = "Registers.reader.intents"
    if not 1 <= len(intents) <= MOST_INTENTS:
        fail(where, f"1 to {MOST_INTENTS} intents", len(intents), "Take another reader.")
    block = [len(intents)]
    for name in intents:
        if len(content := name.encode()) > 2 * NAME_REGISTERS:
            fail(where, f"names of at most {2 * NAME_REGISTERS} bytes", name, "Shorten it.")
        block += _packed(content, NAME_REGISTERS)
    return block
