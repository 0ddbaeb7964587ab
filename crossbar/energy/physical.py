"""What happened on the chip, in joules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crossbar.activity import Activity
from crossbar.checks import require_part
from crossbar.energy.costs import JOULES, Costs
from crossbar.energy.figures import EnergyFigures, Row
from crossbar.energy.published import RATE, SOURCE
from crossbar.errors import fail
from crossbar.sources import derived

CELLS = derived(
    "V^2 G t from the voltages and conductances of the driven cells, counted as they were used"
)


def physical(
    inference: Activity, training: Activity, costs: Costs, *, rate: float = RATE
) -> EnergyFigures:
    """Return what happened, in joules: V^2 G t of the cells, and every conversion and block.

    Operations are multiplications by driven lines: an input that is exactly zero drives none.

    Source: :mod:`crossbar.activity` and each entry of ``costs``. Valid for: what was counted.

    Raises
    ------
    ConfigError
        If an activity holds no image or no multiplication.
    """
    rows = (
        *breakdown(inference, costs, phase="inference"),
        *breakdown(training, costs, phase="training"),
    )
    n_inf = _per_image(inference, "inference", "mac_forward")
    steps = ("mac_forward", "mac_transposed", "mac_outer")
    n_tr = sum(_per_image(training, "training", event) for event in steps)
    e_inf, e_tr = (
        sum(row.energy for row in rows if row.phase == phase) for phase in ("inference", "training")
    )
    if not min(n_inf, n_tr) > 0:
        got = f"{n_inf:g} and {n_tr:g} an image"
        fail("physical", "multiplications in both activities", got, "Present images to the chip.")
    notes = [
        "operations are multiplications by driven lines: an input of exactly zero drives none",
        "not contained: audio front end, clocking, control, leakage, losses of the line drivers, "
        "half-selected cells while others are written",
    ]
    if SOURCE in costs.code_steps.source.text:
        notes.append(
            "a code step is charged as printed, with a multiplication that mac_outer counts once "
            "more"
        )
    if not inference.total("read_energy"):
        notes.append("no energy of cells was counted: the sum covers converters and blocks only")
    return EnergyFigures(
        ops_inference=n_inf,
        ops_training=n_tr,
        writes_training=sum(
            _per_image(training, "training", event) for event in ("pulses", "code_steps")
        ),
        energy_per_op=e_inf / n_inf,
        energy_inference=e_inf,
        energy_training=e_tr,
        rate=rate,
        sources=tuple(dict.fromkeys(row.source for row in rows)),
        notes=tuple(notes),
        breakdown=rows,
    )


def breakdown(activity: Activity, costs: Costs, *, phase: str) -> tuple[Row, ...]:
    """Return the energy per image of every part and event of ``activity``, labelled ``phase``."""
    require_part("breakdown.activity", activity, Activity)
    require_part("breakdown.costs", costs, Costs)
    images = _images(activity, phase)
    return tuple(
        replace(row, count=row.count / images, energy=row.energy / images)
        for row in charged(activity, costs, phase=phase)
    )


def charged(activity: Activity, costs: Costs, *, phase: str) -> tuple[Row, ...]:
    """Return the energy of every part and event of ``activity`` as a whole; see breakdown."""
    tables = {part: costs.of(part).table() for part, _ in activity.counts}
    rows = []
    for (part, event), amount in activity.counts.items():
        table = tables[part]
        if amount and event in JOULES:
            count, energy, source = activity.total(JOULES[event], part), amount, CELLS
        elif amount and event in table:
            count, energy, source = amount, amount * table[event].value, table[event].source
        else:
            continue
        row = Row(
            phase=phase, part=part, event=event, count=count, energy=energy, source=str(source)
        )
        rows.append(row)
    return tuple(rows)


def rescaled(rows: Sequence[Row], factor: float) -> tuple[float, float]:
    """Return the energy [J] of inference and training if that of reading cells is ``factor`` times.

    ``rows`` are those of :func:`breakdown`.

    The energy of a linear cell is V^2 G t, so that ``factor`` is (V'/V)^2 G'/G for another read
    voltage and another scale of the conductances. Valid for: signals that stay the same.
    """
    times = {event: factor for event in JOULES if event.startswith("read_energy")}
    inference, training = (
        sum(row.energy * times.get(row.event, 1.0) for row in rows if row.phase == phase)
        for phase in ("inference", "training")
    )  # fmt: skip
    return inference, training


def _images(activity: Activity, phase: str) -> float:
    images = activity.total("images")
    if images <= 0:
        fail(f"energy of {phase}", "an activity with images", f"{images:g}", "Present images.")
    return images


def _per_image(activity: Activity, phase: str, event: str) -> float:
    return activity.total(event) / _images(activity, phase)
