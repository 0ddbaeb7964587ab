"""Errors carry their parts, through every way that an error takes."""

from __future__ import annotations

import pickle

import pytest

from crossbar import errors
from crossbar.errors import ConfigError, CrossbarError, DataError, Message, fail, message
from crossbar.runs.sweep.workers import LocalWorkers

PARTS = ("Adc.bits", "a whole number", "8.5", "Give 8.")
KINDS = [kind for kind in vars(errors).values()
         if isinstance(kind, type) and issubclass(kind, CrossbarError)]  # fmt: skip


def parts(error: CrossbarError) -> tuple[str, ...]:
    return error.field, error.expected, error.got, error.remedy


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_has_its_text_and_its_parts_after_pickling(kind: type[CrossbarError]) -> None:
    for error in (kind(message(*PARTS)), pickle.loads(pickle.dumps(kind(message(*PARTS))))):
        assert str(error) == "Adc.bits: expected a whole number, got 8.5. Give 8."
        assert parts(error) == PARTS
        assert type(error) is kind


def test_a_plain_text_has_no_parts() -> None:
    assert parts(DataError("nothing")) == parts(DataError()) == ("", "", "", "")
    assert str(DataError("nothing")) == "nothing"


def test_a_reason_keeps_its_parts_under_another_name() -> None:
    line = message(*PARTS).within("tile.adc.bits").followed("See --help.")
    assert line == f"tile.adc.bits: {message(*PARTS)} See --help."
    assert isinstance(line, Message)
    assert parts(ConfigError(line)) == ("tile.adc.bits", *PARTS[1:3], "Give 8. See --help.")
    other = message(*PARTS).renamed("test.bits")
    assert other == "test.bits: expected a whole number, got 8.5. Give 8."
    assert parts(ConfigError(other)) == ("test.bits", *PARTS[1:])


def test_an_error_of_a_worker_process_keeps_its_parts() -> None:
    workers = LocalWorkers(1)
    try:
        error = workers.submit(fail, *PARTS).exception(timeout=60)
    finally:
        workers.shutdown()
    assert isinstance(error, ConfigError)
    assert parts(error) == PARTS
