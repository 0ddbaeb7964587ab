"""Trains of pulses from files: one measurement in many dresses, and what is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from crossbar.devices import PulseTrains
from crossbar.devices.measured import pulse_csv
from crossbar.devices.measured.traces import Trace
from crossbar.errors import DataError

UP = [1.5, 2.5, 3.25, 3.75, 4.0]  # uS, before the first pulse and after each of four
DOWN = [4.0, 3.0, 2.25, 1.75, 1.5]
TRAINS = [("set", UP), ("reset", DOWN)]


def numbered(gain: float = 1.0, form: str = "{0},{1},{2},{3:.7g}") -> str:
    """Return rows of cycle, pulse, polarity and conductance, from pulse 0 on."""
    return "\n".join(form.format(0, k, word, gain * g) for word, train in TRAINS
                     for k, g in enumerate(train))  # fmt: skip


def after(form: str, words: Mapping[str, str], gain: float = 1.0) -> str:
    """Return a row for the first read, and a row a pulse with the read after it."""
    rows = [(words["set"], UP[0])]
    rows += [(words[word], g) for word, train in TRAINS for g in train[1:]]
    return "\n".join(form.format(word, gain * g) for word, g in rows)


def before_and_after() -> str:
    rows = [f"{word},{a:g},{b:g}" for word, g in TRAINS for a, b in pairwise(g)]
    return "\n".join(rows)


LAB = """"Keithley 4200A-SCS","Clarius 1.9"
Device;Cycle
Test date: 3/4/2026, 12:01:33

"Pulse number";"Polarity";"Current (nA)";"Vread (mV)";"t (s)"
"""
WORDS = {"set": "set", "reset": "reset"}
DRESSES: dict[str, str | bytes] = {
    "microsiemens": "cycle,pulse,polarity,g_uS\n" + numbered(),
    "siemens": "cycle,pulse,polarity,g\n" + numbered(1e-6),
    "kiloohm": "cycle,pulse,polarity,R [k\N{OHM SIGN}]\n" + "\n".join(
        f"0,{k},{word},{1e3 / g!r}" for word, train in TRAINS for k, g in enumerate(train)),
    "ampere at a voltage": "cycle,pulse,polarity,i_nA,v_V\n"
        + numbered(200.0, "{0},{1},{2},{3:.7g},0.2"),
    "after each pulse": "polarity,g_after [uS]\n" + after("{},{:g}", WORDS),
    "before each pulse": "polarity g_before_uS\n"
        + "\n".join(f"{w} {x:g}" for w, t in TRAINS for x in t[:-1]) + "\nreset 1.5\n",
    "before and after": "polarity,g_before_uS,g_after_uS\n" + before_and_after(),
    "signs": "Direction\tConductance after (uS)\n" + after("{}\t{:g}", {"set": "+", "reset": "-"}),
    "numbers": "polarity;g_after_uS\n" + after("{};{:g}", {"set": "+1", "reset": "-1"}).replace(
        ".", ","),
    "pot and dep": "polarity  g_after_uS\n" + after("{}  {:g}", {"set": "POT", "reset": "Dep"})
        .replace(".", ","),
    "UTF-16, CRLF": ("cycle\tpulse\tpolarity\tg (\N{MICRO SIGN}S)\n"
        + numbered(form="{0}\t{1}\t{2}\t{3:g}")).replace("\n", "\r\n").encode("utf-16"),
    "CR": ("cycle,pulse,polarity,g_uS\n" + numbered()).replace("\n", "\r"),
    "comments": "% a\n// b\n# c\ncycle,pulse,polarity,g_uS\n"
        + numbered().replace("0,2,", "# paused\n0,2,"),
    "units below, ends of lines": "polarity;g_after;note\n;(uS);\n"
        + after("{};{:g};;;", WORDS),
    "laboratory": LAB.replace("Vread", "V_read") + "\n".join(
        f"{k};{w};{200 * x:g};200;{7 * n + k}".replace(".", ",")
        for n, (w, t) in enumerate(TRAINS) for k, x in enumerate(t)),
}  # fmt: skip


@pytest.mark.parametrize("content", DRESSES.values(), ids=DRESSES)
def test_trains_are_the_same_however_they_are_written(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "trains.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    trains = PulseTrains.from_csv(path)
    _require_the_two_trains(trains)
    assert trains.notes in ((), ("the first pulse of device 0 has no read before it",),
                            ("the last pulse of device 0 has no read after it",))  # fmt: skip


def _require_the_two_trains(trains: PulseTrains) -> None:
    assert trains.train.tolist() == [0] * 4 + [1] * 4
    assert trains.rising.tolist() == [True] * 4 + [False] * 4
    assert set(trains.cycle) == {0}
    np.testing.assert_allclose(trains.before, 1e-6 * np.array(UP[:-1] + DOWN[:-1]), rtol=1e-6)
    np.testing.assert_allclose(trains.after, 1e-6 * np.array(UP[1:] + DOWN[1:]), rtol=1e-6)


def test_columns_of_other_names_are_said(tmp_path: Path) -> None:
    path = tmp_path / "trains.csv"
    rows = "\n".join(f"{k},{3 if w == 'set' else -3},{0.2 * g:g}" for w, t in TRAINS
                     for k, g in enumerate(t))  # fmt: skip
    path.write_text("n,Vp,Ids\n" + rows)
    said = {"pulse": "n", "polarity": "Vp [V]", "i": "Ids [uA]", "v": "0.2 V", "width": "50 ns"}
    trains = PulseTrains.from_csv(path, said)
    _require_the_two_trains(trains)
    assert trains.width == pytest.approx(np.full(8, 50e-9))
    assert trains.amplitude == pytest.approx([3.0] * 4 + [-3.0] * 4)


def test_devices_and_cycles_are_told_apart_in_the_order_of_time(tmp_path: Path) -> None:
    """Round robin over two cells, cycles not numbered: each row goes to its own cell."""
    cells = {"A7": np.array([1.0, 2, 3, 2.5, 2, 3, 4]), "B2": np.array([5.0, 6, 7, 6, 5, 6, 7])}
    signs = "++--++"
    rows = ["A7,+,1", "B2,+,5"]
    rows += [
        f"{cell},{sign},{g[k + 1]}" for k, sign in enumerate(signs) for cell, g in cells.items()
    ]
    path = tmp_path / "trains.csv"
    path.write_text("cell,polarity,g_after_uS\n" + "\n".join(rows))
    trains = PulseTrains.from_csv(path)
    assert trains.devices == ("A7", "B2")
    assert trains.cycle.tolist() == [0, 0, 0, 0, 1, 1] * 2
    assert trains.train.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    for number, g in enumerate(cells.values()):
        own = trains.device == number
        np.testing.assert_allclose(trains.before[own], 1e-6 * g[:-1])
        np.testing.assert_allclose(trains.after[own], 1e-6 * g[1:])
    assert repr(trains).startswith("<PulseTrains: 2 devices, 2 cycles, 8 set and 4 reset pulses")
    assert len(repr(trains)) < 250


def test_traces_come_back_and_files_are_joined(tmp_path: Path) -> None:
    traces = [Trace(3, 1, True, 1e-6 * np.array(UP)), Trace(3, 1, False, 1e-6 * np.array(DOWN))]
    path = tmp_path / "one.csv"
    pulse_csv.write_traces(path, traces, ["source"])
    trains = PulseTrains.from_csv(path)
    assert trains.devices == ("3",)
    for trace, given in zip(trains.traces, traces, strict=True):
        assert (trace.cycle, trace.rising) == (given.cycle, given.rising)
        np.testing.assert_allclose(trace.g, given.g, rtol=1e-8)
    both = PulseTrains.joined([trains, PulseTrains.of(traces[:1], "two.csv")])
    assert both.devices[0] == "one: 3"
    assert len(both.rising) == 12
    assert sorted(set(both.train.tolist())) == [0, 1, 2]
    assert len({int(d) for d in both.device}) == 2


HEAD = "cycle,pulse,polarity,g_uS\n"
UNCLEAR: dict[str, tuple[str, Mapping[str, str], str]] = {
    "when it was read": ("polarity,g_uS\nset,1\n", {}, "csv:1: .*no column pulse.*g_after or g_be"),
    "no polarity": ("pulse,g_uS\n0,1\n", {}, "csv:1: .*no column polarity.*polarity=NAME"),
    "no conductance": ("pulse,polarity,Gd\n0,set,1\n", {}, r"csv:1: .*'g=NAME \[S\]'.*are pulse, "),
    "polarity 0": (HEAD + "0,0,0,1\n", {}, "csv:2, column 3: expected set or reset .*got '0'"),
    "unit of amplitude": ("pulse,polarity,g_uS,amplitude\n0,set,1,2\n", {},
                          r"csv:1, column 4: .*amplitude \[V\]"),
    "a missing pulse": (HEAD + "0,0,set,1\n0,2,set,2\n", {}, "csv:3, column 2: .*1, or 0 .*2 aft"),
    "time goes back": ("polarity,g_after_uS,t_s\nset,1,0\nset,2,2\nset,3,1\n", {},
                       "csv:4, column 3: expected a time that rises .*1 s after 2 s"),
    "no pulse": (HEAD + "0,0,set,1\n", {}, "expected pulses, got none"),
    "device without name": ("device," + HEAD + ",0,0,set,1\n", {}, "csv:2, column 1: .*empty"),
    "no such column": (HEAD + "0,0,set,1\n", {"i": "Ids"}, "'Ids' for i, got 'Ids' 0 times"),
    "no such name": (HEAD + "0,0,set,1\n", {"gg": "g"}, "columns: expected the name of a column"),
    "two units": (HEAD + "0,0,set,1\n", {"g": "g [mS]"}, "csv:1, column 4: .*uS in the header"),
    "nanometres": (HEAD + "0,0,set,1\n", {"width": "5 nm"}, "one column '5 nm' for width"),
    "57 S": (HEAD.replace("_uS", "_S") + "0,0,set,57\n", {}, "csv:2, column 4: .*got 57 S"),
    "57 of no unit": (HEAD.replace("_uS", "") + "0,0,set,57\n", {}, "csv:2, column 4: .*g_uS"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said", "match"), UNCLEAR.values(), ids=UNCLEAR)
def test_what_is_unclear_is_asked_for_by_column(
    tmp_path: Path, text: str, said: Mapping[str, str], match: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=match) as error:
        PulseTrains.from_csv(path, said)
    assert "\n" not in str(error.value)
