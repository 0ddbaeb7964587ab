"""What a unit on a bus answers in place of what it was asked for."""

from __future__ import annotations

import enum


class Fault(enum.IntEnum):
    """Exception codes of Modbus that a unit of ours answers.

    Source: MODBUS Application Protocol Specification V1.1b3, section 7.
    """

    FUNCTION = 1
    ADDRESS = 2
    VALUE = 3
    FAILURE = 4
