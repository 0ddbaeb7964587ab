"""Objects show themselves: a line of a call or of shapes, and a table for notebooks."""

from __future__ import annotations

import dataclasses
import inspect
from dataclasses import dataclass
from typing import Any, ClassVar
from xml.etree import ElementTree

import numpy as np
import pytest

from crossbar import (
    Adc,
    Blocks,
    CmosSynapse,
    DifferentialPair,
    Errors,
    FlashAdc,
    IdealCell,
    Memristor,
    PulseTable,
    Reading,
    SarAdc,
    SoftBounds,
    Softmax,
    Streams,
    Tile,
    Wires,
    names,
)
from crossbar.brief import LONGEST
from crossbar.data import EngineSounds, Spectrogram, Synthetic
from crossbar.devices import DEVICES
from crossbar.devices.spread import LogNormal
from crossbar.energy.cost import Cost
from crossbar.nn import Convolution, Dense, Network, Relu, Training
from crossbar.sources import assumed

SPECIFICATIONS = [
    Memristor(),
    Memristor(g_max=1e-4, step=SoftBounds(dw_min=0.01), spread=LogNormal(sigma_bounds=0.1)),
    CmosSynapse(bits=4),
    Tile(device=IdealCell(), mapping=DifferentialPair(), adc=SarAdc(bits=6), size=(64, 64)),
    Wires(r_wl=1.0, r_bl=2.0),
    Blocks(softmax=Softmax(errors=Errors(noise=0.01))),
    Reading(v_read=0.1),
    Network(input_shape=(6, 6), layers={"conv": Convolution(filters=2), "out": Dense(units=2)}),
    Training(epochs=2),
]


@pytest.mark.parametrize("one", SPECIFICATIONS, ids=lambda one: type(one).__name__)
def test_a_specification_is_the_call_that_makes_it(one: object) -> None:
    known = {
        kind.__name__: kind
        for kind in (*vars(names).values(), Network, Convolution, Dense, LogNormal, Training)
        if isinstance(kind, type)
    }
    assert eval(repr(one), known) == one
    assert len(repr(one)) <= LONGEST


def test_a_specification_shows_what_differs_from_the_defaults() -> None:
    tile = Tile(device=Memristor(sigma_read=0.02), mapping=DifferentialPair(w_max=1.0))
    assert repr(tile) == (
        "Tile(device=Memristor(sigma_read=0.02), mapping=DifferentialPair(w_max=1.0))"
    )
    assert repr(FlashAdc()) == "FlashAdc()"
    assert repr(Synthetic(preset="hard", clips=3)) == "Synthetic(preset='hard', clips=3)"


def test_a_long_specification_leaves_out_the_settings_of_its_parts() -> None:
    layers = {f"dense{k}": Dense(units=k + 2, bias=True) for k in range(9)}
    network = repr(Network(input_shape=(7,), layers=layers))
    assert network.startswith("Network(input_shape=(7,), layers={'dense0': Dense(bias=True, units")
    assert network.endswith("... 5 more ..., 'dense8': Dense(bias=True, units=10)})")
    table = PulseTable(u=(0, 1), up=(0.1, 0.1), up_std=(0, 0), down=(0.1, 0.1), down_std=(0, 0))
    parts = {f"sigma_{name}": 0.123456789012 for name in ("d2d", "c2c", "read", "read_value", "nu")}
    device = Memristor(step=table, g_max=1.23456789e-4, v_write=1.23456789, nu=0.123, **parts)
    tile = repr(Tile(device=device, mapping=DifferentialPair(w_max=1.0)))
    assert tile == "Tile(device=Memristor(...), mapping=DifferentialPair(...))"


@pytest.mark.parametrize("kind", DEVICES.names)
def test_every_device_and_its_tile_stay_in_a_line(kind: str) -> None:
    made = DEVICES.resolve(kind, "device")
    device = getattr(made, "device", None) or made()
    for one in (device, Tile(device=device, mapping=DifferentialPair())):
        assert len(repr(one)) <= LONGEST
        assert "\n" not in repr(one)


def test_long_tables_are_abridged() -> None:
    many = tuple(k / 999 for k in range(1000))
    columns = dict.fromkeys(("up", "up_std", "down", "down_std"), (*many[1:], 0.5))
    tile = Tile(device=Memristor(step=PulseTable(u=many, **columns)), mapping=DifferentialPair())
    assert len(repr(tile)) <= LONGEST
    assert len(tile._repr_html_()) < 10_000


def test_a_device_from_outside_shows_itself() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Ramp(Adc):
        """A converter of one's own.

        Parameters
        ----------
        slope
            Volts a second of the ramp <generator>.
        """

        slope: float = 2.0
        note: ClassVar[str] = "no field"

        def transfer(self) -> object:
            return SarAdc(bits=3).transfer()

        energy = time = area = property(lambda self: Cost(value=1.0, source=assumed("a test")))

    assert repr(Ramp(slope=3.0)) == "Ramp(slope=3.0)"
    table = _table(Ramp())
    assert table["slope"] == ("2", "volts a second of the ramp <generator>")
    assert set(table) == {"noise", "reach", "calibration", "shared", "slope"}


def test_a_repr_of_its_own_stays() -> None:
    class Named(Reading):
        def __repr__(self) -> str:
            return "mine"

    @dataclass(frozen=True, kw_only=True)
    class Later(Named):
        more: int = 0

    assert repr(Later()) == "mine"


def test_states_are_a_line_and_a_table() -> None:
    streams = Streams(0)
    tile = Tile(device=Memristor(nu=0.05), mapping=DifferentialPair(w_max=4.0))
    state = tile.program(np.full((4, 3), 0.5), rng=streams("program"))
    network = Network(input_shape=(4,), layers={"fc": Dense(units=3), "relu": Relu()})
    chip = network.build(tile, streams)
    later = state.aged(3600.0)
    for one in (state, state.array, state.array.cells[0], chip, chip.held["fc"], later):
        assert len(repr(one)) <= 100
        assert _table(one)
    assert "3.6 ks old" in repr(later.array.cells[0])
    assert _table(later)["time since programming"] == ("3.6 ks", "")
    assert _table(state)["cells of a weight"] == ("2 cells a weight, G+ - G-", "")
    assert _table(chip)["samples presented"] == ("0", "")


def test_stuck_cells_are_counted() -> None:
    tile = Tile(device=Memristor(), mapping=DifferentialPair(w_max=1.0))
    state = tile.program(np.full((4, 3), 0.5), rng=Streams(0)("program"))
    on = np.zeros((4, 3), bool)
    on[0, 1] = on[2, 2] = True
    state.array.cells[0].pin(on, ~on & False, 4e-5, 1e-6)
    assert _table(state)["stuck cells"] == ("2", "")


@pytest.mark.parametrize("one", [Spectrogram(), EngineSounds()])
def test_keys_of_the_cache_hold_every_setting(one: Any) -> None:
    """Their ``repr`` names stored samples and digests: nothing may be left out of it."""
    for field in dataclasses.fields(one):
        assert f"{field.name}={getattr(one, field.name)!r}" in repr(one)


def _table(one: object) -> dict[str, tuple[str, str]]:
    """Return value and meaning by name, from the table that notebooks show."""
    root = ElementTree.fromstring(one._repr_html_())
    assert root.findtext("caption/b") == type(one).__name__
    rows = [[cell.text or "" for cell in row] for row in root.iter("tr")]
    return {name: (value, words) for name, value, words in rows}


def test_help_names_the_fields_of_a_specification() -> None:
    """Also where its ``__new__`` takes whatever it is given."""
    parameters = inspect.signature(Memristor).parameters
    assert list(parameters) == [one.name for one in dataclasses.fields(Memristor)] + ["table"]
    assert parameters["g_min"].kind is inspect.Parameter.KEYWORD_ONLY
