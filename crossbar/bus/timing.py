"""How long a command takes on a bus: bits of its frames, and the time of the reader."""

from __future__ import annotations

from crossbar.bus.can import HEADER as CAN_HEADER
from crossbar.bus.can import CanBus
from crossbar.bus.iso_tp import flow_control, segments
from crossbar.bus.line import SerialLine
from crossbar.bus.registers import CAPACITY, HEADER
from crossbar.checks import require_whole

MOST_WRITTEN = 123  # registers of one write
MOST_READ = 125


def modbus_latency(size: int, values: int, line: SerialLine, reader: float = 0.0) -> float:
    """Return the time from a text of ``size`` bytes to its answer over Modbus RTU [s].

    The text is written in as few requests as it takes, its length with the last of them. The answer
    is read with its ``values`` bytes of key values. Every frame has its silence before it.

    Parameters
    ----------
    reader : [s]
        What the reader takes between the last write and its answer.
    """
    require_whole("modbus_latency.size", size, low=1, high=CAPACITY)
    require_whole("modbus_latency.values", values, low=0)
    left, sizes = 1 + -(-size // 2), []
    while left > 0:
        registers = min(left, MOST_WRITTEN)
        sizes += [9 + 2 * registers, 8]
        left -= registers
    left = HEADER + -(-values // 2)
    while left > 0:
        registers = min(left, MOST_READ)
        sizes += [8, 5 + 2 * registers]
        left -= registers
    return sum(line.frame(one) for one in sizes) + reader


def can_latency(size: int, values: int, bus: CanBus, reader: float = 0.0) -> float:
    """Return the time from a text of ``size`` bytes to its answer over CAN, at most [s].

    Other nodes are silent, flow controls come at once and ask for no time between frames. For
    ``values`` and ``reader`` see :func:`modbus_latency`.
    """
    require_whole("can_latency.size", size, low=1, high=CAPACITY)
    require_whole("can_latency.values", values, low=0)
    total = reader
    for length in (size, CAN_HEADER + values):
        frames = list(segments(bytes(length)))
        total += sum(bus.frame(len(one)) for one in frames)
        total += bus.frame(len(flow_control(0))) if len(frames) > 1 else 0.0
    return total
