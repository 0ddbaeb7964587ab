"""Commands on a bus: what reads a text, and the frames that carry it and its answer."""

from crossbar.bus.can import CanBus, CanFrame, CanUnit
from crossbar.bus.command import Command, CommandReader, KeyValue
from crossbar.bus.faults import Fault
from crossbar.bus.iso_tp import Receiving, Sending, flow_control, segments, separation_time
from crossbar.bus.line import SerialLine, pseudo_terminal, serial_port, serve
from crossbar.bus.modbus import ModbusUnit, checksum, framed
from crossbar.bus.registers import Registers
from crossbar.bus.timing import can_latency, modbus_latency

__all__ = [
    "CanBus",
    "CanFrame",
    "CanUnit",
    "Command",
    "CommandReader",
    "Fault",
    "KeyValue",
    "ModbusUnit",
    "Receiving",
    "Registers",
    "Sending",
    "SerialLine",
    "can_latency",
    "checksum",
    "flow_control",
    "framed",
    "modbus_latency",
    "pseudo_terminal",
    "segments",
    "separation_time",
    "serial_port",
    "serve",
]
