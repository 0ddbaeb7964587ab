"""Classes from outside that break a contract: one line that names the class and the method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from refusals import refused

from crossbar import DifferentialPair, Tile
from crossbar.converters import Adc, Dac, Transfer, nearest
from crossbar.devices import (
    PRESETS,
    Cells,
    Conduction,
    Device,
    Drift,
    Fabricated,
    Factorised,
    Memristor,
    PowerLaw,
    Programming,
    ReadNoise,
    SoftBounds,
    Spread,
    Step,
    Tally,
)
from crossbar.energy import Cost
from crossbar.errors import ConfigError
from crossbar.nn import LayerState
from crossbar.sources import assumed
from crossbar.units import quantity

if TYPE_CHECKING:
    from decimal import Decimal

specification = dataclass(frozen=True, kw_only=True)
WHY = assumed("a test")


def test_a_class_that_lacks_a_method_is_refused_when_it_is_made():
    class Halved(LayerState):
        def forward(self, x, *, rng):
            return x / 2

    lacks = "Halved: expected a complete LayerState, got one without backward."
    assert refused(Halved, None).startswith(lacks)

    @specification
    class Idle(Adc):
        energy = time = area = Cost(value=0.0, source=WHY)

    assert refused(Step).startswith("Step: expected a complete Step, got one without set_mean.")
    assert refused(Idle).startswith("Idle: expected a complete Adc, got one without transfer.")


def defined_wrongly(contract, **names):
    return lambda: type("Own", (contract,), names)


@pytest.mark.parametrize(
    ("said", "make"),
    [
        ("Own.set_mean: expected the parameters (self, u), got (u)",
         defined_wrongly(Step, set_mean=lambda u: u)),
        ("Own.forward: expected the parameters (self, *inputs, rng), got (self, x)",
         defined_wrongly(LayerState, forward=lambda self, x: x)),
        ("Own.window: expected a property, got a method. Write @property above it.",
         defined_wrongly(Device, window=lambda self: (0, 1, 2))),
        ("Own.transfer: expected a method, got a property",
         defined_wrongly(Adc, transfer=property(lambda self: None))),
        ("Own.table: expected a method, got a field",
         defined_wrongly(Step, __annotations__={"table": "float"})),
        ("Own.noise: expected a field with its type, got a value alone. Write noise: TYPE = VALUE.",
         defined_wrongly(Adc, noise=0.1)),
        ("Own.set_spred: expected no name that is nearly one of the contract, got set_spread",
         defined_wrongly(Step, set_spred=lambda self, u: u)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_class_whose_methods_are_not_those_of_the_contract_is_refused(said, make):
    assert refused(make).startswith(said)


def test_names_of_its_own_are_free():
    names = {"gradient": lambda self, d: d, "held_back": lambda self: 1, "_infr": 3}
    family = type("Family", (LayerState,), names)
    wider = {"gradient": lambda self, d, scale: d, "held_back": 2}
    assert issubclass(type("Own", (family,), wider), LayerState)


def test_a_specification_is_a_frozen_dataclass():
    class Plain(Step):
        dw: float = 0.1

        def set_mean(self, u):
            return self.dw + 0 * u

    said = "Plain: expected a frozen dataclass, got a class without @dataclass. Write"
    assert refused(Plain).startswith(said)
    loose = dataclass(type("Loose", (Plain,), {"__annotations__": {}}))
    said = "Loose: expected a frozen dataclass, got one that is not frozen."
    assert refused(loose).startswith(said)


@specification
class Limited(Step):
    """Does not check its fields itself."""

    dw: float = quantity(0.01, low=1e-6, high=0.1)
    answered: object = None

    def set_mean(self, u):
        return np.full_like(u, self.dw) if self.answered is None else self.answered(u)


@specification
class Silent(Limited):
    """Has something else to do when it is made."""

    def __post_init__(self):
        pass


def test_limits_hold_whether_or_not_a_class_checks_them():
    said = "dw: expected a number in [1e-06, 0.1], got 3."
    assert refused(Limited, dw=3).startswith(f"Limited.{said}")
    unchecked = Silent(dw=3)
    assert unchecked.dw == 3
    assert refused(Memristor, step=unchecked).startswith(f"Silent.{said}")


def test_types_that_cannot_be_resolved_are_named():
    @specification
    class Odd(Limited):
        much: Decimal = None

    said = "Odd: expected types of fields that its module knows, got name 'Decimal'"
    assert refused(Odd).startswith(said)


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        (lambda u: 0.01, "Limited.set_mean: expected an array of shape (257,), got 0.01."),
        (lambda u: u[1:], "Limited.set_mean: expected an array of shape (257,), got an array (256"),
        (lambda u: u / (u - 1), "Limited.set_mean: expected finite numbers, got inf."),
        (lambda u: u - 1, "Limited.set_mean: expected numbers of at least 0, got -1."),
        (lambda u: u + 1j, "Limited.set_mean: expected real numbers, got numbers of type complex"),
        (lambda u: 0 * u, "Limited.set_mean: expected a set step above 0 at u = 0.5, got 0."),
        (lambda u: np.multiply(u, 2, out=u), "Limited.set_mean: expected arguments that it leaves"),
        (lambda u: u.foo, "Limited.set_mean: expected an answer, got AttributeError: 'numpy.ndarr"),
    ],
)
def test_a_step_is_tried_where_it_is_used(answered, said):
    assert refused(Memristor, step=Limited(answered=answered)).startswith(said)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"size": 0.5}, "Own.set_mean: expected the size at u = 0.5, got 0.01, and a size of 0.5."),
        ({"slope": 1.0}, "Own.slope: expected steps size (1 + slope (1 - 2 u)), got others, or a "),
        ({"slope": 0.0, "set_spread": lambda self, u: u}, "Own.slope: expected steps size (1 + "),
    ],
)
def test_a_step_has_the_size_and_slope_that_it_says(names, said):
    """The compiled loop takes closed forms from them, and would go by another law in silence."""
    law = {"set_mean": lambda self, u: np.full_like(u, 0.01)}
    assert Memristor(step=answering(Step, **law, slope=0.0)).step.size == 0.01
    assert refused(lambda: Memristor(step=answering(Step, **law | names))).startswith(said)


def test_a_part_of_a_memristor_is_an_instance_of_its_contract():
    assert refused(Memristor, step=3).startswith("Memristor.step: expected a Step, got 3. Give ")
    said = "Memristor.step: expected a Step, got the class SoftBounds. Give SoftBounds(...)."
    assert refused(Memristor, step=SoftBounds) == said
    assert refused(Memristor, table=3).startswith("Memristor.table: expected a PulseTable, got 3.")


def answering(contract, **methods):
    """A specification of ``contract`` with these methods."""
    return specification(type("Own", (contract,), methods))()


def half(name):
    """Cells that answer all but ``name``."""

    class Half(Cells):
        def pulse(self, counts, *, rng):
            return None if name == "pulse" else Tally()

        def flicker(self):
            return np.full((1, 1), 2.0) if name == "flicker" else super().flicker()

    return Half


class Unbegun(Cells):
    def __init__(self, spec, shape, *, rng, dtype):
        self.spec = spec

    def pulse(self, counts, *, rng):
        return Tally()


class Timeless(Cells):
    def pulse(self, counts, *, rng):
        return Tally()

    def age(self, seconds):
        pass


def made(kind):
    """How a device makes cells of the class ``kind``."""
    return lambda self, shape, *, rng, dtype: kind(self, shape, rng=rng, dtype=dtype)


def drawn(cells):
    """The cells, with numbers that no seed gives again."""
    cells.own = np.random.default_rng().random(cells.g.shape)
    return cells


def cell(**methods):
    """A device of one's own, with these in place of its own methods."""
    usual = {
        "window": (1e-6, 2e-6, 3e-6),
        "quantum": 1e-8,
        "write_pulse": (1.0, 1e-9),
        "fabricate": made(half("")),
    }
    return answering(Device, **usual | methods)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"flicker": answering(ReadNoise, relative=lambda self, x, seconds: 0.1)},
         "Own.relative: expected an array of shape (2, 3), got 0.1."),
        ({"drift": answering(Drift, factor=lambda self, x, z, since, until: -x)},
         "Own.factor: expected numbers of at least 0, got -1."),
        ({"drift": answering(PowerLaw, exponents=lambda self, x, z: 0.1)},
         "Own.exponents: expected an array of shape (2, 3), got 0.1."),
        ({"spread": answering(Spread, draw=lambda self, window, normal: normal())},
         "Own.draw: expected a Fabricated, got an array (2, 3)"),
        ({"spread": answering(Spread, draw=lambda self, window, normal: Fabricated(
            1.0, normal(), normal(), normal()))}, "Own.draw, size: expected an array of shape"),
        ({"conduction": answering(Conduction, current=lambda self, g, v: g * v)},
         "Own.current: expected a pair, with the slope against v, got an array (2, 3)"),
        ({"conduction": answering(Conduction, current=lambda self, g, v: (g + v, g + 0 * v))},
         "Own.current: expected no current at 0 V, got 1e-06 A."),
        ({"conduction": answering(Conduction, current=lambda self, g, v: (-g * v, -g + 0 * v))},
         "Own.current: expected slopes >= 0, got -1e-05 S."),
        ({"conduction": answering(Factorised, shape=lambda self, v: np.sinh(v))},
         "Own.shape: expected a pair, with the slope against v"),
    ],
)  # fmt: skip
def test_parts_of_a_device_are_tried_where_they_are_used(part, said):
    assert refused(Memristor, **part).startswith(said)


@pytest.mark.parametrize(
    ("device", "said"),
    [
        (cell(window=(1e-6, 2e-6)), "Own.window: expected 3 numbers, got (1e-06, 2e-06)."),
        (cell(window=(3e-6, 2e-6, 1e-6)), "Own.window: expected lowest < middle < highest"),
        (cell(quantum=-1.0), "Own.quantum: expected 0 or more, got -1.0."),
        (cell(write_pulse="1 V"), "Own.write_pulse: expected 2 numbers, got '1 V'."),
        (cell(read_noise=(1e-8, 0.0)), "Own.without_read_noise: expected a device that reads with"),
        (cell(without_read_noise=lambda self: None), "Own.without_read_noise: expected a Device, "),
        (cell(write_event="pulse"), "Own.write_event: expected an event that is counted, got 'pul"),
        (cell(fabricate=lambda self, shape, *, rng, dtype: drawn(
            half("")(self, shape, rng=rng, dtype=dtype))),
         "Own.fabricate: expected the same cells for the same rng, got others."),
        (cell(fabricate=lambda self, shape, *, rng, dtype: 1), "Own.fabricate: expected a Cells, "),
        (cell(fabricate=made(Unbegun)), "Unbegun.__init__: expected the beginning super()"),
        (cell(fabricate=made(Timeless)), "Timeless.age: expected 10 s elapsed, got 0 s. Call "),
        (cell(periphery={}), "Own.periphery: expected a Periphery, got {}."),
        (cell(fabricate=made(half("pulse"))), "Half.pulse: expected a Tally, got None."),
        (cell(fabricate=made(half("flicker"))), "Half.flicker: expected an array of shape (2, 3)"),
        (Memristor(programming=answering(Programming, program=lambda self, cells, target, *, rng:
                                         cells.g)), "Own.program: expected a Tally, got an array"),
    ],
)  # fmt: skip
def test_a_device_is_tried_where_it_is_used(device, said):
    assert refused(Tile, device=device, mapping=DifferentialPair()).startswith(said)


def test_a_device_that_keeps_the_contract_is_taken():
    own = cell()
    assert Tile(device=own, mapping=DifferentialPair()).device is own


COSTS = {
    "energy": Cost(value=1e-15, source=WHY),
    "time": Cost(value=1e-9, unit="s", source=WHY),
    "area": Cost(value=1e-12, unit="m2", source=WHY),
    "transfer": lambda self: nearest(np.linspace(-1, 1, 7)),
}


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"transfer": lambda self: np.linspace(-1, 1, 7)},
         "Own.transfer: expected a Transfer, got an array (7,) of float64. Return Transfer("),
        ({"transfer": lambda self: Transfer(np.zeros(3), np.zeros(3))},
         "Own.transfer.thresholds: expected codes - 1, got 3 for 3 codes."),
        ({"fabricate": lambda self, lines, *, rng: Transfer(np.zeros((3, 3)), np.zeros(4))},
         "Own.fabricate.thresholds: expected (thresholds,) or (2 lines, thresholds)"),
        ({"time": COSTS["energy"]}, "Own.time: expected a cost in s, got one in J. Return Cost("),
        ({"top": 4}, "Own.transfer: expected the 9 levels of a uniform one, got other levels."),
        ({"top": 3.5}, "Own.top: expected a whole number from 0 to 16777216, got 3.5."),
        ({"area": 1e-12}, "Own.area: expected a Cost, got 1e-12."),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("contract", "place"), [(Adc, "adc"), (Dac, "dac")])
def test_a_converter_is_tried_where_it_is_used(own, said, contract, place):
    def use():
        part = answering(contract, **COSTS | own)
        Tile(device=Memristor(), mapping=DifferentialPair(), **{place: part})

    assert refused(use).startswith(said)


def test_a_preset_in_place_of_its_device_is_named():
    with pytest.raises(ConfigError, match=r"Tile.device: expected a Device, .* Give its device\."):
        Tile(device=PRESETS["reram"], mapping=DifferentialPair())


def test_a_class_in_place_of_an_object_is_named():
    with pytest.raises(ConfigError, match=r"Tile.mapping: .* Give DifferentialPair\(\.\.\.\)\."):
        Tile(device=Memristor(), mapping=DifferentialPair)


def test_a_drift_that_ends_below_zero_is_seen_when_it_does():
    law = answering(Drift, factor=lambda self, x, z, since, until: 1 - 0.1 * np.log(until / since))
    cells = Memristor(drift=law).fabricate((2, 3), rng=np.random.default_rng(0), dtype=np.float64)
    written = cells.g.copy()
    cells.age(1e3)
    assert (cells.g < written).all()
    drifted = cells.g.copy()
    assert refused(cells.age, 1e9).startswith("Own.factor: expected numbers of at least 0, got -")
    np.testing.assert_array_equal(cells.g, drifted)
