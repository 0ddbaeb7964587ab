"""Commands, their key values, and what their readers are held to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from refusals import complaint, refused

from crossbar.bus import Command, CommandReader, KeyValue
from crossbar.checks import require_part

COMMAND = Command(intent="stop", number=1, confidence=0.9)


class Reader(CommandReader):
    """Answers what it is made with."""

    intents = ("start", "stop")

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def read(self, text: str) -> Command:
        return self.answer  # type: ignore[return-value]


def test_a_command_holds_its_values_in_order() -> None:
    values = [KeyValue(name="unit", text="pump 3"), KeyValue(name="number", text="40")]
    assert replace(COMMAND, values=values).values == tuple(values)
    assert COMMAND.values == ()


@pytest.mark.parametrize(("field", "value"), [("name", " "), ("text", ""), ("text", None)])
def test_a_key_value_has_a_name_and_a_text(field: str, value: object) -> None:
    given = {"name": "unit", "text": "pump"} | {field: value}
    assert refused(lambda: KeyValue(**given)).startswith(f"KeyValue.{field}: expected ")


def test_a_value_of_another_kind_is_refused() -> None:
    assert refused(replace, COMMAND, values=("pump",)).startswith("Command.values: ")


def test_a_reader_from_outside_is_tried() -> None:
    assert complaint(lambda: require_part("serve.reader", Reader(COMMAND), CommandReader)) == ""
    for wrong in (None, replace(COMMAND, number=2), replace(COMMAND, intent="alarm")):
        line = refused(require_part, "serve.reader", Reader(wrong), CommandReader)
        assert line.startswith("Reader.read: expected ")
