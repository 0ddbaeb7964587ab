"""Text files as programs write them: one table in many dresses, and defects named by place."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from crossbar import texttables
from crossbar.circuit.faultmap import FaultMap
from crossbar.data.manifest import from_manifest
from crossbar.devices import Memristor, PulseTable
from crossbar.energy import Costs, read_costs
from crossbar.errors import DataError
from crossbar.runs import experiment
from crossbar.spice.engine.deck import Deck
from crossbar.toml import read as read_settings

PLAIN = "g,set,set_std,reset,reset_std\n1e-6,1.5e-7,1e-8,0,0\n2e-6,1e-7,1e-8,1e-7,1e-8\n"
PLAIN += "3e-6,0,0,1e-7,1e-8\n"
ENCODED = {
    "mark": PLAIN.encode("utf-8-sig"),
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16 big-endian": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "CRLF": PLAIN.replace("\n", "\r\n").encode(),
    "CR": PLAIN.replace("\n", "\r").encode(),
    "quotes": re.sub(r"([^,\n]+)", r'"\1"', PLAIN).encode(),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "tabs": PLAIN.replace(",", "\t").encode(),
    "blanks": PLAIN.replace(",", "   ").encode(),
    "comma and blank": PLAIN.replace(",", ", ").encode(),
    "decimal commas": PLAIN.replace(",", ";").replace(".", ",").encode(),
    "decimal commas and tabs": PLAIN.replace(",", "\t").replace(".", ",").encode(),
    "comments": ("# by a tester\n\n" + PLAIN.replace("\n2e", "\n# pause\n2e")).encode(),
    "all": PLAIN.replace(",", ";").replace(".", ",").replace("\n", "\r\n").encode("utf-16"),
}


@pytest.mark.parametrize("content", ENCODED.values(), ids=ENCODED)
def test_a_pulse_table_is_the_same_however_it_is_written(tmp_path: Path, content: bytes) -> None:
    plain, path = tmp_path / "plain.csv", tmp_path / "pulses.csv"
    plain.write_text(PLAIN)
    path.write_bytes(content)
    assert PulseTable.from_csv(path) == PulseTable.from_csv(plain)


@pytest.mark.parametrize("delimiter", [" ", ",", ";", "\t"])
def test_what_savetxt_writes_is_read(tmp_path: Path, delimiter: str) -> None:
    plain, path = tmp_path / "plain.csv", tmp_path / "pulses.csv"
    plain.write_text(PLAIN)
    header, *rows = (line.split(",") for line in PLAIN.splitlines())
    values = np.array(rows, float)
    np.savetxt(path, values, header=delimiter.join(header), delimiter=delimiter)
    assert PulseTable.from_csv(path) == PulseTable.from_csv(plain)
    np.testing.assert_array_equal(texttables.matrix(path, "numbers", "Correct it.")[0], values)


@pytest.mark.parametrize("ending", [".CSV", ".txt", ".tsv", ".dat"])
def test_a_step_is_a_file_by_any_ending_of_a_table(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"pulses{ending}"
    path.write_text(PLAIN.replace(",", "\t"))
    plan = experiment({"device": {"kind": "reram", "step": str(path)}})
    assert isinstance(plan.device, Memristor)
    assert isinstance(plan.device.step, PulseTable)


BROKEN = {
    "decimal commas between commas": (
        "g,set,set_std,reset,reset_std\n1e-6,1,5e-7,1e-8,0,0\n",
        ":2: expected 5 cells, got 6. .*decimals with commas need ; or tab",
    ),
    "points and commas": (
        PLAIN.replace(",", ";").replace("2e-6", "2,0e-6"),
        r":3, column 1: expected decimals of one kind.*'2,0e-6' after '1.5e-7' of line 2",
    ),
    "thousands": (PLAIN.replace(",", ";").replace("3e-6", "1.234,5"), ":4[:,] .*'1.234,5'"),
    "open quote": (PLAIN + '"4e-6,0,0,0,0\n', ":5: expected cells of a table, got unexpected end"),
    "latin-1": (PLAIN.encode() + b"# \xb5S\n", ":5: expected columns .*byte 0xb5"),
    "NUL": (PLAIN.encode() + b"4e-6,\x00", ":5: .*NUL"),
    "UTF-16 without mark": (PLAIN.encode("utf-16-le"), ":1: .*NUL"),
    "a column twice": (PLAIN.replace("set_std", "g", 1), ":1, column 3: .*'g' twice"),
    "underscore": (PLAIN.replace("3e-6", "3_0e-6"), ":4[:,] .*'3_0e-6'"),
}


@pytest.mark.parametrize(("content", "match"), BROKEN.values(), ids=BROKEN)
def test_what_is_ambiguous_or_broken_is_named_by_line(
    tmp_path: Path, content: str | bytes, match: str
) -> None:
    path = tmp_path / "pulses.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=match) as error:
        PulseTable.from_csv(path)
    assert str(error.value).startswith(str(path))


MAP = np.array([[1, 0, -1], [0, 0, 1]])


@pytest.mark.parametrize("delimiter", [" ", ",", ";", "\t"])
@pytest.mark.parametrize("form", ["%d", "%.18e"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_fault_map_is_read_from_what_programs_write(
    tmp_path: Path, delimiter: str, form: str, mark: bytes
) -> None:
    path = tmp_path / "map.csv"
    np.savetxt(path, MAP, fmt=form, delimiter=delimiter, newline="\r\n", header="stuck cells")
    path.write_bytes(mark + path.read_bytes())
    read = FaultMap.from_file(path).arrays["*"]
    np.testing.assert_array_equal(read, MAP)
    assert read.dtype == np.int8


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("1,0,-1\n0,2,1\n", r":2, column 2: expected -1, 0 or 1, got 2"),
        ("1,0,-1\n0,0.5,1\n", r":2, column 2: expected -1, 0 or 1, got 0\.5"),
        ("# map\n1,0,x\n", r":2, column 3: expected a finite number, got 'x'"),
        ("1,0,-1\n0,,1\n", r":2, column 2: expected a finite number, got ''"),
        ("1,0,-1\n0,nan,1\n", r":2, column 2: expected a finite number, got 'nan'"),
        ("1,0,-1\n0,1\n", r":2: expected 3 cells, got 2"),
        ("b0,b1,b2\n1,0,-1\n0,300,1\n", r":3, column 2: expected -1, 0 or 1, got 300"),
        ("", "got an empty file"),
    ],
)
def test_a_stray_value_of_a_fault_map_is_named_by_place(
    tmp_path: Path, text: str, match: str
) -> None:
    path = tmp_path / "map.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=match):
        FaultMap.from_file(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_settings_costs_and_manifests_may_begin_with_a_mark(tmp_path: Path, encoding: str) -> None:
    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
        return path

    settings = written("settings.toml", 'seed = 1\n[data]\npath = "größe"\n')
    assert read_settings(settings) == {"seed": 1, "data": {"path": "größe"}}
    cost = {"value": 8e-15, "unit": "J", "source": "assumed: µ"}
    costs = written("costs.json", json.dumps({"costs": {"adc": cost}}, ensure_ascii=False))
    assert read_costs(costs, Costs()).adc.value == 8e-15
    (tmp_path / "#1.wav").touch()
    (tmp_path / "a b.wav").touch()
    listed = written("list.csv", '# takes\nfile;class\n"a b.wav";"a; b"\n#1.wav;c\n')
    assert [(clip.path.name, clip.name) for clip in from_manifest(listed).clips] == [
        ("a b.wav", "a; b"), ("#1.wav", "c"),
    ]  # fmt: skip


def test_settings_in_another_encoding_are_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b'seed = 1\nname = "gr\xf6\xdfe"\n')
    with pytest.raises(DataError, match=r":2: expected a readable file, got byte 0xf6"):
        read_settings(path)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"\xef\xbb\xbf* card\n.model n nmos\n", ":1: .*byte order mark"),
        (b"* card\r.model n nmos\r", ":1: .*ends in CR"),
        (b"* card\n* 25 \xb0C\n.model n nmos\n", ":2: .*byte 0xb0"),
        ("* card\n".encode("utf-16"), ":1: .*byte order mark"),
    ],
)
def test_foundry_cards_that_ngspice_would_misread_are_refused(
    tmp_path: Path, content: bytes, match: str
) -> None:
    """With CR alone ngspice takes the second model of a file for words of the first."""
    path = tmp_path / "card.lib"
    path.write_bytes(content)
    with pytest.raises(DataError, match=match):
        Deck("bench").card(path)
    path.write_bytes(b"* card\r\n.model n nmos\r\n")
    Deck("bench").card(path)
