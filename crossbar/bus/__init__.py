"""Commands on a bus: what reads a text, and the frames that carry it and its answer."""

from crossbar.bus.command import Command, CommandReader, KeyValue

__all__ = ["Command", "CommandReader", "KeyValue"]
