"""Networks and the hardware of single layers, as settings describe them."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from crossbar.data import Ends
from crossbar.devices import CmosSynapse, Memristor
from crossbar.errors import CrossbarError
from crossbar.nn import Dense, Relu
from crossbar.runs import experiment, override
from crossbar.runs.build import substrate
from crossbar.runs.latency import chip_latency, latencies
from crossbar.substrates.by_layer import ByLayer
from crossbar.substrates.digital import Digital
from crossbar.substrates.tile import Tile

LAYERS = """
[[network.layers]]
name = "conv"
kind = "convolution"
filters = 2

[[network.layers]]
name = "relu"
kind = "relu"

[[network.layers]]
name = "out"
kind = "dense"
inputs = "relu"
units = "classes"
"""
MIXED = """
[device]
kind = "cmos"
bits = 6
[tile.adc]
bits = 7
[layers.fc]
device = "reram"
size = [32, 16]
adc = "none"
[layers.out]
device.sigma_read = 0.25
adc.bits = 5
[layers.conv]
device = "float"
"""


def settings(text: str, *changes: str) -> dict[str, Any]:
    return override(tomllib.loads(text), list(changes))


def test_listed_layers_make_a_network_of_the_shape_of_the_data() -> None:
    plan = experiment(settings(LAYERS, "network.layers.conv.filters=3"))
    network = plan.common.network.network((8, 6), 4)
    assert [(m.name, m.rows, m.cols) for m in network.matrices] == [("conv", 16, 3), ("out", 45, 4)]
    assert isinstance(network.nodes["relu"].layer, Relu)
    assert network.nodes["out"].layer == Dense(units=4)
    assert network.nodes["out"].inputs == ("relu",)
    record = plan.configuration["network"]["layers"]
    assert record["conv"]["filters"] == 3
    assert record["conv"]["kernel"] == 4  # a default
    assert record["out"]["units"] == "classes"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("network.layers.conf.filters=3", r"layers.conf.filters: .*Did you mean 'conv'\?"),
        ("network.layers.conv.filter=3", r"network.layers.conv.filter: .*mean 'filters'\?"),
        ("network.layers.conv.filters=0", r"network.layers.conv.filters: Convolution.filters: "),
        ("network.layers.relu.kind=rely", r"network.layers.relu.kind: .*Did you mean 'relu'\?"),
        ("network.layers.out.inputs=reul", r"network.layers: .*Did you mean 'relu'\?"),
        ("network.layers.out.inputs=3", r"network.layers.out.inputs: expected names of layers"),
        ("network.hidden=3", r"network.hidden: expected no other setting beside network.layers"),
        ("network.layers=conv", r"network.layers: expected a list of tables"),
    ],
)
def test_a_misspelt_layer_or_field_is_refused_with_the_nearest(change: str, said: str) -> None:
    with pytest.raises(CrossbarError, match=said):
        experiment(settings(LAYERS, change)).common.network.network((28, 28), 2)


def test_each_layer_lies_over_the_chip() -> None:
    plan = experiment(settings(MIXED))
    conv, fc, out, other = (plan.of(name) for name in ("conv", "fc", "out", "other"))
    assert other is plan.hardware
    assert isinstance(fc.device, Memristor)
    assert (fc.tile.adc, fc.tile.size) == (None, (32, 16))
    assert fc.tile.mapping == experiment(settings("device.kind = 'reram'")).tile.mapping
    assert isinstance(out.device, CmosSynapse)
    assert (out.device.bits, out.device.sigma_read) == (6, 0.25)
    assert out.tile.mapping == plan.tile.mapping
    assert out.tile.adc is not None
    assert plan.configuration["layers"]["out"]["adc"]["bits"] == 5
    assert conv.device is None
    mixed = substrate(plan)
    assert isinstance(mixed, ByLayer)
    assert isinstance(mixed.part("conv"), Digital)
    assert isinstance(mixed.part("fc"), Tile)
    assert mixed.part("fc.inner") == mixed.part("fc")
    with pytest.raises(CrossbarError, match=r"layers.fc: expected a layer with weights: .*fb"):
        mixed.require_parts(["conv", "fb", "out.a", "out.b"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("layers.fc.siz=3", r"layers.fc.siz: expected a setting of \[layers.fc\].*mean 'size'\?"),
        ("layers.fc.device.kind=rera", r"layers.fc.device.kind: .*Did you mean 'reram'\?"),
        (
            "layers.out.device.bit=3",
            r"layers.out.device.bit: .*Did you mean 'layers.out.device.bits'",
        ),
        ("layers.out.device.bits=99", r"layers.out.device.bits: CmosSynapse.bits: "),
        ("layers.conv.adc.bits=3", r"layers.conv.adc: expected no hardware for device.kind = floa"),
        ("layers.fc=3", r"layers.fc: expected a table of settings"),
        ("layer.fc.size=3", r"layer: expected a section or setting.*Did you mean 'layers'\?"),
    ],
)
def test_a_misspelt_setting_of_a_layer_is_refused(change: str, said: str) -> None:
    with pytest.raises(CrossbarError, match=said):
        experiment(settings(MIXED, change))


def test_each_layer_takes_the_time_and_the_cells_of_its_own_hardware() -> None:
    text = "[device]\nkind='cmos'\n[layers.fc]\ndevice='reram'\n[layers.out]\ndevice='float'\n"
    plan = experiment(settings(text, "network.hidden=4", "network.filters=1"))
    (row,) = latencies(plan, Ends((28, 28), 2), (1,))
    assert row.arrays == pytest.approx(625 * 320e-12 + 2 * 10e-9)  # conv; fc and out
    assert row.cells == 16 + 2 * 625 * 4  # one a weight, two, and none in memory


@pytest.mark.parametrize("listed", [False, True])
def test_the_latency_of_a_chip_is_that_of_the_copies_that_its_layers_have(*, listed: bool) -> None:
    known = "[device]\nkind='cmos'\n[network]\nfilters=1\nhidden=4\ncopies=5\n"
    layers = """[device]
    kind='cmos'
    [[network.layers]]
    name='conv'
    kind='convolution'
    filters=1
    kernel=4
    copies=5
    [[network.layers]]
    name='out'
    kind='dense'
    units='classes'
    """
    row = chip_latency(experiment(settings(layers if listed else known)), Ends((28, 28), 2))
    assert (row.copies, row.shared_cycles) == (5, 125)
    assert row.cells == 16 * 5 + (625 * 2 if listed else 625 * 4 + 4 * 2)


def test_a_misspelt_number_of_classes_is_named():
    listed = [{"name": "out", "kind": "dense", "units": "clases"}]
    said = r"network\.layers\.out\.units: expected a value, or 'classes', got 'clases'\. Did you"
    with pytest.raises(CrossbarError, match=said):
        experiment({"network": {"layers": listed}})
