"""What the settings of a record mean, and their values with units, as the record itself says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crossbar.meaning import Meaning, named
from crossbar.report.wording import quantity_text


@dataclass(frozen=True)
class Fields:
    """Words and units of settings and metrics, as a record notes them.

    A record needs no module of the user's to be read: what it does not note has the last part of
    its name as words.

    Parameters
    ----------
    known
        Words and unit by dotted name.

    Examples
    --------
    >>> fields = Fields({"device.g_max": ("highest conductance", "S"), "device.nu": ("drift", "")})
    >>> fields.words("device.g_max"), fields.unit("test.device.g_max"), fields.words("my.own_one")
    ('highest conductance', 'S', 'own one')
    >>> fields.text("device.g_max", 4e-5), fields.text("device.nu", None)
    ('40 µS', 'none')
    """

    known: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Fields:
        """Return what ``record``, of a run or about a sweep, notes."""
        return cls(record.get("meanings") or {})

    def of_name(self, name: str) -> Meaning:
        """Return the meaning of ``name``; a setting of the test means what it means in training."""
        noted = self.known.get(name) or self.known.get(name.removeprefix("test."))
        return named(name) if noted is None else Meaning(*noted)

    def words(self, name: str) -> str:
        """Return what ``name`` is."""
        return self.of_name(name).words

    def unit(self, name: str) -> str:
        """Return the SI unit of ``name``; ``%`` for a share, empty for none."""
        return self.of_name(name).unit

    def text(self, name: str, value: Any) -> str:
        """Return the ``value`` of the setting ``name`` with its unit."""
        return value_text(value, self.unit(name))


def value_text(value: Any, unit: str) -> str:
    """Return ``value`` with its ``unit``.

    Examples
    --------
    >>> value_text(3.2e-10, "s"), value_text(0.005, "%"), value_text(None, "")
    ('320 ps', '0.5 %', 'none')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "none"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return _other(value)
    if math.isinf(value):
        return "infinite"
    if unit == "%":
        return f"{100 * value:.4g} %"
    return quantity_text(float(value), unit) if unit else f"{value:g}"


def _other(value: Any) -> str:
    if isinstance(value, list):
        shown = [f"{v:.4g}" if isinstance(v, float) else str(v) for v in value[:6]]
        return ", ".join(shown) + (f", ... ({len(value)} values)" if len(value) > 6 else "")
    return str(value)


def flat(record: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Return the settings of ``record`` by dotted name; the kind of a part stands under its name.

    Examples
    --------
    >>> flat({"step": {"type": "SoftBounds", "dw_min": 0.002}})
    [('step', 'SoftBounds'), ('step.dw_min', 0.002)]
    """
    values: list[tuple[str, Any]] = []
    for name, value in record.items():
        path = f"{prefix}.{name}" if prefix else name
        if name == "type":
            if prefix:
                values.append((prefix, value))
        elif isinstance(value, dict):
            values.extend(flat(value, path))
        else:
            values.append((path, value))
    return values
