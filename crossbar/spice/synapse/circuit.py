"""The CMOS synapse in transistors: what it is, its subcircuit, and the bench around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crossbar.checks import Checked, check_fields
from crossbar.errors import require_number
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.numbers import number
from crossbar.units import quantity

CELSIUS = 273.15


@dataclass(frozen=True, kw_only=True)
class Corner(Checked):
    """A process corner, as shifts of every threshold.

    Parameters
    ----------
    name
        Name in tables.
    dvtn, dvtp : [V]
        Added to the threshold of every NMOS, and to its magnitude of every PMOS.

    Source: assumed; 30 mV is three standard deviations of 10 mV between wafers.
    Valid for: shifts of thresholds alone; mobility, lengths and resistors stay.
    """

    name: str = "TT"
    dvtn: float = quantity(0.0, unit="V", low=-0.3, high=0.3)
    dvtp: float = quantity(0.0, unit="V", low=-0.3, high=0.3)


TT = Corner()
SS = Corner(name="SS", dvtn=0.03, dvtp=0.03)
FF = Corner(name="FF", dvtn=-0.03, dvtp=-0.03)
SF = Corner(name="SF", dvtn=0.03, dvtp=-0.03)
FS = Corner(name="FS", dvtn=-0.03, dvtp=0.03)
CORNERS = (TT, SS, FF, SF, FS)


@dataclass(frozen=True, kw_only=True)
class Card:
    """A foundry's transistor models, in place of nmos45 and pmos45.

    The cells know transistors only as the subcircuits ``nmos45`` and ``pmos45`` (d g s b, width
    ``w``, length ``l``, ``k`` in parallel, threshold shift ``dvt``). The bench wraps the models of
    ``path`` in subcircuits of these names.

    Parameters
    ----------
    path
        File with the .model lines, or with .lib lines resolved.
    nmos, pmos
        Names of the two models in it; they must know the instance parameter ``delvto``.
    """

    path: Path
    nmos: str
    pmos: str

    def use(self, deck: Deck) -> None:
        """Put these models into ``deck``."""
        deck.card(self.path)
        pins = "d g s b w=90n l=45n k=1 dvt=0"
        edges = "ad={w*105n} as={w*105n} pd={2*w+210n} ps={2*w+210n}"
        for name, model, sign in (("nmos45", self.nmos, ""), ("pmos45", self.pmos, "-")):
            deck.add(
                f".subckt {name} {pins}",
                f"M1 d g s b {model} w={{w}} l={{l}} m={{k}} delvto={{{sign}dvt}} {edges}",
                f".ends {name}",
            )


@dataclass(frozen=True, kw_only=True)
class Synapse:
    """A CMOS synapse of ``bits`` bits at an operating point.

    Per bit b a level-sensitive D-latch switches 2^b unit branches, each an NMOS in series with
    ``r_u``; the resistor is on the row side, the source of the NMOS at the virtual ground.

    Parameters
    ----------
    bits
        Width of the code, 1 to 10.
    r_u : [ohm]
        Resistor of a unit branch.
    w : [m]
        Width of a unit switch.
    fan
        Unit switches that a unit of a latch's driver has to drive.
    v_in, v_dd, v_low : [V]
        Input, high and low rail of latches and write port. A ``v_low`` below zero keeps the
        switches off that are off while a row is negative.
    slot : [s]
        Time of one operation: a weight change and a multiplication.
    write : [s]
        How long write enable is high within a slot.
    edge : [s]
        Rise and fall time of the signals that come to the write port.
    temperature : [K]
        Temperature of every element.
    corner
        Process corner.
    card
        A foundry's models; None: the 45 nm cards of the package.

    Source: LETI 2026 publishes V_DD = 0.7 V, 320 ps and 390 uA; the circuit and every other value
    are of this project (assumed). Valid for: v_dd 0.5 to 0.9 V, 0 <= v_in <= 0.35 V, 273 to 358 K.
    """

    bits: int = quantity(8, low=1, high=10, remedy="8 is usual.")
    r_u: float = quantity(60e3, unit="ohm", low=100, high=1e9)
    w: float = quantity(90e-9, unit="m", low=20e-9, high=1e-4)
    fan: float = quantity(8.0, low=0.5, high=1000)
    v_in: float = quantity(0.35, unit="V", low=-0.5, high=0.5)
    v_dd: float = quantity(0.7, unit="V", low=0.3, high=1.2)
    v_low: float = quantity(0.0, unit="V", low=-0.5, high=0.0)
    slot: float = quantity(320e-12, unit="s", low=1e-12, high=1)
    write: float = quantity(160e-12, unit="s", low=1e-13, high=1)
    edge: float = quantity(10e-12, unit="s", low=1e-13, high=1)
    temperature: float = quantity(300.15, unit="K", low=233, high=423)
    corner: Corner = TT
    card: Card | None = field(default=None)

    def __post_init__(self) -> None:
        check_fields(self)
        remedy = "Leave time for both edges within the slot."
        longest = self.slot - 2 * self.edge
        require_number("Synapse.write", self.write, high=longest, unit="s", remedy=remedy)
        require_number("Synapse.edge", self.edge, high=self.slot / 4, unit="s", remedy=remedy)

    @property
    def name(self) -> str:
        """Name of the subcircuit."""
        return f"cmos_synapse_{self.bits}"

    @property
    def codes(self) -> int:
        """How many codes there are."""
        return int(2**self.bits)

    @property
    def data(self) -> tuple[str, ...]:
        """Names of the data pins, bit 0 first."""
        return tuple(f"d{b}" for b in range(self.bits))

    @property
    def pins(self) -> tuple[str, ...]:
        """Pins of the subcircuit, in order."""
        return ("row", "col", "we", "vdd", "vss", *self.data)


def bits_of(code: int, bits: int) -> tuple[int, ...]:
    """Return the bits of ``code``, bit 0 first.

    Examples
    --------
    >>> bits_of(6, 4)
    (0, 1, 1, 0)
    """
    return tuple(code >> b & 1 for b in range(bits))


def bench(synapse: Synapse, title: str) -> Deck:
    """Return a deck with the subcircuit of ``synapse``, its options and its temperature."""
    deck = begun(synapse, title, "method=gear", "reltol=1e-4")
    define(deck, synapse)
    return deck


def begun(synapse: Synapse, title: str, *options: str) -> Deck:
    """Return a deck with the transistors and the temperature of ``synapse``, and ``options``."""
    deck = Deck(title)
    if synapse.card is not None:
        synapse.card.use(deck)
    deck.option(*options, f"temp={number(synapse.temperature - CELSIUS)}")
    return deck


def define(deck: Deck, synapse: Synapse) -> None:
    """Add the subcircuit of ``synapse`` to ``deck``: its bits and one inverter of write enable.

    A subcircuit of ngspice has a fixed number of pins, so that one of n bits is written here, from
    hand-written bits; ``dvtK`` and ``drK`` are the mismatch of branch K of an instance.
    """
    each = "".join(f" dvt{b}=0 dr{b}=0" for b in range(synapse.bits))
    shift = f"dvtn={number(synapse.corner.dvtn)} dvtp={number(synapse.corner.dvtp)}"
    deck.comment(
        f"{synapse.name}: {synapse.bits} bits; dvtK [V] and drK [1]: deviation of threshold and "
        "resistor of branch K"
    )
    deck.use("cmos_synapse_bit")
    deck.add(
        f".subckt {synapse.name} {' '.join(synapse.pins)}{each}",
        f"Xenable we web vdd vss inverter45 k={number(max(1.0, synapse.bits / 4))} {shift}",
    )
    sizes = f"r_u={number(synapse.r_u)} w={number(synapse.w)} fan={number(synapse.fan)}"
    for b in range(synapse.bits):
        own = f"units={2**b} {sizes} dvt={{dvt{b}}} dr={{dr{b}}} {shift}"
        deck.add(f"Xbit{b} row col d{b} we web vdd vss cmos_synapse_bit {own}")
    deck.add(f".ends {synapse.name}")


def static(synapse: Synapse, codes: Sequence[int] | None = None) -> Deck:
    """Return the deck that sweeps a code node over every code, latches transparent.

    The bits are made from the swept source by arithmetic; ``i(vcol)`` is the current of the
    column, held at zero.
    """
    deck = bench(synapse, f"{synapse.name}, every code, static")
    low, swing = number(synapse.v_low), number(synapse.v_dd - synapse.v_low)
    deck.add(
        f"Vdd vdd 0 {number(synapse.v_dd)}",
        f"Vlow low 0 {low}",
        f"Vrow row 0 {number(synapse.v_in)}",
        "Vcol col 0 0",
        "Vcode code 0 0",
    )
    for b, pin in enumerate(synapse.data):
        high = f"floor((v(code) + 0.5)/{2**b}) - 2*floor((v(code) + 0.5)/{2 ** (b + 1)})"
        deck.add(f"B{pin} {pin} 0 v = {low} + {swing}*({high})")
    deck.add(f"Xcell row col vdd vdd low {' '.join(synapse.data)} {synapse.name}")
    first, last = (codes[0], codes[-1]) if codes else (0, synapse.codes - 1)
    deck.dc("Vcode", first, last, 1)
    deck.save("i(vcol)", "i(vrow)", "i(vdd)")
    return deck
