"""Costs from a simulated circuit, or from anything else that writes them down with a source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crossbar import textfiles
from crossbar.energy.cost import Cost
from crossbar.energy.costs import Costs
from crossbar.errors import CrossbarError, DataError, message, nearest
from crossbar.sources import Source


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
