"""ngspice on netlists that are wrong, endless or the user's own: what it says and leaves."""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from waiting import HANG, alive, until

from crossbar.errors import ConfigError, OutputError, SimulationError
from crossbar.spice import Deck, run, run_many, version
from crossbar.spice.engine.process import program

pytestmark = pytest.mark.ngspice

# Netlist without title, what the error says of it, and the line it names (None: none).
BROKEN = {
    "unknown device": ("V1 a 0 1\nR1 a 0 1k\nQQ a\n.op", "a line that ngspice understands", 4),
    "unknown card": ("V1 a 0 1\nR1 a 0 1\n.opp\n.op", r"got '\.opp'", 4),
    "unknown function": ("V1 a 0 1\nB1 b 0 V=foo(v(a))\nR1 b 0 1\n.op", "ngspice understands", 3),
    "unfinished expression": ("V1 a 0 1\nB1 a 0 V=v(\n.op", r"crash|understands", None),
    "two of one name": ("V1 a 0 1\nR1 a 0 1\nR1 a 0 2\n.op", "already exists", 4),
    "unclosed subcircuit": ("V1 a 0 1\n.subckt s a b\nR1 a b 1\n.op", r"an \.ends for every", 3),
    "floating node": ("V1 a 0 1\nC1 a b 1p\nC2 b 0 1p\n.op", "node b with none. Connect", 3),
    "floating gate": (
        "V1 a 0 1\nM1 a g 0 0 nm\nC1 g 0 1f\n.model nm nmos level=1\n.op",
        "node g with none",
        3,
    ),
    "floating inside": (
        "V1 a 0 1\n.subckt s a\nC1 a c 1\nC2 c 0 1\n.ends\nXq a s\n.op",
        r"node xq\.c with none",
        7,
    ),
    "island": ("V1 a 0 1\nR1 a 0 1\nR2 c d 1\nR3 c d 1\n.op", "node c with none", 4),
    "parallel sources": ("V1 a 0 1\nV2 a 0 2\n.op", "got none for v[12]. Two voltage", None),
    "no operating point": (
        "V1 a 0 1\nR1 a b 1k\nB1 b 0 V=v(b)>0.5 ? 0 : 1\n.op",
        'convergence, got .Timestep too small; trouble with node "b"',
        3,
    ),
    "no next step": (
        "V1 c 0 PULSE(0 1 1n 1n 1n 5n 10n)\n"
        "B1 b 0 V=(v(b)>0.5 ? 0 : 1)*(v(c)>0.5)\nR1 b 0 1k\n.tran 0.1n 20n",
        "convergence, got .Timestep too small; time = 1.5e-09",
        3,
    ),
    "an operating point by force": (
        "V1 a 0 1\nR1 a b 1\n"
        "B1 b 0 I=exp(40*v(b))-exp(30-60*v(b))*sgn(v(b)-0.5)*1e6\n.op",
        "an operating point, got 'source stepping failed'",
        None,
    ),
    "logarithm of less than 0": ("V1 a 0 -1\nB1 b 0 V=ln(v(a))\nR1 b 0 1\n.op", "range for ln", 3),
    "unknown model": ("V1 d 0 1\nM1 d d 0 0 nmx\n.op", "could not find a valid modelname", 3),
    "unknown model parameter": (
        "V1 d 0 1\nM1 d d 0 0 nm\n.model nm nmos level=14 version=4.7 vth0=0.3 vthh=4\n.op",
        "known parameters of the model, got 'vthh'",
        4,
    ),
    "parameter without a value": ("V1 a 0 1\nR1 a 0 {foo}\n.op", "got 'foo'. Define it", 3),
    "resistor without a value": ("V1 a 0 1\nR1 a b\nR2 b 0 1k\n.op", "a value for every", 3),
    "missing include": ('V1 a 0 1\n.include "no.sub"\nR1 a 0 1\n.op', "every included file", 3),
    "unknown subcircuit": ("V1 a 0 1\nXq a 0 foo\n.op", "a known subcircuit, got 'xq a 0 foo'", 3),
    "too few pins": ("V1 a 0 1\n.subckt s a b\nR1 a b 1\n.ends\nXq a s\n.op", "Too few", 6),
    "too many pins": ("V1 a 0 1\n.subckt s a\nR1 a 0 1\n.ends\nXq a 0 s\n.op", "Too many", 6),
    "vector not there": ("V1 a 0 1\nR1 a 0 1\n.save v(a)\n+ v(ab)\n.op", "the vector v.ab.", None),
    "no vector there": ("V1 a 0 1\nR1 a 0 1\n.save v(q)\n.op", "Check the names after", None),
    "no analysis": ("V1 a 0 1\nR1 a 0 1", r"an analysis, got none. Add \.op", None),
    "nothing": ("", "a netlist with a circuit|an analysis", None),
}  # fmt: skip

# Each is right, whatever ngspice says on its way to the solution.
RIGHT = {
    "singular at first": ("I1 0 b 1m\nB1 b 0 I=v(b)*v(b)*v(b)\n.op", "v(b)", 0.1),
    "alarming names": (
        "V1 error 0 1\nR1 error aborted 1k\nR2 aborted 0 1k\nC1 aborted 0 1p\n.tran 1n 10n",
        "v(aborted)",
        0.5,
    ),
    "dangling resistor": ("V1 a 0 1\nR1 a b 1k\n.op", "v(b)", 1.0),
    "own model card": (
        "V1 a 0 5\nR1 a b 1k\nD1 b 0 dm\n.model dm d is=1e-14\n.op",
        "i(v1)",
        -(5 - 0.6936) / 1e3,  # 0.02585 V ln(4.3 mA / 1e-14 A)
    ),
}
ENDLESS = "endless\nV1 a 0 PULSE(0 1 0 1p 1p 1p 4p)\nR1 a b 1\nC1 b 0 1p\n.tran 1p 1\n.end\n"


@pytest.fixture(autouse=True)
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let private folders be made under the test's own, and return where."""
    folder = tmp_path / "rooms"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def netlist(folder: Path, body: str, title: str = "broken") -> Path:
    path = folder / "mine.cir"
    path.write_text(f"{title}\n{body}\n.end\n")
    return path


def test_this_finds_a_process_that_is_alive(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "300"], cwd=tmp_path) as sleeper:
        assert len(alive(tmp_path)) == 1
        sleeper.kill()
    assert not alive(tmp_path)


@pytest.mark.parametrize(("body", "said", "line"), BROKEN.values(), ids=BROKEN)
def test_an_error_is_one_line_with_its_place(
    body: str, said: str, line: int | None, tmp_path: Path
) -> None:
    path = netlist(tmp_path, body)
    with pytest.raises(SimulationError, match=said) as caught:
        run(path)
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(f"Netlist: {path}")
    assert line is None or text.startswith(f"mine.cir, line {line}: expected ")


@pytest.mark.parametrize(("body", "name", "value"), RIGHT.values(), ids=RIGHT)
def test_no_false_alarm(body: str, name: str, value: float, tmp_path: Path) -> None:
    title = "error: aborted, timestep too small, no convergence in this title"
    waves = run(netlist(tmp_path, body, title))
    # reltol of ngspice, and four digits of the diode's voltage by hand
    assert waves[name][-1] == pytest.approx(value, rel=1e-3)


def test_a_mistake_in_an_included_file_is_named_there(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "own.sub").write_text("* own\n.subckt own a b\nR1 a b 1k oops q\n.ends\n")
    card = "* card\n.model nm nmos level=14 version=4.7 vthh=1\n"
    (tmp_path / "parts" / "own.card").write_text(card)
    path = netlist(tmp_path, "V1 a 0 1\n.include parts/own.card\nM1 a a 0 0 nm\n.op")
    with pytest.raises(SimulationError, match=r"^own\.card, line 2: .* got 'vthh'"):
        run(path)
    path = netlist(tmp_path, "V1 a 0 1\n.include parts/own.sub\nX1 a 0 own\n.op")
    with pytest.raises(
        SimulationError, match=r"^mine\.cir, line 4: .*got 'r\.x1\.r1 a 0 1k oops q'"
    ):
        run(path)


def test_own_netlists_include_what_lies_beside_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "own.sub").write_text("* own\n.subckt own a b\nR1 a b 2k\n.ends\n")
    path = netlist(tmp_path, 'V1 a 0 1\n.include "parts/own.sub"\nX1 a 0 own\n.op')
    for folder in (tmp_path, tmp_path / "parts", Path("/")):
        monkeypatch.chdir(folder)
        assert run(path)["i(v1)"][0] == pytest.approx(-0.5e-3, rel=1e-9)
    monkeypatch.chdir(tmp_path)
    assert run(Path("mine.cir"))["i(v1)"][0] == pytest.approx(-0.5e-3, rel=1e-9)


def test_the_deck_of_an_error_is_kept_and_that_of_a_success_is_not(rooms: Path) -> None:
    deck = Deck("divider")
    deck.add("V1 a 0 1", "R1 a b 1k", "R2 b 0 1k")
    deck.op()
    deck.save("v(b)")
    assert run(deck)["v(b)"][0] == pytest.approx(0.5)
    assert not list(rooms.iterdir())
    deck.add("R3 b 0")
    with pytest.raises(SimulationError, match=r"^deck\.cir, line 5: expected a value") as caught:
        run(deck)
    kept = Path(str(caught.value).split("Netlist: ")[1])
    assert kept.read_text() == deck.text
    assert "resistance to low" in (kept.parent / "deck.log").read_text()


def test_a_vector_that_is_not_there(rooms: Path) -> None:
    deck = Deck("divider")
    deck.add("V1 a 0 1", "R1 a 0 1k")
    deck.op()
    deck.save("v(a)", "v(ab)")
    with pytest.raises(SimulationError, match=r"the vector v\(ab\).*Did you mean 'v\(a\)'"):
        run(deck)


def test_an_unknown_parameter_of_a_subcircuit_is_found_before_ngspice() -> None:
    deck = Deck("cell")
    with pytest.raises(ConfigError, match=r"vteam\.r_onn: .* Did you mean 'r_on'"):
        deck.instance("x1", "vteam", "a", "0", "s", r_onn=60.0)
    with pytest.raises(ConfigError, match=r"vteam: expected 3 nodes \(top bottom state\), got 2"):
        deck.instance("x1", "vteam", "a", "0")


def test_no_ngspice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    deck = Deck("empty")
    for call in (lambda: run(deck), lambda: run_many([deck]), program):
        with pytest.raises(SimulationError, match="sudo apt-get install ngspice") as caught:
            call()
        assert "\n" not in str(caught.value)


def fake(folder: Path, body: str) -> None:
    """Write a shell script as ngspice into ``folder``."""
    script = folder / "ngspice"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)


def test_a_raw_file_that_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = program()
    fake(tmp_path, f'{real} "$@"; truncate -s -8 out.raw')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    path = netlist(tmp_path, "V1 a 0 1\nR1 a 0 1k\n.op")
    with pytest.raises(
        SimulationError, match=r"out\.raw: expected 16 bytes for 1 points of 2 .*cut.*Netlist"
    ):
        run(path)
    fake(tmp_path, f'{real} "$@"; : > out.raw')
    with pytest.raises(SimulationError, match="an analysis, got none"):
        run(path)
    fake(tmp_path, "echo something is wrong; exit 3")
    with pytest.raises(SimulationError, match="exit status 0, got 3 and 'something is wrong'"):
        run(path)


def test_a_raw_file_of_an_earlier_run_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = netlist(tmp_path, "V1 a 0 1\nR1 a 0 1k\n.op")
    run(path, keep=tmp_path / "kept")
    assert {"deck.log", "out.raw"} == {file.name for file in (tmp_path / "kept").iterdir()}
    fake(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(SimulationError, match="an analysis, got none"):
        run(path, keep=tmp_path / "kept")


def test_a_transient_that_ends_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = program()
    fake(tmp_path, f"sed -i 's/^.tran.*/.tran 1n 5n/' deck.cir; {real} \"$@\"")
    deck = Deck("early")
    deck.add("V1 a 0 1", "R1 a 0 1k")
    deck.tran(step=1e-9, stop=1e-8)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(SimulationError, match="an analysis up to 1e-08, got an end at 5e-09"):
        run(deck)


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    deck = Deck("divider")
    deck.add("V1 a 0 1", "R1 a 0 1k")
    deck.op()
    with pytest.raises(OutputError, match=r"file/kept: expected a folder to write, got Not a dir"):
        run(deck, keep=file / "kept")
    with pytest.raises(OutputError, match="file: expected a writable folder, got File exists"):
        deck.write(file / "x.cir")
    monkeypatch.setattr(tempfile, "tempdir", str(file))
    with pytest.raises(OutputError, match="TMPDIR"):
        run(deck)
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(file)])
    with pytest.raises(OutputError, match=r"temporary files: .*got No usable temp.*TMPDIR"):
        run(deck)


def test_a_full_disk_is_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # No file above 512 bytes, which is how a full disk looks like from inside.
    fake(tmp_path, f'ulimit -f 1; exec {program()} "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    path = netlist(tmp_path, "V1 a 0 PULSE(0 1 1n 1n 1n 5n 10n)\nR1 a 0 1k\n.tran 1p 20n")
    with pytest.raises(SimulationError, match=r"SIGXFSZ.*too little memory or disk"):
        run(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SimulationError, match=r"no\.cir: expected the file of a netlist, got none"):
        run(tmp_path / "no.cir")


def test_a_time_out_leaves_no_process_and_the_deck(tmp_path: Path, rooms: Path) -> None:
    path = tmp_path / "endless.cir"
    path.write_text(ENDLESS)
    with pytest.raises(SimulationError, match=r"within 0\.3 s, got none\. Raise .*endless\.cir$"):
        run(path, limit=0.3)
    until(lambda: not alive(rooms))


def test_a_time_out_ends_what_ngspice_started(
    tmp_path: Path, rooms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path, f"sleep {2 * HANG:g} & sleep {2 * HANG:g}")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(SimulationError, match=r"within 0\.3 s"):
        run(netlist(tmp_path, ".op"), limit=0.3)  # ends as the pipe does, which children hold open
    until(lambda: not alive(rooms))


def endless() -> Deck:
    deck = Deck("endless")
    deck.add(*ENDLESS.splitlines()[1:4])
    deck.tran(step=1e-12, stop=1.0)
    return deck


def quick(volts: float = 1.0) -> Deck:
    deck = Deck("quick")
    deck.add(f"V1 a 0 {volts}", "R1 a 0 1k")
    deck.op()
    return deck


def test_many_come_back_in_order() -> None:
    seen: list[tuple[str, int, int, str]] = []
    decks = [quick(k) for k in range(5)]
    results = run_many(decks, progress=lambda *call: seen.append(call))
    assert [float(waves["v(a)"][0]) for waves in results] == [0, 1, 2, 3, 4]
    assert seen == [("ngspice", k, 5, "") for k in range(1, 6)]


def test_the_first_error_ends_all_of_many(rooms: Path) -> None:
    wrong = quick()
    wrong.add("R2 a 0")
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(run_many, [wrong, endless(), endless()], limit=2 * HANG)
        error = ended.exception(timeout=HANG)
    assert isinstance(error, SimulationError)
    assert "a value for every resistor" in str(error)
    until(lambda: not alive(rooms))
    assert len(list(rooms.iterdir())) == 1  # the deck of the error alone


def test_version_is_told() -> None:
    assert int(version().number.split(".")[0]) >= 30
    assert isinstance(version().klu, bool)


def test_several_decks_of_one_process_do_not_disturb_each_other() -> None:
    one = run(quick(1.0))
    other = run(quick(2.0))
    np.testing.assert_array_equal(one["v(a)"], [1.0])
    np.testing.assert_array_equal(other["v(a)"], [2.0])
