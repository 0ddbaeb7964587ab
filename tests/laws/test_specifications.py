"""Specifications: every numeric field has a range, refuses what lies outside, and holds a number.

A new specification without limits fails here; so does a new record of results that is not listed.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json
import math
import pkgutil
import re
import typing
from collections.abc import Callable

import numpy as np
import pytest

import crossbar
from crossbar.bus import Command
from crossbar.checks import check_fields
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.circuit.remap import Remap
from crossbar.data import Arrays, Images, RandomNumbers, Recordings
from crossbar.devices import (
    Constant,
    IdealCell,
    IVTable,
    Jumps,
    JumpTable,
    LogRetention,
    NoisyReads,
    PulseTable,
    Retention,
    StuckAt,
)
from crossbar.devices.equations.base import Pulses, Sine
from crossbar.devices.measured.switching import Switching
from crossbar.energy import OperationCounts
from crossbar.energy.cost import Cost
from crossbar.energy.latency import Path
from crossbar.errors import CrossbarError
from crossbar.neurosemantic import AttentionHead, RecursiveHead, by_field
from crossbar.nn import Dense, Network, Pad, Quantise, Reshape, Transpose
from crossbar.runs.metrics import Metric
from crossbar.runs.search.goal import AtLeast, AtMost
from crossbar.runs.spiking import SpikingRun
from crossbar.runs.sweep.axes import Range
from crossbar.runs.sweep.design import Random, Sobol
from crossbar.runs.tile_settings import TileSettings
from crossbar.sources import assumed
from crossbar.spiking import (
    VTEAM_STDP,
    Clocked,
    Coded,
    EventLIF,
    FirstSpike,
    Group,
    MembraneDecoder,
    Repeated,
    SigmoidVote,
    SoftmaxVote,
    Synapses,
)
from crossbar.substrates.aware import Aware
from crossbar.substrates.digital import Digital
from crossbar.substrates.masters import HardwareAware
from crossbar.substrates.mismatched import Mismatched
from crossbar.substrates.routed import Rerouted
from crossbar.substrates.tile import Tile
from crossbar.wires import Wires

FORM = re.compile(r"^\w+\.\w+: expected .+, got .+\. .+\.$")
# What the package makes itself, from values that were checked: results, tables, pictures, rows.
MADE = ("data.dataset", "data.listing", "data.manifest", "data.normalise",
        "devices.library.published", "energy.figures",
        "energy.latency.Latency",
        "energy.latency.Part",
        "energy.operations", "energy.published", "report", "runs.hardware.Hardware",
        "runs.mapped_layer", "runs.sensitivity", "runs.spiking.SpikingPlan",
        "spice.bench", "spice.calibration",
        "spice.memristors.characterise", "spice.memristors.pulse_response",
        "spice.memristors.reads", "spice.memristors.trains", "spice.synapse.characterise",
        "spice.synapse.energy", "spice.synapse.mismatch.Spread", "spice.synapse.slots.Slot",
        "spice.validation",
        "wires.gradient", "wires.mesh", "wires.reads", "wires.sides")  # fmt: skip
SWITCHING = {"bits": 2, "g_unit": 1e-5, "loss": 0.01, "sigma_unit": 0.03, "settling": 1e-10,
             "slot": 3e-10, "v_in": 0.35, "v_dd": 0.7, "temperature": 300.0, "e_write": 1e-15,
             "e_rise": (1e-15, 1e-15), "e_fall": (1e-15, 1e-15), "t_on": 1e-11, "t_off": 1e-11,
             "p_hold": 1e-9, "source": "a deck"}  # fmt: skip
COLUMNS = dict.fromkeys(("up", "up_std", "down", "down_std"), (0.1, 0.1))
RISES = Jumps(u=(0, 1), change=(0, 0.1), cdf=((0, 1), (0, 1)))
FALLS = Jumps(u=(0, 1), change=(-0.1, 0), cdf=((0, 1), (0, 1)))
EXAMPLES = [
    AttentionHead(symbol=by_field("host")),
    RecursiveHead(of="lines"),
    Arrays(path="samples.npz"),
    Aware(held=Digital()),
    HardwareAware(clip=None),
    Images(path="pictures"),
    Pad(before=(1, 2), behind=(0, 1)),
    Quantise(scale=0.1),
    Reshape(shape=(2, 2)),
    Retention(rate=1e-6),
    AtLeast("accuracy", 0.9),
    AtMost("latency", 1.0),
    Cost(value=1e-15, source=assumed("an example")),
    Dense(units=3),
    IVTable(v=(0.1, 0.2), i=((1e-6, 2e-6),)),
    IdealCell(),
    VTEAM_STDP,
    VTEAM_STDP.pre,
    Clocked(units=2),
    Command(intent="start", number=0, confidence=0.5),
    Coded(steps=2),
    Repeated(steps=2),
    EventLIF(units=2),
    FirstSpike(units=2),
    Group(count=2),
    Synapses(source="in", target="out"),
    Mismatched(held=Digital()),
    JumpTable(set=RISES, reset=FALLS),
    Layout(rows=2, cols=3, size=(4, 4)),
    LogRetention(rate=1e-6, loss=0.1),
    Transpose(axes=(1, 0)),
    Network(input_shape=(4, 4), layers={"out": Dense(units=2)}),
    Path(slot=Cost(value=1e-9, unit="s", source=assumed("an example"))),
    MembraneDecoder(weights=(1.0, -1.0)),
    Metric(name="margin", of=len),
    NoisyReads(IdealCell()),
    OperationCounts(forward=1, transposed=1, outer=1, writes=1),
    PulseTable(u=(0, 1), **COLUMNS),
    Pulses(v_set=1, v_reset=-1, v_read=0.1, t_set=1e-9, t_reset=1e-9, t_read=1e-9, t_edge=1e-10),
    Random(3),
    RandomNumbers(),
    Recordings(path="recordings"),
    Range(0.1, 1.0),
    Rerouted(held=Tile(device=IdealCell(), mapping=DifferentialPair(), remap=Remap())),
    SigmoidVote(weights=(1.0, -1.0)),
    Sine(amplitude=1, frequency=1e3),
    Sobol(3),
    SpikingRun(until=1.0),
    SoftmaxVote(weights=(1.0, -1.0)),
    StuckAt(IdealCell()),
    Switching(**SWITCHING),
    Tile(device=IdealCell(), mapping=DifferentialPair()),
    TileSettings(mapping=DifferentialPair(), reading=Reading()),
    Wires(r_wl=1, r_bl=1),
]


def kinds() -> list[type]:
    """Every frozen dataclass with numbers and named arguments that is given from outside."""
    found = []
    for module in pkgutil.walk_packages(crossbar.__path__, "crossbar."):
        if module.name.endswith("__main__"):
            continue
        for name, kind in sorted(vars(importlib.import_module(module.name)).items()):
            place = f"{module.name}.{name}".removeprefix("crossbar.")
            if not (isinstance(kind, type) and kind.__module__ == module.name):
                continue
            if not dataclasses.is_dataclass(kind) or inspect.isabstract(kind):
                continue
            made = any(f"{place}.".startswith(f"{one}.") for one in MADE)
            named = all(field.kw_only for field in dataclasses.fields(kind))
            given = named or kind in [type(one) for one in EXAMPLES]
            if kind.__dataclass_params__.frozen and given and numbers(kind) and not made:
                found.append(kind)
    return found


def numbers(kind: type) -> dict[str, type]:
    """Type of every field of ``kind`` that is a number or holds some."""
    hints = typing.get_type_hints(kind)
    found = {}
    for field in dataclasses.fields(kind):
        if typing.get_origin(hints[field.name]) is Callable:
            continue
        inner = [hints[field.name], *typing.get_args(hints[field.name])]
        inner += [a for one in inner for a in typing.get_args(one)]
        for number in (float, int):
            if field.init and any(one is number for one in inner):
                found[field.name] = number
    return found


def example(kind: type) -> object:
    """An instance of ``kind``."""
    return next((one for one in EXAMPLES if type(one) is kind), None) or kind()


def within(spec: object, name: str, value: object) -> object:
    """Return ``value`` as the field ``name`` of ``spec`` holds it: alone, or first of several."""
    now = getattr(spec, name)
    if isinstance(now, tuple) and isinstance(now[0], tuple):
        return ((value, *now[0][1:]), *now[1:])
    return (value, *now[1:]) if isinstance(now, tuple) else value


FIELDS = [(kind, name) for kind in kinds() for name in numbers(kind)]


def test_there_are_specifications():
    names = {kind.__name__ for kind in kinds()}
    assert {"Memristor", "Reading", "Tile", "Errors", "Training", "Synapse", "Synthetic"} <= names


@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=lambda v: getattr(v, "__name__", v))
def test_every_number_has_a_range_and_refuses_what_lies_outside(kind, name):
    spec, number = example(kind), numbers(kind)[name]
    (field,) = (f for f in dataclasses.fields(kind) if f.name == name)
    limits = field.metadata.get("limits", {})
    low = limits.get("low", limits.get("above"))
    high = limits.get("high", limits.get("below"))
    assert low is not None, "no lower limit: quantity(default, low=..., high=...)"
    wrong = [math.nan, "1", None, 1j, [[1]], True, -math.inf, low - max(1, abs(low))]
    if number is int:
        wrong += [0.5, 1.0]
    if number is float or name != "seed":  # a seed may be any whole number
        assert high is not None, "no upper limit: quantity(default, low=..., high=...)"
        wrong += [] if high == math.inf else [1e308, math.inf, 2 * high + 1]
    for value in wrong:
        if value is None and getattr(spec, name) is None:
            continue
        hint = f"{kind.__name__}.{name} = {value!r}"
        with pytest.raises(CrossbarError) as error:
            pytest.fail(f"{hint}: {dataclasses.replace(spec, **{name: within(spec, name, value)})}")
        text = str(error.value)
        assert FORM.match(text), text
        assert text.startswith(f"{kind.__name__}.{name}: "), text


@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=lambda v: getattr(v, "__name__", v))
def test_a_number_of_numpy_becomes_a_plain_number(kind, name):
    spec = example(kind)
    now = getattr(spec, name)
    one = now
    while isinstance(one, tuple):
        one = one[0]
    if one is None or one == math.inf:
        return
    scalar = np.int64(one) if numbers(kind)[name] is int else np.float64(one)
    for given in (scalar, np.array(scalar)):
        again = dataclasses.replace(spec, **{name: within(spec, name, given)})
        assert getattr(again, name) == now
        assert type(one) is numbers(kind)[name]
        assert "np." not in repr(again)
        json.dumps(getattr(again, name))


@pytest.mark.parametrize("kind", kinds(), ids=lambda k: k.__name__)
def test_defaults_are_settled(kind):
    """Checking again changes nothing: equality and hash are those of plain values."""
    spec = example(kind)
    before = {f.name: getattr(spec, f.name) for f in dataclasses.fields(kind)}
    check_fields(spec)
    assert all(getattr(spec, name) is value for name, value in before.items())


def test_a_part_of_another_class_is_refused_by_name():
    for wrong in (None, 8, "circuit", Constant, Constant()):
        for field in ("device", "mapping", "reading", "wires", "dac", "adc", "blocks"):
            if wrong is None and field in ("wires", "dac", "adc"):
                continue
            with pytest.raises(
                CrossbarError, match=rf"^Tile\.{field}: expected .+, got .+\. .+\.$"
            ):
                dataclasses.replace(example(Tile), **{field: wrong})
