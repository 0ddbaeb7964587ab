"""The table of costs: event -> energy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from crossbar import textfiles
from crossbar.energy.converters import isaac_dac, neurosim_sar
from crossbar.energy.cost import Cost
from crossbar.energy.published import A_AV, SOURCE
from crossbar.errors import CrossbarError, DataError, fail, message, nearest
from crossbar.sources import Source, assumed, derived, published

# Events counted in joules, V^2 G t, and what was counted with them.
JOULES = {
    "read_energy": "mac_forward",
    "read_energy_transposed": "mac_transposed",
    "write_energy": "pulses",
    "refresh_energy": "refresh_reads",
}

HOROWITZ = "Horowitz, ISSCC 2014, 45 nm"
DIGITAL_ADD = Cost(value=0.9e-12, source=published(f"{HOROWITZ}: 32-bit floating-point add 0.9 pJ"))
DIGITAL_MAC = Cost(
    value=4.6e-12,
    source=published(f"{HOROWITZ}: 32-bit floating-point multiply 3.7 pJ and add 0.9 pJ"),
)
DIGITAL_COMPARISON = Cost(
    value=0.1e-12,
    source=derived(f"a comparison is a subtraction of integers, {HOROWITZ}: 32-bit add 0.1 pJ"),
)
"""Arithmetic alone, without access to memory."""
SPIKE = Cost(value=0.1e-12, source=published("Alymova 2025: 0.1 pJ a spike of a neuron"))

QUEUED = Cost(
    value=20e-12,
    source=derived(f"written and read once, {HOROWITZ}: 64 bits of an 8 KB memory, 10 pJ"),
)
AT_REST = Cost(value=1e-9, source=assumed("a spiking neuron leaks 1 nW, a comparator of 1 nA"))


def _like_operation(what: str) -> Cost:
    return Cost(value=A_AV, source=assumed(f"{what} takes one operation of {SOURCE}, 87.36 fJ"))


@dataclass(frozen=True, kw_only=True)
class Costs:
    """Energy of each event of :data:`crossbar.activity.EVENTS` that is not counted in joules.

    Parameters
    ----------
    sense
        A line current turned into a voltage.
    dac, adc
        A conversion at the edge of an array.
    normaliser, relu, softmax, difference
        A value through the circuit block.
    activation
        A value through a neuron that is no rectifier.
    spikes
        A spike that a neuron fires, beside what its read pulse takes in the cells.
    queued
        A spike that goes into an event queue and out of it.
    neuron_time
        A second of a spiking neuron, whether it fires or not: its leakage [J].
    comparison, addition, scaling
        A comparison, an addition, and a multiplication with an addition in digital logic.
    mac_outer
        A product of the multiplier block.
    update_adc
        A conversion in the control of weight changes.
    pulses
        A set or reset pulse, beyond what it dissipates in the cell.
    code_steps
        A step of a digital code; print charges a weight change together with a multiplication.
    layers
        Costs of the layers that have their own, by name: those of other converters, say.

    Raises
    ------
    ConfigError
        If an entry is no :class:`Cost` in joules.

    Notes
    -----
    **Source**: each entry names its own. The default ADC is the middle one of three models that
    differ by six times at 8 bits (:func:`crossbar.energy.adc_models`). **Valid for** comparisons
    at 8 bits and about 45 nm; replace the entries that decide a result.

    Examples
    --------
    >>> costs = Costs(adc=Cost(value=2e-12, source=derived("my circuit, ngspice deck adc.cir")))
    >>> costs.adc.value
    2e-12
    """

    sense: Cost = field(default=_like_operation("a line amplifier"))
    dac: Cost = field(default=isaac_dac(8))
    adc: Cost = field(default=neurosim_sar(8))
    normaliser: Cost = field(default=_like_operation("a value through the normaliser"))
    relu: Cost = field(default=_like_operation("a value through a rectifier"))
    activation: Cost = field(default=_like_operation("a value through a neuron"))
    spikes: Cost = field(default=SPIKE)
    queued: Cost = field(default=QUEUED)
    neuron_time: Cost = field(default=AT_REST)
    comparison: Cost = field(default=DIGITAL_COMPARISON)
    addition: Cost = field(default=DIGITAL_ADD)
    scaling: Cost = field(default=DIGITAL_MAC)
    softmax: Cost = field(default=_like_operation("a value through the softmax block"))
    difference: Cost = field(default=_like_operation("a value through the difference block"))
    mac_outer: Cost = field(default=_like_operation("an analog multiplication"))
    update_adc: Cost = field(default=neurosim_sar(8))
    pulses: Cost = field(
        default=Cost(value=0.0, source=derived("V^2 G t is counted in write_energy"))
    )
    code_steps: Cost = field(
        default=Cost(
            value=A_AV, source=published(f"{SOURCE}, eq 17: a weight change and multiplication")
        )
    )

    layers: Mapping[str, Costs] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        for event, cost in self.table().items():
            if not isinstance(cost, Cost) or cost.unit != "J":
                remedy = "Write Cost(value=..., source=...)."
                fail(f"Costs.{event}", "a Cost in J", repr(cost), remedy)

    def table(self) -> dict[str, Cost]:
        """Return the costs by event."""
        return {event: getattr(self, event) for event in self.events()}

    @classmethod
    def events(cls) -> tuple[str, ...]:
        """Return the events that have a cost."""
        return tuple(entry.name for entry in fields(cls) if entry.name != "layers")

    def of(self, layer: str) -> Costs:
        """Return the costs of ``layer``, or of the layer that the matrix ``LAYER.PART`` is of."""
        return self.layers.get(layer.partition(".")[0], self)

    def with_costs(self, **costs: Cost) -> Costs:
        """Return these with other ``costs`` in their places, in every layer."""
        given: dict[str, Any] = dict(costs)
        layers = {name: replace(own, **given) for name, own in self.layers.items()}
        return replace(self, **given, layers=layers)


def read_costs(path: str | Path, base: Costs) -> Costs:
    """Return ``base`` with the costs of the file ``path`` in their places.

    The file holds ``{"costs": {EVENT: COST, ...}}`` with costs such as
    ``{"value": 8e-15, "unit": "J", "source": "derived: ..."}``, as the record of a circuit
    characterisation does; other entries beside ``costs`` are left.

    Raises
    ------
    DataError
        If the file cannot be read, holds no costs, an unknown event, or a cost without source.
    """
    remedy = (
        'Write {"costs": {"code_steps": {"value": 8e-15, "unit": "J", "source": "derived: ..."}}}.'
    )
    text = textfiles.read(Path(path), "costs in JSON", remedy)
    try:
        record: Any = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(message(str(path), "costs in JSON", str(error), remedy)) from None
    entries = record.get("costs") if isinstance(record, dict) else None
    if not isinstance(entries, dict) or not entries:
        raise DataError(message(str(path), 'an object "costs"', "none", remedy))
    known, given = Costs.events(), dict[str, Cost]()
    for event, entry in entries.items():
        if event not in known:
            raise DataError(message(str(path), "events with a cost", repr(event),
                                    nearest(event, known)))  # fmt: skip
        try:
            given[event] = Cost(**entry | {"source": Source.parse(entry["source"])})
        except (TypeError, KeyError, CrossbarError) as error:
            expected = f"value, unit and source of {event}"
            raise DataError(message(str(path), expected, str(error), remedy)) from None
        if given[event].unit != "J":
            raise DataError(
                message(str(path), f"a Cost in J for {event}", given[event].unit, remedy)
            )
    return base.with_costs(**given)
