"""Each layer is charged for its own converters: their energy, time and area."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from crossbar.activity import Activity
from crossbar.converters import FlashAdc, RampAdc, SarAdc, SerialDac, StringDac
from crossbar.data import Ends
from crossbar.energy import (
    andrulis,
    breakdown,
    circuit_costs,
    isaac_adc,
    isaac_dac,
    murmann_floor,
    neurosim_sar,
)
from crossbar.errors import ConfigError
from crossbar.runs import experiment
from crossbar.runs.energy_record import converter_records, costs
from crossbar.runs.latency import chip_latency, latencies
from crossbar.runs.noiseless import quiet

MIXED = {
    "tile": {"adc": {"bits": 6}, "dac": {"bits": 5}, "size": [128, 64]},
    "layers": {"fc": {"adc": {"kind": "flash", "bits": 4}}, "conv": {"dac": "resistor-string"}},
}


@pytest.fixture
def plan():
    return experiment(MIXED)


def test_no_converter_costs_more_or_less_than_the_model_of_its_bits():
    for bits in (4, 8, 12):
        assert SarAdc(bits=bits).energy == neurosim_sar(bits)
        assert SerialDac(bits=bits).energy == isaac_dac(bits)
    bare = costs(experiment({}))
    assert (bare.adc, bare.dac) == (neurosim_sar(8), isaac_dac(8))


@pytest.mark.parametrize(
    ("kind", "settings", "energy"),
    [
        ("neurosim", {"node": "32 nm"}, neurosim_sar(6, node=32e-9)),
        ("andrulis", {"rate": "10 MHz", "node": "45 nm"}, andrulis(6, rate=10e6, node=45e-9)),
        ("survey-floor", {}, murmann_floor(6)),
        ("isaac", {}, isaac_adc(6)),
    ],
)
def test_a_named_model_prices_the_conversions(kind, settings, energy):
    tile = {"adc": {"bits": 6, "costs": {"kind": kind} | settings}}
    assert costs(experiment({"tile": tile})).adc == energy


def test_area_of_a_sar_adc_is_that_of_isaac_at_8_bits():
    assert SarAdc(bits=8).area.value == pytest.approx(1200e-12, rel=1e-12)
    # ISAAC's ADC scaled as its authors do: 361, 627 and 3002 um2 at 4, 6 and 10 bits.
    for bits, area in ((4, 361e-12), (6, 627e-12), (10, 3002e-12)):
        assert SarAdc(bits=bits).area.value == pytest.approx(area, rel=0.01)


def test_conversions_of_each_layer_cost_what_its_own_converter_takes(plan):
    prices = costs(plan)
    activity = Activity({("", "images"): 2.0, ("fc", "adc"): 10.0, ("out", "adc"): 10.0})
    for table in (prices, circuit_costs(prices)):
        rows = {row.part: row for row in breakdown(activity, table, phase="inference")}
        assert rows["fc"].energy == pytest.approx(5 * FlashAdc(bits=4).energy.value, rel=1e-12)
        assert rows["out"].energy == pytest.approx(5 * neurosim_sar(6).value, rel=1e-12)
        assert rows["fc"].source == str(FlashAdc(bits=4).energy.source)


def test_a_file_of_costs_goes_before_every_converter(tmp_path):
    entry = {"value": 1e-12, "unit": "J", "source": "derived: mine"}
    path = tmp_path / "costs.json"
    path.write_text(json.dumps({"costs": {"adc": entry}}))
    prices = costs(experiment(MIXED | {"energy": {"costs": str(path)}}))
    assert [prices.of(layer).adc.value for layer in ("conv", "fc", "out")] == [1e-12] * 3
    assert prices.of("conv").dac == StringDac().energy  # the rest stays


def test_latency_adds_up_what_the_converters_of_each_layer_take(plan):
    parts = latencies(plan, Ends((28, 28), 2))[0].parts
    adc = [(part.times, part.seconds) for part in parts if part.name == "ADC"]
    assert adc == [(626, pytest.approx(626 * 7e-9)), (1, pytest.approx(0.8e-9))]
    dac = [(part.times, part.seconds) for part in parts if part.name == "DAC"]
    assert dac == [(625, pytest.approx(625 * 5e-9)), (2, pytest.approx(2 * 4 * 320e-12))]


def test_every_line_has_a_converter_and_every_array_its_own_adcs(plan):
    records = {
        (r["layer"], r["event"]): r for r in converter_records(plan, Ends((28, 28), 2), costs(plan))
    }
    assert {key: r["lines"] for key, r in records.items()} == {
        ("conv", "dac"): 16, ("conv", "adc"): 3,  # the first matrix is read forward only
        ("fc", "dac"): 1875 + 64, ("fc", "adc"): 15 * 64 + 1875,  # 15 arrays of 128 rows
        ("out", "dac"): 64 + 2, ("out", "adc"): 2 + 64,
    }  # fmt: skip
    flash = records["fc", "adc"]
    assert flash["type"] == "FlashAdc"
    assert flash["area"] == pytest.approx((15 * 64 + 1875) * FlashAdc(bits=4).area.value)
    assert json.loads(json.dumps(flash)) == flash


def test_a_ramp_takes_longer_and_a_flash_more_with_each_bit():
    for one, fewer in ((RampAdc(bits=9), RampAdc(bits=8)), (FlashAdc(bits=6), FlashAdc(bits=5))):
        assert 2 < one.energy.value / fewer.energy.value < 2.1
    assert RampAdc(bits=9).time.value / RampAdc(bits=8).time.value == pytest.approx(511 / 255)
    assert replace(FlashAdc(), bits=6).time == FlashAdc().time


def test_an_experiment_without_noise_has_none_in_its_converters():
    noisy = {"adc": {"kind": "flash", "noise": 0.01}, "dac": {"bits": 6, "noise": 0.02}}
    own = {"fc": {"adc": {"kind": "sar", "bits": 5, "noise": 0.03}}}
    still = quiet(experiment({"tile": noisy, "layers": own}))
    assert still.tile.adc == FlashAdc()
    assert still.tile.dac == SerialDac(bits=6)
    assert still.of("fc").tile.adc == SarAdc(bits=5)


def test_lines_that_share_a_converter_wait_for_it_and_take_less_area():
    """8 lines each. fc: 15 arrays of 64 columns, and back 1875 word lines, 128 an array or 83."""
    ends, settings = Ends((28, 28), 2), {"size": [128, 64]}
    alone, shared = (
        experiment({"tile": settings | {"adc": {"bits": 6, "shared": n}}}) for n in (1, 8)
    )
    counts = {r["layer"]: (r["lines"], r["area"])
              for r in converter_records(shared, ends, costs(shared))}  # fmt: skip
    each = SarAdc(bits=6).area.value
    back = 14 * 16 + 11
    assert counts["conv"] == (1, pytest.approx(each))
    assert counts["fc"] == (15 * 8 + back, pytest.approx((15 * 8 + back) * each))
    assert counts["out"] == (1 + 8, pytest.approx(9 * each))
    seconds = [
        sum(part.seconds for part in latencies(plan, ends)[0].parts if part.name == "ADC")
        for plan in (alone, shared)
    ]
    one = SarAdc(bits=6).time.value
    assert seconds[0] == pytest.approx(627 * one)
    # 625 reads of 3 columns, one of 64 and one of 2: no line waits for more than there are.
    assert seconds[1] == pytest.approx((625 * 3 + 8 + 2) * one)
    assert costs(shared).adc == costs(alone).adc  # of a conversion


def test_spare_word_lines_have_cells_converters_and_area_but_take_no_time():
    """5 spare lines of each layer, of two cells a weight, and of ten copies of the convolution."""
    ends, more = Ends((28, 28), 2), {"remap": {"limit": 0.2}}
    settings = {"size": [128, 64], "adc": {"bits": 6}, "dac": {"bits": 5}}
    plain, spare = (
        experiment({"device": "reram", "tile": settings | own, "network": {"copies": 10}})
        for own in (more, more | {"spare_rows": 5})
    )
    before, after = (
        {(r["layer"], r["event"]): r for r in converter_records(plan, ends, costs(plan))}
        for plan in (plain, spare)
    )
    gained = {key: after[key]["lines"] - r["lines"] for key, r in before.items()}
    assert gained == {
        ("conv", "dac"): 10 * 5, ("conv", "adc"): 0,  # read forward only
        ("fc", "dac"): 5, ("fc", "adc"): 5,  # word lines of transposed reads; no array more
        ("out", "dac"): 5, ("out", "adc"): 5,
    }  # fmt: skip
    each = SerialDac(bits=5).area.value
    assert after["fc", "dac"]["area"] == pytest.approx((1875 + 5 + 64) * each)
    one, other = (chip_latency(plan, ends) for plan in (plain, spare))
    assert one.cells == 2 * (10 * 16 * 3 + 1875 * 64 + 64 * 2)
    assert other.cells == 2 * (10 * (16 + 5) * 3 + (1875 + 5) * 64 + (64 + 5) * 2)
    assert other.parts == one.parts


@pytest.mark.parametrize(
    ("adc", "message"),
    [
        ({"bits": 3, "costs": "andrulis"}, "andrulis.bits: expected .*4.*, got 3"),
        ({"costs": {"kind": "neurosim", "node": "28 nm"}}, "neurosim_sar.node: expected 45e-9"),
    ],
)
def test_a_model_that_does_not_hold_is_refused_before_anything_runs(adc, message):
    with pytest.raises(ConfigError, match=message):
        experiment({"tile": {"adc": adc}})
