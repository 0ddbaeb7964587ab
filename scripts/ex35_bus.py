"""How long does a command take on a bus? Modbus RTU and CAN against the length of the text.

Times are those of the bits of all frames, with silences and stuffed bits, and of the network. Then
random frames are given to the units of both buses, which must answer by the protocol or not at all.

    python scripts/ex35_bus.py --out runs/bus
"""

from __future__ import annotations

import argparse
import struct
from collections import Counter
from pathlib import Path

import gallery
import numpy as np
import pandas as pd

from crossbar.bus import (
    CanBus,
    CanFrame,
    CanUnit,
    Command,
    CommandReader,
    KeyValue,
    ModbusUnit,
    Registers,
    SerialLine,
    can_latency,
    checksum,
    flow_control,
    framed,
    modbus_latency,
    segments,
)
from crossbar.bus.modbus import FUNCTIONS
from crossbar.plots.buses import bus_latencies
from crossbar.random import Streams
from crossbar.types import Rng

VALUES = 24  # bytes of key values in the answer: unit=pump 3, number=40
PLACES = (0, 0, 0, 1, 200, 1000, 1007, 2000)  # where requests begin


class FirstWord(CommandReader):
    """The intent that the text begins with; what follows is a key value."""

    intents = ("start", "stop", "status", "alarm")

    def read(self, text: str) -> Command:
        first, _, rest = text.partition(" ")
        number = self.intents.index(first) if first in self.intents else 2
        values = (KeyValue(name="unit", text=rest),) if rest.strip() else ()
        return Command(intent=self.intents[number], number=number, confidence=0.5, values=values)


def parser() -> argparse.ArgumentParser:
    ours = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    ours.add_argument("--reader", type=float, default=3.8e-6, help="time of the network [s]: that "
                      "of scripts/commands.toml")  # fmt: skip
    ours.add_argument("--frames", type=int, default=100_000, help="random ones, to each unit")
    ours.add_argument("--out", type=Path, default=Path("runs") / "bus", help="figure")
    return ours


def latencies(reader: float) -> pd.DataFrame:
    """Return times of commands [s] by bytes of the text."""
    sizes = np.arange(4, 513, 4)
    table = pd.DataFrame({"bytes": sizes})
    for baud in (9600, 19_200, 115_200):
        line = SerialLine(baud=baud)
        table[f"Modbus, {baud} baud"] = [
            modbus_latency(int(n), VALUES, line, reader) for n in sizes
        ]
    for bitrate in (125_000, 500_000):
        bus = CanBus(bitrate=bitrate)
        table[f"CAN, {bitrate // 1000} kbit/s"] = [
            can_latency(int(n), VALUES, bus, reader) for n in sizes
        ]
    return table


def request(rng: Rng) -> bytes:
    """Return function and data of a request that may well be carried out."""
    function, address = int(rng.choice(FUNCTIONS)), int(rng.choice(PLACES) + rng.integers(3))
    count = int(rng.integers(0, 126))
    where, text = struct.pack(">BH", function, address), rng.integers(32, 127, 260).astype(np.uint8)
    written = text[: 2 * count].tobytes()
    if function == 6:
        return where + struct.pack(">H", int(rng.integers(600)))
    if function == 16:
        length = struct.pack(">H", int(rng.integers(2 * count + 2))) + written[2:]
        return where + struct.pack(">HB", count, 2 * count) + length
    if function == 23:
        return where + struct.pack(">HHHB", 5, address, count, 2 * count) + written
    return where + struct.pack(">H", count)


def modbus_frames(count: int, rng: Rng) -> Counter[str]:
    """Give frames to a unit, and count its answers.

    Half are requests, of which some have a wrong byte; half are random bytes, of which some have a
    right checksum.
    """
    unit, answers = ModbusUnit(Registers(FirstWord()), 7), Counter[str]()
    for _ in range(count):
        content = bytearray(rng.bytes(int(rng.integers(1, 254))))
        if rng.random() < 0.5:
            content = bytearray(bytes([7]) + request(rng))
        if rng.random() < 0.3:
            content[rng.integers(len(content))] = rng.integers(256)
        frame = framed(bytes(content)) if rng.random() < 0.7 else bytes(content)
        answer = unit.answer(frame)
        if answer is None:
            answers["none"] += 1
            continue
        right = len(answer) <= 256 and checksum(answer[:-2]) == answer[-2:] and answer[0] == 7
        refused = answer[1] == frame[1] + 128 and answer[2] in (1, 2, 3, 4)
        if not right or not (refused or answer[1] == frame[1]):
            raise SystemExit(f"{frame.hex()} is answered by {answer.hex()}")
        answers[f"exception {answer[2]:02}" if refused else "carried out"] += 1
    return answers


def can_frames(count: int, rng: Rng) -> Counter[str]:
    """Give frames to a unit, and count what it sends.

    They are those of texts in order, of which some are lost, with flow controls and random bytes
    between them.
    """
    unit, sent, waiting = CanUnit(FirstWord()), Counter[str](), list[bytes]()
    kinds = ("single", "first", "consecutive", "flow control")
    for k in range(count):
        waiting = waiting or list(segments(rng.bytes(int(rng.integers(1, 600)))))
        if rng.random() < 0.05:
            waiting = list(segments(b"stop " + bytes(rng.integers(97, 123, 40).tolist())))
        data = waiting.pop(0)
        chance = rng.random()
        if chance < 0.1:
            data = rng.bytes(int(rng.integers(0, 9)))
        elif chance < 0.2:
            data = flow_control(int(rng.integers(3)), int(rng.integers(4)), int(rng.integers(256)))
        for _, one in unit.take(CanFrame(unit.bus.request, data), 1e-3 * k):
            sent[kinds[one.data[0] >> 4]] += 1
    return sent


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = parser().parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    table = latencies(options.reader)
    few = table[table["bytes"].isin([8, 40, 120, 256, 512])]
    print("time of a command [ms]")
    shown = few.set_index("bytes") * 1e3
    print(shown.to_string(float_format="{:.3g}".format))
    gallery.keep(bus_latencies(table), options)
    streams = Streams(0)
    for name, answers in (
        ("Modbus", modbus_frames(options.frames, streams("Modbus"))),
        ("CAN", can_frames(options.frames, streams("CAN"))),
    ):
        counts = ", ".join(f"{kind} {n}" for kind, n in sorted(answers.items()))
        print(f"{options.frames} random frames on {name}: {counts}")
    return table


if __name__ == "__main__":
    main()
