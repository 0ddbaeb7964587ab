"""A command reader on a Modbus line: a public client over a pseudo-terminal, and raw frames."""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from bus_readers import WORDS, ByWord
from refusals import refused

pytest.importorskip("pymodbus", reason="no library of Modbus: pip install '.[bus]'")
pytest.importorskip("serial", reason="no library of serial ports: pip install '.[bus]'")
from pymodbus.client import ModbusSerialClient

from crossbar.bus import (
    Fault,
    ModbusUnit,
    Registers,
    SerialLine,
    checksum,
    framed,
    modbus_latency,
    pseudo_terminal,
    serial_port,
    serve,
)
from crossbar.bus.library import library
from crossbar.cli.serve import answer

LINE = SerialLine(baud=115_200)
Line = tuple[Path, ModbusSerialClient]


@pytest.fixture(scope="module")
def served() -> Iterator[Path]:
    """The end of a pseudo-terminal behind whose other one the command serves a reader."""
    stop, lines = threading.Event(), []
    with pseudo_terminal() as (ours, theirs):
        unit = ModbusUnit(Registers(ByWord(), lines.append), 7)
        thread = threading.Thread(target=serve, args=(ours, unit, stop))
        thread.start()
        yield theirs
        stop.set()
        thread.join()
    assert all("ZeroDivisionError: on purpose" in one for one in lines)


@pytest.fixture
def client(served: Path) -> Iterator[ModbusSerialClient]:
    with ModbusSerialClient(str(served), baudrate=115_200, timeout=2, retries=0) as one:
        yield one


def registers(content: bytes) -> list[int]:
    padded = content + b"\0" * (len(content) % 2)
    return [int.from_bytes(padded[k : k + 2], "big") for k in range(0, len(padded), 2)]


def written(client: ModbusSerialClient, text: str) -> None:
    """Write a text as docs/bus.md says."""
    content = text.encode()
    words = registers(content)
    for begin in range(122, len(words), 122):
        done = client.write_registers(1 + begin, words[begin : begin + 122], device_id=7)
        assert not done.isError()
    done = client.write_registers(0, [len(content), *words[:122]], device_id=7)
    assert not done.isError()


def read(client: ModbusSerialClient) -> tuple[int, int, int, list[str]]:
    """Return how many texts were read, intent, per mille and key values."""
    there, count, intent, mille, values, missing, size = client.read_holding_registers(
        1000, count=7, device_id=7
    ).registers
    assert (there, missing) == (1, 0)
    lines = client.read_input_registers(1007, count=125, device_id=7).registers
    content = b"".join(one.to_bytes(2, "big") for one in lines)[:size]
    assert content.count(b"\n") == values
    return count, intent, mille, content.decode().splitlines()


def test_a_client_writes_a_text_and_reads_the_command(client: ModbusSerialClient) -> None:
    for text, intent, values in (
        ("start pump 3 at 40", 0, ["number=3", "number=40"]),
        ("останови насос 12", 1, ["number=12"]),
        ("alarm " + "x" * 506, 3, []),  # all of the 512 bytes
        ("x" * 400 + " stop 5", 1, ["number=5"]),
    ):
        written(client, text)
        _, got, mille, lines = read(client)
        assert (got, mille, lines) == (intent, 988, values)


def test_names_of_intents_are_in_registers(client: ModbusSerialClient) -> None:
    assert client.read_holding_registers(2000, count=1, device_id=7).registers == [4]
    for k, name in enumerate(ByWord.intents):
        own = client.read_holding_registers(2001 + 16 * k, count=16, device_id=7).registers
        assert b"".join(one.to_bytes(2, "big") for one in own).rstrip(b"\0").decode() == name


def test_two_masters_take_turns_on_a_line(served: Path) -> None:
    """Each sees by the count whether the answer is to its own text."""
    masters = [ModbusSerialClient(str(served), timeout=2, retries=0) for _ in range(2)]
    counts = []
    for master, text, intent in ((0, "start 1", 0), (1, "stop 2", 1), (0, None, 1), (1, "alarm", 3),
                                 (0, None, 3)):  # fmt: skip
        with masters[master] as client:  # a port has one owner at a time
            if text is not None:
                written(client, text)
            count, got, _, _ = read(client)
            assert got == intent
            counts.append(count)
    assert [count - counts[0] for count in counts] == [0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("ask", "fault"),
    [
        (lambda c: c.read_coils(0, count=1, device_id=7), Fault.FUNCTION),
        (lambda c: c.read_device_information(device_id=7), Fault.FUNCTION),
        (lambda c: c.read_holding_registers(900, count=1, device_id=7), Fault.ADDRESS),
        (lambda c: c.read_holding_registers(250, count=8, device_id=7), Fault.ADDRESS),
        (lambda c: c.write_register(1000, 5, device_id=7), Fault.ADDRESS),
        (lambda c: c.write_registers(250, [0] * 8, device_id=7), Fault.ADDRESS),
        (lambda c: c.write_register(0, 0, device_id=7), Fault.VALUE),
        (lambda c: c.write_register(0, 513, device_id=7), Fault.VALUE),
        (lambda c: c.write_registers(0, [2, 0xFFFF], device_id=7), Fault.VALUE),
        (lambda c: c.write_registers(0, [5, *registers(b"crash")], device_id=7), Fault.FAILURE),
    ],
)
def test_what_cannot_be_done_is_an_exception(
    client: ModbusSerialClient, ask: Callable[[ModbusSerialClient], object], fault: Fault
) -> None:
    written(client, "start 1")
    before = read(client)
    response = ask(client)
    assert response.isError()  # type: ignore[attr-defined]
    assert response.exception_code == fault  # type: ignore[attr-defined]
    assert read(client) == before  # nothing of it was carried out


def exchanged(path: Path, content: bytes, wait: float = 0.15) -> bytes:
    """Return what comes back within ``wait`` [s] after raw bytes; it ends early at an answer."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(port, content)
        ready, _, _ = select.select([port], [], [], wait)
        return os.read(port, 512) if ready else b""
    finally:
        os.close(port)


READ = framed(bytes([7, 3, 0x07, 0xD0, 0, 1]))  # how many intents


def test_damaged_and_oversized_frames_are_left_and_the_next_is_answered(served: Path) -> None:
    damaged = READ[:3] + bytes([READ[3] ^ 4]) + READ[4:]
    for wrong in (damaged, READ[:-1], READ[:3], READ + READ, b"\x07", bytes(300), bytes(4000),
                  framed(bytes(255)), framed(bytes([9]) + READ[1:-2])):  # fmt: skip
        assert exchanged(served, wrong, 0.06) == b""
        assert exchanged(served, READ, 2.0) == framed(bytes([7, 3, 2, 0, 4]))


def test_a_frame_ends_with_a_silence_however_many_reads_it_takes() -> None:
    """600 bytes come in two reads at least, and are one frame."""
    stop, frames = threading.Event(), []

    class Kept:
        def answer(self, frame: bytes) -> bytes:
            frames.append(len(frame))
            stop.set()
            return b"kept"

    with pseudo_terminal() as (ours, theirs):
        thread = threading.Thread(target=serve, args=(ours, Kept(), stop, 0.3))
        thread.start()
        assert exchanged(theirs, bytes(600), 5.0) == b"kept"
        thread.join()
    assert frames == [600]


def test_a_line_that_is_gone_is_said() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        line = refused(serve, ours.fileno(), unit(), threading.Event())
    assert line.startswith("serve: expected a line that stays open, got its end. ")
    again, there = os.openpty()
    os.close(there)
    assert "Input/output error" in refused(serve, again, unit(), threading.Event())
    os.close(again)


# Frames without a line.


def unit() -> ModbusUnit:
    return ModbusUnit(Registers(ByWord()), 7)


def test_the_checksum_has_the_published_value() -> None:
    """CRC-16/Modbus of 123456789 is 0x4B37, its low byte first."""
    assert checksum(b"123456789") == bytes([0x37, 0x4B])
    assert framed(b"") == b"\xff\xff"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ([3, 0x07, 0xD0, 0, 1], [3, 2, 0, 4]),
        ([3, 0, 0, 0, 0], [0x83, 3]),  # no registers
        ([3, 0, 0, 0, 126], [0x83, 3]),  # more than a frame holds
        ([3, 0, 0, 0, 1, 0], [0x83, 3]),  # a byte too many
        ([16, 0, 0, 0, 2, 2, 0, 1], [0x90, 3]),  # two registers, bytes of one
        ([16, 0, 1, 0, 1, 2, 0x61, 0x62], [16, 0, 1, 0, 1]),
        ([23, 0, 0, 0, 2, 0, 1, 0, 1, 2, 0x61, 0x62], [23, 4, 0, 0, 0x61, 0x62]),
        ([6, 0, 1, 0x12, 0x34], [6, 0, 1, 0x12, 0x34]),
        ([7], [0x87, 1]),
        ([99, 1, 2], [0xE3, 1]),
        ([0], [0x80, 1]),
    ],
)
def test_a_frame_has_the_answer_of_the_protocol(asked: list[int], answered: list[int]) -> None:
    assert unit().answer(framed(bytes([7, *asked]))) == framed(bytes([7, *answered]))


def test_other_units_answers_and_broadcasts_have_no_answer() -> None:
    own = unit()
    for frame in ([8, 3, 0, 0, 0, 1], [7, 0x83, 2], [0, 3, 0, 0, 0, 1]):
        assert own.answer(framed(bytes(frame))) is None
    assert own.answer(framed(bytes([0, 16, 0, 0, 0, 4, 8, 0, 5, *b"start\0"]))) is None
    assert own.registers.read(1000, 3) == [1, 1, 0]  # but the broadcast was carried out


def test_a_refused_write_changes_nothing() -> None:
    own = Registers(ByWord())
    assert own.write(0, [5, *registers(b"start")]) is None
    before = own.read(0, 257), own.read(1000, 135)
    for values in ([2, 0xFFFF], [600, 0x4141], [5, *registers(b"crash")]):
        assert own.write(0, values) in (Fault.VALUE, Fault.FAILURE)
        assert (own.read(0, 257), own.read(1000, 135)) == before


def test_a_write_beside_a_read_that_is_refused_changes_nothing() -> None:
    """Function 23 looks at both addresses before it writes, as its state diagram has it."""
    own = unit()
    text = [0, 0, 0, 3, 6, 0, 4, *b"stop"]
    assert own.answer(framed(bytes([7, 23, 0x03, 0x84, 0, 1, *text]))) == framed(b"\x07\x97\x02")
    assert own.registers.read(0, 3) == [0, 0, 0]
    assert own.registers.read(1000, 1) == [0]
    answer = own.answer(framed(bytes([7, 23, 0x03, 0xE8, 0, 3, *text])))
    assert answer == framed(b"\x07\x17\x06\0\1\0\1\0\1")  # the text was read, and is a stop


def test_key_values_without_room_are_counted_and_not_cut() -> None:
    own = Registers(ByWord())
    text = " ".join(["1234567890"] * 40)
    assert own.write(0, [len(text), *registers(text.encode())]) is None
    values, missing, size = own.read(1004, 3)  # type: ignore[misc]
    assert (values, missing, size) == (40, 26, 14 * 18)
    assert own.write(0, [1]) is None
    assert own.read(1001, 1) == [2]


def test_random_frames_have_answers_or_none() -> None:
    """Half of them have a right checksum, and most of those a function of ours."""
    rng, own = np.random.default_rng(0), unit()
    answers = 0
    for _ in range(3000):
        content = rng.bytes(int(rng.integers(0, 40)))
        if rng.random() < 0.5:
            function = int(rng.choice([3, 4, 6, 16, 23, int(rng.integers(256))]))
            content = framed(bytes([7, function]) + content)
        answer = own.answer(content)
        if answer is not None:
            answers += 1
            function = content[1]
            assert len(answer) <= 256
            assert checksum(answer[:-2]) == answer[-2:]
            assert answer[0] == 7
            if answer[1] != function:
                assert answer[1] == function + 128
                assert len(answer) == 5
                assert answer[2] in tuple(Fault)
    assert answers > 1000


def test_times_are_those_of_the_bits() -> None:
    """40 bytes: frames of 51, 8, 8 and 19 characters of 11 bits, each after 3.5 of silence."""
    line = SerialLine(baud=9600)
    expected = (51 + 8 + 8 + 19 + 4 * 3.5) * 11 / 9600
    assert modbus_latency(40, 0, line, 1e-3) == pytest.approx(expected + 1e-3, rel=1e-12)
    # 512 bytes: 257 registers in three writes, 7 + 128 in two reads
    sizes = [9 + 246, 8, 9 + 246, 8, 9 + 22, 8, 8, 5 + 250, 8, 5 + 20]
    expected = (sum(sizes) + 3.5 * len(sizes)) * 11 / 9600
    assert modbus_latency(512, 256, line) == pytest.approx(expected, rel=1e-12)
    assert SerialLine(baud=115_200).silence == 1.75e-3


def test_the_command_serves_on_a_pseudo_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=answer, args=(ByWord(), "pty", LINE, 1, stop))
    thread.start()
    printed = ""
    while "Ctrl-C" not in printed:
        printed += capsys.readouterr().out
    place = Path(printed.split("Unit 1 on ")[1].split(":")[0])
    frame = framed(bytes([1, 3, 0x07, 0xD0, 0, 1]))
    assert exchanged(place, frame, 2.0) == framed(bytes([1, 3, 2, 0, 4]))
    stop.set()
    thread.join()
    assert capsys.readouterr().out == "1 requests answered.\n"


def test_what_cannot_be_served_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(SerialLine, parity="mark").startswith("SerialLine.parity: ")
    assert refused(ModbusUnit, Registers(ByWord()), 248).startswith("ModbusUnit.unit: ")
    assert refused(lambda: serial_port("/no/port", LINE).__enter__()).startswith("/no/port: ")
    for more in (["x" * 33], map(str, range(1000))):
        monkeypatch.setattr(ByWord, "intents", (*tuple(WORDS), *more))
        assert refused(Registers, ByWord()).startswith("Registers.reader.intents: ")
    line = refused(library, "no_such_package.pdu")
    assert line.startswith("serve: expected the package no_such_package, ")
    assert line.endswith("Install it: pip install 'crossbar-sim[bus]'.")
