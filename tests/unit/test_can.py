"""Commands on a CAN bus: frames of ISO-TP there and back, lost, wrong and random ones."""

from __future__ import annotations

import time
from collections import deque

import numpy as np
import pytest
from bus_readers import ByWord
from refusals import refused
from waiting import HANG

from crossbar.bus import (
    CanBus,
    CanFrame,
    CanUnit,
    Receiving,
    Sending,
    can_latency,
    flow_control,
    segments,
    separation_time,
)

CONTINUE = flow_control(0)


def test_frames_are_those_of_the_standard() -> None:
    """Single, first, consecutive with numbers 1 to 15, 0, 1, and flow control."""
    assert list(segments(b"stop")) == [b"\x04stop"]
    first, *others = segments(bytes(range(120)))
    assert first == bytes([0x10, 120, 0, 1, 2, 3, 4, 5])
    assert [one[0] for one in others] == [0x20 + k % 16 for k in range(1, 18)]
    assert others[0][1:] == bytes(range(6, 13))
    assert others[-1][1:] == bytes(range(118, 120))
    assert flow_control(0, 8, 20) == bytes([0x30, 8, 20])
    assert next(segments(bytes(4095)))[:2] == b"\x1f\xff"
    for wrong in (b"", bytes(4096)):
        assert refused(list, segments(wrong)).startswith("segments.message: ")


@pytest.mark.parametrize("size", [1, 6, 7, 8, 13, 14, 20, 62, 111, 118, 119, 512, 4095])
def test_a_message_arrives_as_it_was_sent(size: int) -> None:
    content = np.random.default_rng(size).bytes(size)
    receiving, got = Receiving(), []
    for k, frame in enumerate(segments(content)):
        message, flow = receiving.take(frame, 0.1 * k)
        assert (flow is not None) == (frame[0] >> 4 == 1)
        got += [] if message is None else [message]
    assert got == [content]


def test_blocks_and_times_between_frames_are_kept() -> None:
    sending = Sending()
    first = sending.begin(bytes(48), 0.0)  # six frames follow
    assert first[:2] == bytes([0x10, 48])
    assert sending.resume(b"\x02ok", 0.1) == []
    due = sending.resume(flow_control(0, 4, 10), 0.5)
    assert [when for when, _ in due] == pytest.approx([0.5, 0.51, 0.52, 0.53])
    assert sending.resume(flow_control(1), 0.6) == []  # wait
    due += sending.resume(CONTINUE, 1.5)
    assert [one[0] & 15 for _, one in due] == [1, 2, 3, 4, 5, 6]
    assert sending.resume(CONTINUE, 1.6) == []  # nothing is left


def test_a_gap_begins_where_the_frame_before_it_ends() -> None:
    """1 ms and 0.9 ms between frames of at most 135 bits; without a gap the bus sets the pace."""
    for code, gap in ((1, 1e-3), (0xF9, 0.9e-3)):
        unit, text = CanUnit(ByWord()), "запусти 3 и 4".encode()
        first, *others = segments(text)
        for one in (first, *others):
            due = unit.take(CanFrame(unit.bus.request, one), 0.0)
        assert due[-1][1].data[0] >> 4 == 1
        due = unit.take(CanFrame(unit.bus.request, flow_control(0, 0, code)), 0.01)
        times = np.array([when for when, _ in due])
        ends = times + [unit.bus.frame(len(frame.data)) for _, frame in due]
        assert len(due) == 3
        assert (times[1:] - ends[:-1]).tolist() == pytest.approx([gap] * 2)
    sending = Sending(carried=1e-3)
    sending.begin(bytes(48), 0.0)
    assert {when for when, _ in sending.resume(CONTINUE, 0.5)} == {0.5}


@pytest.mark.parametrize(("flow", "at"), [(flow_control(2), 0.1), (flow_control(7), 0.1),
                                          (CONTINUE, 1.1)])  # fmt: skip
def test_a_refusal_or_a_pause_ends_what_is_sent(flow: bytes, at: float) -> None:
    sending = Sending()
    sending.begin(bytes(20), 0.0)
    assert sending.resume(flow, at) == []
    assert sending.resume(CONTINUE, at) == []


def test_separation_times() -> None:
    codes = (0, 127, 0xF1, 0xF9, 0x80, 0xF0, 0xFA, 0xFF)
    expected = [0.0, 0.127, 1e-4, 9e-4, 0.127, 0.127, 0.127, 0.127]
    assert [separation_time(code) for code in codes] == pytest.approx(expected)


def received(frames: list[bytes], times: list[float] | None = None) -> list[bytes]:
    receiving = Receiving(longest=100)
    times = times or [0.0] * len(frames)
    each = (receiving.take(f, t)[0] for f, t in zip(frames, times, strict=True))
    return [one for one in each if one is not None]


def test_lost_doubled_and_late_frames_end_a_message_and_the_next_one_arrives() -> None:
    whole = list(segments(bytes(range(30))))
    for wrong in (
        [whole[0], *whole[2:]],
        [whole[0], whole[1], whole[1], *whole[2:]],
        [whole[0], whole[1], whole[2], whole[3][:2], whole[4]],
        whole[1:],
        [b"\x10\x05abcdef", *whole[1:]],  # a first frame of what fits into a single one
        [b"\x10\x1eabc", *whole[1:]],  # a short first frame
        [b"\x00", b"\x08abcdefg", b"\x05abc", b"", b"\xf0a"],
    ):
        assert received([*wrong, *whole]) == [bytes(range(30))]
    assert received(whole, [0.0, 0.5, 1.0, 2.1, 2.2]) == []
    assert received([*whole[:2], b"\x02ok", *whole[2:]]) == [b"ok"]


def test_what_is_too_long_is_refused_by_a_flow_control() -> None:
    first, *_ = segments(bytes(101))
    assert Receiving(longest=100).take(first, 0.0) == (None, flow_control(2))


def talked(unit: CanUnit, text: bytes) -> bytes:
    """Return the answer of ``unit``, as a node that keeps to ISO-TP gets it."""
    bus, receiving, sending, at = unit.bus, Receiving(), Sending(), 0.0
    waiting = [sending.begin(text, at)]
    while waiting:
        at += 0.01
        for _, frame in unit.take(CanFrame(bus.request, waiting.pop(0)), at):
            assert frame.identifier == bus.answer
            waiting += [one for _, one in sending.resume(frame.data, at)]
            message, flow = receiving.take(frame.data, at)
            waiting += [] if flow is None else [flow]
            if message is not None:
                return message
    raise AssertionError("no answer")


def test_a_text_gets_intent_confidence_and_key_values() -> None:
    unit = CanUnit(ByWord())
    assert talked(unit, b"stop") == bytes([0, 0, 1, 3, 0xDC, 0, 0])
    answer = talked(unit, "запусти насос 3, 40 и 7".encode())
    assert answer == bytes([0, 0, 0, 3, 0xDC, 3, 0]) + b"number=3\nnumber=40\nnumber=7\n"


def test_no_text_and_a_failure_are_said() -> None:
    lines: list[str] = []
    unit = CanUnit(ByWord(), report=lines.append)
    assert talked(unit, b"\xff\xfe") == bytes([1, 0, 0, 0, 0, 0, 0])
    assert talked(unit, b"crash it now") == bytes([2, 0, 0, 0, 0, 0, 0])
    assert len(lines) == 1
    assert lines[0].startswith("ZeroDivisionError: on purpose")
    too_long = CanFrame(unit.bus.request, next(segments(bytes(513))))
    assert unit.take(too_long, 0.0) == [(0.0, CanFrame(unit.bus.answer, flow_control(2)))]
    assert unit.take(CanFrame(0x100, b"\x04stop"), 0.0) == []


def test_random_frames_have_answers_or_none() -> None:
    rng, unit = np.random.default_rng(0), CanUnit(ByWord())
    sent = 0
    for k in range(5000):
        frame = CanFrame(unit.bus.request, rng.bytes(int(rng.integers(0, 9))))
        for when, one in unit.take(frame, 0.001 * k):
            sent += 1
            assert one.identifier == unit.bus.answer
            assert when >= 0.001 * k
    assert sent > 100
    assert talked(unit, b"stop")[:5] == bytes([0, 0, 1, 3, 0xDC])


def test_times_are_those_of_the_bits() -> None:
    """55 + 10 n bits of a frame. 40 bytes: 6 frames and a flow control; the answer is one."""
    bus = CanBus()
    assert [round(bus.bitrate * bus.frame(n)) for n in range(9)] == [55 + 10 * n for n in range(9)]
    bits = 5 * 135 + 125 + 85 + 135
    assert can_latency(40, 0, bus, 1e-3) == pytest.approx(bits / 125e3 + 1e-3, rel=1e-12)


def test_frames_that_cannot_be_are_refused() -> None:
    assert refused(CanFrame, 0x800, b"").startswith("CanFrame.identifier: ")
    assert refused(CanFrame, 1, bytes(9)).startswith("CanFrame.data: ")


@pytest.mark.parametrize("text", ["stop", "start 1 2 3", "alarm " + "9 " * 200])
@pytest.mark.parametrize(("block", "gap"), [(0, 0), (3, 1)])
def test_another_implementation_of_iso_tp_talks_to_the_unit(
    text: str, block: int, gap: int
) -> None:
    isotp = pytest.importorskip("isotp", reason="no other ISO-TP: pip install can-isotp")
    unit, back = CanUnit(ByWord()), deque[CanFrame]()

    def send(message: object) -> None:
        frame = CanFrame(message.arbitration_id, bytes(message.data))  # type: ignore[attr-defined]
        back.extend(one for _, one in unit.take(frame, time.monotonic()))

    def receive(timeout: float) -> object:
        if not back:
            return None
        frame = back.popleft()
        return isotp.CanMessage(arbitration_id=frame.identifier, data=frame.data)

    address = isotp.Address(isotp.AddressingMode.Normal_11bits, txid=unit.bus.request,
                            rxid=unit.bus.answer)  # fmt: skip
    node = isotp.TransportLayerLogic(rxfn=receive, txfn=send, address=address,
                                     params={"blocksize": block, "stmin": gap})  # fmt: skip
    node.send(text.encode())
    begin = time.monotonic()
    while not node.available() and time.monotonic() < begin + HANG:
        node.process()
    answer = node.recv()
    command = ByWord().read(text)
    lines = "".join(f"number={one.text}\n" for one in command.values).encode()
    counts = [min(len(command.values), 255), 0]
    assert answer == bytes([0, 0, command.number, 3, 0xDC, *counts]) + lines
