"""Counts to joules by named conventions: what print charges, what is counted, what happened."""

from __future__ import annotations

from typing import NamedTuple

from crossbar.activity import Activity
from crossbar.checks import require_part
from crossbar.energy.cost import Cost
from crossbar.energy.costs import DIGITAL_MAC, Costs
from crossbar.energy.counts import OperationCounts
from crossbar.energy.figures import EnergyFigures
from crossbar.energy.operations import circuit_costs
from crossbar.energy.physical import physical
from crossbar.energy.published import A_AV, N_INF, N_TR, NETWORK, RATE, SOURCE
from crossbar.sources import published

OPERATION = Cost(
    value=A_AV, source=published(f"{SOURCE}, eq 17: 0.7 V x 390 uA x 320 ps = 87.36 fJ")
)


class Convention(NamedTuple):
    """What energy is by a convention, and whether it is counted on the simulated chip."""

    words: str
    counted: bool = False


CONVENTIONS = {
    "leti-2026": Convention("the printed rule: every operation costs 87.36 fJ"),
    "exact": Convention(
        "the printed cost, at every multiplication and weight change of backpropagation"
    ),
    "physical": Convention(
        "what was counted on the simulated chip: V^2 G t of cells, conversions, blocks",
        counted=True,
    ),
    "circuit": Convention(
        "the same counts; multiplier, softmax and code changes as in our own circuits",
        counted=True,
    ),
    "digital": Convention("32-bit floating-point arithmetic alone, 45 nm"),
}
"""By the names of :func:`conventions`."""


def conventions(
    counts: OperationCounts,
    inference: Activity,
    training: Activity,
    costs: Costs,
    rate: float = RATE,
) -> dict[str, EnergyFigures]:
    """Return the figures by every convention, under its name.

    Parameters
    ----------
    counts
        Operations of the network.
    inference, training
        What happened while images were classified, and while they were learnt.
    costs
        What the blocks take in ``physical``; ``circuit`` counts the same, with the figures of this
        project's own circuits in place of default costs.
    rate : [1/s]
        Images per second.

    Raises
    ------
    ConfigError
        If an activity holds no image.
    """
    return {
        "leti-2026": leti_2026(counts, rate=rate),
        "exact": exact(counts, rate=rate),
        "physical": physical(inference, training, costs, rate=rate),
        "circuit": physical(inference, training, circuit_costs(costs), rate=rate),
        "digital": digital(counts, rate=rate),
    }


def leti_2026(counts: OperationCounts, *, rate: float = RATE) -> EnergyFigures:
    """Return the figures as Table 1 counts them: E = N A_AV, with the printed N (eq 17-19).

    Source: LETI 2026. Valid for: the published network. For any other, the same rule with
    N_INF as counted and N_TR = 2 N_INF.
    """
    require_part("leti_2026.counts", counts, OperationCounts)
    published = counts == OperationCounts.of(NETWORK)
    n_inf, n_tr = (N_INF, N_TR) if published else (counts.forward, 2 * counts.forward)
    rule = (
        "counts as printed: 150 000 (150 128) and 300 000 (300 256 with half the neurons dropped)"
        if published
        else "another network than the published one: N_INF as counted, N_TR = 2 N_INF as in print"
    )
    return _uniform(
        n_inf,
        n_tr,
        OPERATION,
        rate,
        rule,
        "an operation is one weight change and one multiplication, in training as in inference",
        "inference is charged at the current of a weight change",
        "softmax, neurons and audio front end are omitted",
    )


def exact(counts: OperationCounts, *, rate: float = RATE) -> EnergyFigures:
    """Return the figures for every multiplication of backpropagation and every weight change.

    Source: counts from the shapes; A_AV from LETI 2026. Valid for: dense data without dropout.
    """
    require_part("exact.counts", counts, OperationCounts)
    return _uniform(
        counts.forward,
        counts.training,
        OPERATION,
        rate,
        "every multiplication of full backpropagation, no neuron dropped",
        "each weight change is charged like an operation, which in print contains one already",
        "softmax, neurons and audio front end are omitted",
        writes=counts.writes,
    )


def digital(counts: OperationCounts, *, rate: float = RATE) -> EnergyFigures:
    """Return the figures of 32-bit floating-point arithmetic for the same multiplications.

    Source: Horowitz, ISSCC 2014. Valid for: 45 nm, arithmetic alone.
    """
    require_part("digital.counts", counts, OperationCounts)
    return _uniform(
        counts.forward,
        counts.training,
        DIGITAL_MAC,
        rate,
        "arithmetic alone: no memory access, no control",
        "a weight change is the addition of the multiplication that makes its gradient",
    )


def _uniform(
    n_inf: float, n_tr: float, operation: Cost, rate: float, *notes: str, writes: float = 0.0
) -> EnergyFigures:
    """Return the figures where every operation and every write costs the same."""
    return EnergyFigures(
        ops_inference=n_inf,
        ops_training=n_tr,
        writes_training=writes,
        energy_per_op=operation.value,
        energy_inference=n_inf * operation.value,
        energy_training=(n_tr + writes) * operation.value,
        rate=rate,
        sources=(str(operation.source),),
        notes=notes,
    )
