"""What a circuit simulation found of a CMOS synapse: conductance, time and energy."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crossbar import textfiles
from crossbar.checks import check_fields
from crossbar.devices.device import SIEMENS
from crossbar.displayed import Displayed
from crossbar.errors import ConfigError, DataError, fail, message, nearest
from crossbar.units import quantity

Energies = NDArray[np.float64]

_CIRCUIT = "No synapse of CMOS has it: check the units of the record."


@dataclass(frozen=True, kw_only=True)
class Switching(Displayed):
    """A CMOS synapse as characterised: what a device and an energy report need of its circuit.

    A slot in which the code changes from c to c' while the row is at v takes

        E = e_write + sum_b [rise_b e_rise_b + fall_b e_fall_b]
            + v^2 g_unit sum_b 2^b [stay_b slot + rise_b (slot - t_on) + fall_b t_off],

    where bit b stays on, rises or falls. Without a write the first line is ``p_hold slot``.

    Parameters
    ----------
    bits
        Width of the code.
    g_unit : [S]
        Conductance of one code step at the input ``v_in``.
    loss : [1/V]
        Relative loss of conductance per volt between row and column.
    sigma_unit
        Mismatch of one unit conductance, standard deviation relative to it.
    settling : [s]
        Longest measured time until the column current stays within 1 %.
    slot : [s]
        Time of one operation.
    v_in, v_dd : [V]
        Input and supply.
    temperature : [K]
        Temperature.
    e_write : [J]
        Energy of a write that changes no bit.
    e_rise, e_fall : (bits,) [J]
        What a bit that rises, or falls, adds to it.
    t_on, t_off : [s]
        When the current of a bit that rises begins, and of one that falls ends.
    p_hold : [W]
        Leakage of a held code.
    source
        Simulator and netlist.

    Raises
    ------
    ConfigError
        If a number is out of its range or an energy is missing for a bit.

    Source: ``source``. Valid for: the operating point, 0 <= v <= v_in.
    """

    bits: int = quantity(low=1, high=14, remedy="The published chip uses 4 to 8.")
    g_unit: float = quantity(unit="S", low=1e-15, high=1, remedy=SIEMENS)
    loss: float = quantity(unit="1/V", low=-10, high=10, remedy="It is a few percent a volt.")
    sigma_unit: float = quantity(
        low=0, high=0.2, remedy="Up to 0.2 no branch is negative within 5 sigma.",
    )  # fmt: skip
    settling: float = quantity(unit="s", low=1e-15, high=1, remedy=_CIRCUIT)
    slot: float = quantity(unit="s", low=1e-15, high=1, remedy=_CIRCUIT)
    v_in: float = quantity(unit="V", above=0, high=10, remedy=_CIRCUIT)
    v_dd: float = quantity(unit="V", above=0, high=10, remedy=_CIRCUIT)
    temperature: float = quantity(unit="K", above=0, high=1000, remedy=_CIRCUIT)
    e_write: float = quantity(unit="J", low=-1e-6, high=1e-6, remedy=_CIRCUIT)
    e_rise: tuple[float, ...] = quantity(unit="J", low=-1e-6, high=1e-6, remedy=_CIRCUIT)
    e_fall: tuple[float, ...] = quantity(unit="J", low=-1e-6, high=1e-6, remedy=_CIRCUIT)
    t_on: float = quantity(unit="s", low=-1, high=1, remedy=_CIRCUIT)
    t_off: float = quantity(unit="s", low=-1, high=1, remedy=_CIRCUIT)
    p_hold: float = quantity(unit="W", low=-1e-3, high=1e-3, remedy=_CIRCUIT)
    source: str

    def __post_init__(self) -> None:
        check_fields(self)
        for name in ("e_rise", "e_fall"):
            energies = getattr(self, name)
            if len(energies) != self.bits:
                expected = f"{self.bits} energies in J"
                fail(f"Switching.{name}", expected, repr(energies), "Give one a bit.")
        if not self.source.strip():
            fail("Switching.source", "a text", "none", "Name simulator and netlist.")

    def write_energy(self, before: ArrayLike, code: ArrayLike) -> Energies:
        """Return the energy [J] of writing ``code`` over ``before`` with the row at zero."""
        old, new = self._bits(before), self._bits(code)
        rises, falls = new & ~old, old & ~new
        energy = self.e_write + rises @ np.array(self.e_rise) + falls @ np.array(self.e_fall)
        return np.asarray(energy, np.float64)

    def energy(self, code: ArrayLike, v_in: ArrayLike, before: ArrayLike | None = None) -> Energies:
        """Return the energy [J] of a slot that multiplies ``v_in`` [V] by ``code``.

        Parameters
        ----------
        code : (...,)
            Code at the end of the slot.
        v_in : (...,) [V]
            Row voltage.
        before : (...,)
            Code before, over which ``code`` is written; None: ``code`` is held.
        """
        new = self._bits(code)
        old = new if before is None else self._bits(before)
        on = (new & old) * self.slot + (new & ~old) * (self.slot - self.t_on)
        units = (on + (old & ~new) * self.t_off) @ 2.0 ** np.arange(self.bits)
        read = self.g_unit * units * np.square(np.asarray(v_in, np.float64))
        if before is None:
            return np.asarray(self.p_hold * self.slot + read)
        return np.asarray(self.write_energy(before, code) + read)

    @property
    def e_step(self) -> float:
        """Mean energy of writing a neighbouring code, over all codes and both directions [J]."""
        codes = np.arange(2**self.bits - 1)
        up, down = self.write_energy(codes, codes + 1), self.write_energy(codes + 1, codes)
        return float(np.concatenate([up, down]).mean())

    def to_json(self) -> str:
        """Return the record as JSON text."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, path: str | Path) -> Switching:
        """Return the record in the file ``path``, or under ``switching`` of what it holds.

        Raises
        ------
        DataError
            If the file cannot be read, is no such record, lacks a field or has an unknown one.
        """
        remedy = "Write it with Switching.to_json."
        text = textfiles.read(Path(path), "a record in JSON", remedy)
        try:
            record: Any = json.loads(text)
        except json.JSONDecodeError as error:
            raise DataError(message(str(path), "a record in JSON", str(error), remedy)) from None
        record = record.get("switching", record) if isinstance(record, dict) else record
        if not isinstance(record, dict):
            got = f"a {type(record).__name__}"
            raise DataError(message(str(path), "a record of named values", got, remedy))
        names = [field.name for field in fields(cls)]
        for name in record:
            if name not in names:
                hint = nearest(name, names)
                raise DataError(message(str(path), "fields of Switching", repr(name), hint))
        missing = [name for name in names if name not in record]
        if missing:
            raise DataError(message(str(path), f"the field {missing[0]}", "none", remedy))
        try:
            return cls(**record)
        except (TypeError, ConfigError) as error:
            raise DataError(message(str(path), "numbers", str(error), remedy)) from None

    def _bits(self, code: ArrayLike) -> NDArray[np.bool_]:
        """Return the bits (..., bits) of ``code``, or raise if it is none."""
        codes = np.asarray(code)
        whole = np.asarray(codes, np.int64)
        if (whole != codes).any() or (whole < 0).any() or (whole >= 2**self.bits).any():
            expected = f"codes from 0 to {2**self.bits - 1}"
            fail("Switching.energy", expected, repr(code), "Round and clip them first.")
        return np.asarray(whole[..., None] >> np.arange(self.bits) & 1, np.bool_)
