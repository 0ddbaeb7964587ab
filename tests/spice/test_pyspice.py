"""PySpice: the same netlist as its circuit, and sessions that give what runs give."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from waiting import HANG

from crossbar.errors import SimulationError
from crossbar.spice import Deck, run
from crossbar.spice.arrays import array_deck
from crossbar.spice.engine.library import shared
from crossbar.spice.engine.pyspice import circuit, simulator
from crossbar.spice.engine.session import Session
from crossbar.wires import Wires

pytestmark = pytest.mark.ngspice
WIRES = Wires(r_wl=2.0, r_bl=3.0, r_driver=10.0)


@pytest.fixture(autouse=True)
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "rooms"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def library() -> Iterator[None]:
    """Skip without PySpice or the library, and leave no session open."""
    try:
        shared()
    except SimulationError as error:
        pytest.skip(str(error))
    yield
    if Session._open is not None:
        Session._open.close()


def cells() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    return rng.uniform(1e-6, 1e-3, (6, 4)), rng.uniform(-0.3, 0.3, 6)


def divider() -> Deck:
    deck = Deck("divider")
    deck.add("V1 in 0 1", "R1 in out 1k", "R2 out 0 1k")
    deck.op()
    deck.save("v(out)", "i(v1)")
    return deck


def memristor() -> Deck:
    """A cell from spice_models/ under a pulse, with a subcircuit of its own and a temperature."""
    deck = Deck("cell with its pulse")
    deck.option("temp=50", "method=gear")
    deck.add(".subckt load a b", "R1 a b 100", ".ends", "Vin in 0 PWL(0 0 1n 1 5n 1 6n 0)")
    deck.add("Xload in top load", "C1 top 0 1f", "Rn n 0 1k tc=1m", "Bn 0 n I=1m")
    deck.instance("X1", "vteam", "top", "0", "state")
    deck.tran(step=0.1e-9, stop=8e-9, longest=0.1e-9, uic=True)
    deck.save("v(state)", "i(vin)", "v(n)")
    return deck


@pytest.mark.usefixtures("library")
def test_a_session_gives_what_runs_of_new_decks_give() -> None:
    g, v = cells()
    with Session(array_deck(g, v, WIRES)) as session:
        for k in range(4):
            g[k, 1], v[k] = 2e-4 * (k + 1), 0.1
            session.alter(f"Rcell_{k}_1", 1 / g[k, 1])
            session.alter(f"vwl_{k}", v[k])
            waves = session.run()
            direct = run(array_deck(g, v, WIRES))
            assert set(waves.vectors) == set(direct.vectors)
            assert waves.title == direct.title
            for name in direct.vectors:  # twelve digits of a resistance in a netlist
                np.testing.assert_allclose(waves[name], direct[name], rtol=1e-9)


@pytest.mark.usefixtures("library")
def test_transients_and_sweeps_have_the_axis_and_the_names_of_a_run() -> None:
    sweep = divider()
    sweep.add("M1 out out 0 0 nm", ".model nm nmos level=1", "Bq q 0 V=v(out)*2")
    sweep.dc("V1", 0.0, 1.0, 0.25)
    sweep.save("@m1[id]", "@m1[gm]", "i(bq)")
    for deck in (memristor(), sweep):
        with Session(deck) as session:
            first, second = session.run(), session.run()
        direct = run(deck)
        np.testing.assert_array_equal(first.axis, direct.axis)
        assert set(first.vectors) == set(direct.vectors)
        for name in direct.vectors:
            np.testing.assert_array_equal(first[name], direct[name])
            np.testing.assert_array_equal(second[name], direct[name])


@pytest.mark.usefixtures("library")
def test_parameters_of_devices_are_altered() -> None:
    deck = Deck("transistor")
    deck.add("Vd d 0 1", "Vg g 0 1", ".subckt pass d g", "M1 d g 0 0 nm w=1u l=1u")
    deck.add(".ends", "X1 d g pass", ".model nm nmos level=1 vto=0.5 kp=100u")
    deck.op()
    deck.save("i(vd)")
    with Session(deck) as session:
        assert -session.run()["i(vd)"][0] == pytest.approx(0.5 * 100e-6 * 0.5**2, rel=1e-4)
        session.alter("m.x1.m1", 3e-6, "w")
        assert -session.run()["i(vd)"][0] == pytest.approx(1.5 * 100e-6 * 0.5**2, rel=1e-4)


@pytest.mark.usefixtures("library")
def test_one_session_at_a_time() -> None:
    with Session(divider()) as session:
        for call in (lambda: Session(divider()), lambda: simulator(divider())):
            with pytest.raises(SimulationError, match=r"no open session, got one\. Close"):
                call()
        assert session.run()["v(out)"][0] == pytest.approx(0.5)
    for call in (session.run, lambda: session.alter("r1", 1.0)):
        with pytest.raises(SimulationError, match="an open session, got a closed one"):
            call()
    with Session(divider()) as session:
        assert session.run()["v(out)"][0] == pytest.approx(0.5)


@pytest.mark.usefixtures("library")
def test_errors_name_the_deck_with_what_was_altered_and_the_session_goes_on(rooms: Path) -> None:
    deck = divider()
    deck.add("Bl l 0 V=ln(v(out)+1)", "Rl l 0 1k")
    with Session(deck) as session:
        with pytest.raises(
            SimulationError, match="a parameter of it, that the circuit has, got 'r9'"
        ):
            session.alter("r9", 1.0)
        with pytest.raises(SimulationError, match="got 'foo'"):
            session.alter("r1", 1.0, "foo")
        for name, value in (("r1; quit", 1.0), ("r1", float("nan"))):
            with pytest.raises(
                SimulationError, match=r"Session\.alter: expected the name of a dev"
            ):
                session.alter(name, value)
        session.alter("v1", -4.0)
        with pytest.raises(SimulationError, match=r"^deck\.cir, line 5: .*range for ln") as caught:
            session.run()
        kept = Path(str(caught.value).split("Netlist: ")[1])
        assert kept.read_text() == deck.text + "* altered: v1 = -4.0\n"
        session.alter("v1", 3.0)
        assert session.run()["v(out)"][0] == pytest.approx(1.5)
    assert kept.is_file()


@pytest.mark.usefixtures("library")
def test_a_wrong_netlist_does_not_reach_the_library(tmp_path: Path, rooms: Path) -> None:
    path = tmp_path / "wrong.cir"
    for body in ("R1 a 0 {foo}", "B1 a 0 V=v(", 'V1 a 0 1\n.include "no.sub"', "C1 a 0 1p"):
        path.write_text(f"wrong\n{body}\n.op\n.end\n")
        with pytest.raises(SimulationError, match=r"^wrong\.cir.*Netlist"):
            Session(path)
        for left in rooms.iterdir():
            assert not (left / "deck.cir").exists()
    with Session(divider()) as session:
        assert session.run()["v(out)"][0] == pytest.approx(0.5)


@pytest.mark.usefixtures("library")
def test_a_file_with_includes_beside_it_and_a_folder_with_spaces(tmp_path: Path) -> None:
    folder = tmp_path / "My Circuits"
    folder.mkdir()
    (folder / "own.sub").write_text("* own\n.subckt own a b\nR1 a b 2k\n.ends\n")
    (folder / "D 1.cir").write_text('t\nV1 a 0 1\n.include "own.sub"\nX1 a 0 own\n.op\n.end\n')
    with Session(folder / "D 1.cir") as session:
        assert session.run()["i(v1)"][0] == pytest.approx(-0.5e-3)
        session.alter("r.x1.r1", 1e3)
        assert session.run()["i(v1)"][0] == pytest.approx(-1e-3)


@pytest.mark.usefixtures("library")
def test_paths_and_names_that_are_not_ascii(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "Схемы 电路 é"
    folder.mkdir()
    (folder / "моя.sub").write_text("* own\n.subckt own a b\nR1 a b 2k\n.ends\n")
    mine = 't\nV1 a 0 1\n.include "моя.sub"\nX1 a 0 own\n.op\n.end\n'
    (folder / "Δ.cir").write_text(mine)
    with Session(folder / "Δ.cir") as session:
        assert session.run()["i(v1)"][0] == pytest.approx(-0.5e-3)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with Session(divider()) as session:
        assert session.run()["v(out)"][0] == pytest.approx(0.5)
        with pytest.raises(SimulationError, match=r"got 'ré'.*Схемы 电路 é/crossbar-spice-"):
            session.alter("ré", 1.0)


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("name", "said"), [("it's", "one with '"), ("/".join(["x" * 200] * 5), "got 1[0-9]{3} char")]
)
def test_paths_that_the_library_cannot_read_are_refused(
    name: str, said: str, rooms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = rooms / name
    folder.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with pytest.raises(SimulationError, match=f"a path without ' and of at most 1000 .*{said}"):
        Session(divider())
    assert not list(folder.iterdir())
    assert Session._open is None


@pytest.mark.usefixtures("library")
def test_a_session_leaves_neither_files_nor_words(
    rooms: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with Session(divider()) as session:
        session.run()
    with pytest.raises(SimulationError), Session(divider()) as session:
        session.alter("r9", 1.0)
    assert capfd.readouterr() == ("", "")
    (kept,) = rooms.iterdir()
    assert {file.name for file in kept.iterdir()} == {"deck.cir"}


@pytest.mark.usefixtures("library")
def test_a_circuit_of_pyspice_gives_the_same_operating_point() -> None:
    g, v = cells()
    deck = array_deck(g, v, WIRES)
    found = simulator(deck).operating_point()
    direct = run(deck)
    for j in range(4):
        current = float(np.asarray(found.branches[f"vbl_{j}"])[0])
        assert current == pytest.approx(direct[f"i(vbl_{j})"][0], rel=1e-9)


@pytest.mark.usefixtures("library")
def test_a_circuit_of_pyspice_gives_the_same_transient() -> None:
    deck = memristor()
    found = simulator(deck).transient(
        step_time=0.1e-9, end_time=8e-9, max_time=0.1e-9, use_initial_condition=True
    )
    direct = run(deck)
    state = np.asarray(found["state"], float)
    time = np.asarray(found.time, float)
    # The same steps; the state moves by 1 in 5 ns, so that 1e-9 is far below a step's worth.
    np.testing.assert_allclose(state, direct.at("v(state)", time), atol=1e-9)
    assert np.ptp(state) > 0.01
    # tc=1m, 50 C instead of 27 C
    assert float(np.asarray(found["n"])[-1]) == pytest.approx(1.023, rel=1e-6)


@pytest.mark.usefixtures("library")
def test_elements_of_a_circuit_can_be_changed() -> None:
    made = circuit(divider())
    assert {"V1", "R1", "R2"} == {element.name for element in made.elements}
    made["R1"].resistance = 3e3
    found = made.simulator(simulator="ngspice-shared").operating_point()
    assert float(np.asarray(found["out"])[0]) == pytest.approx(0.25)


@pytest.mark.usefixtures("library")
def test_subcircuits_and_what_has_no_element_stay_text() -> None:
    made = circuit(memristor())
    assert {"Vin", "Xload", "C1", "X1"} == {element.name for element in made.elements}
    for line in (".subckt load a b", "R1 a b 100", "Rn n 0 1k tc=1m", ".options temp=50"):
        assert line in made.raw_spice


def test_without_pyspice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PySpice", "PySpice.Spice.Netlist", "PySpice.Spice.NgSpice.Shared"):
        monkeypatch.setitem(sys.modules, name, None)
    for call in (Session, circuit, simulator):
        with pytest.raises(SimulationError, match=r"pip install 'crossbar-sim\[pyspice\]'"):
            call(divider())


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("PySpice")
    monkeypatch.setenv("NGSPICE_LIBRARY_PATH", "/nowhere/libngspice.so")
    for call in (Session, simulator):
        with pytest.raises(SimulationError, match="sudo apt-get install libngspice0"):
            call(divider())


def test_pyspice_is_imported_by_those_who_ask_only() -> None:
    code = "import sys, crossbar.spice.engine.pyspice; print('PySpice' in sys.modules)"
    printed = subprocess.check_output([sys.executable, "-c", code], text=True, timeout=HANG)
    assert printed == "False\n"
