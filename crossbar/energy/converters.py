"""Energy of one conversion, by published models that differ by several times: name the model."""

from __future__ import annotations

import math

from crossbar.checks import require_whole
from crossbar.energy.cost import Cost
from crossbar.errors import fail, require_number
from crossbar.sources import assumed, derived

# Node [m]: a, b, c, d of NeuroSim's SAR power (W), low-power transistors.
_NEUROSIM = {
    45e-9: (2.1691e-6, 16.693e-6, 0.100225, -2.303),
    32e-9: (1.1294e-6, 8.8998e-6, 0.079449, -2.297),
}


def murmann_floor(bits: int) -> Cost:
    """Return the least energy of a conversion that published ADCs reach.

    E = 0.267 pJ + 0.1446 aJ 4^ENOB, with ENOB = ``bits``.

    Source: Murmann, ADC Performance Survey, data of June 2025: lower envelope of P / f_s.
    Valid for: a bound; real converters take more.

    Examples
    --------
    >>> round(murmann_floor(8).value * 1e12, 3)
    0.276
    """
    _require_bits("murmann_floor", bits, low=1)
    energy = 0.267e-12 + 0.1446e-18 * 4.0**bits
    return Cost(value=energy, source=derived(f"Murmann ADC survey floor (2025-06), {bits} bit"))


def andrulis(bits: int, *, rate: float = 100e6, node: float = 32e-9) -> Cost:
    """Return the energy of a conversion by regression over surveyed ADCs.

    E = exp(26.0496 + 1.88004 ln(node/nm) - 2.82913 ln(bits) - 1.47020) / (2 10^((FOM - SNDR)/10))
    pJ, with the Schreier figure of merit FOM = min(213.781 - 2.8719 ln(rate/Hz), 128.3068 +
    3.22052 bits) dB and SNDR = 20 bits log10(2) + 10 log10(1.5) dB.

    Parameters
    ----------
    bits
        Effective number of bits, 4 or more.
    rate : [Hz]
        Conversions per second of one converter.
    node : [m]
        Technology.

    Source: Andrulis et al., arXiv 2404.06553, 2024.
    Valid for: 4 bits and more; an estimate of what a good design reaches.

    Examples
    --------
    >>> round(andrulis(8).value * 1e12, 2)
    1.71
    """
    _require_bits("andrulis", bits, low=4)
    require_number("andrulis.rate", rate, low=1, high=1e12, unit="Hz")
    require_number("andrulis.node", node, low=1e-9, high=1e-5, unit="m")
    merit = min(213.781 - 2.8719 * math.log(rate), 128.3068 + 3.22052 * bits)
    sndr = 20 * bits * math.log10(2) + 10 * math.log10(1.5)
    technology = 1.88004 * math.log(node * 1e9) - 2.82913 * math.log(bits)
    energy = math.exp(26.0496 + technology - 1.47020) / (2 * 10 ** ((merit - sndr) / 10))
    source = f"Andrulis et al., arXiv 2404.06553, {bits} bit, {rate / 1e6:g} MS/s"
    return Cost(value=energy * 1e-12, source=derived(f"{source}, {node * 1e9:g} nm"))


def neurosim_sar(
    bits: int,
    *,
    node: float = 45e-9,
    r_column: float = 10e3,
    v_read: float = 0.5,
    temperature: float = 300.0,
) -> Cost:
    """Return the energy of a conversion by a successive-approximation ADC of bit-line currents.

    E = P (bits + 1) 1 ns, P = (a bits + b + c exp(d log10(0.5 r_column / v_read)))
    (1 + 1.3e-3 (T - 300)).

    Parameters
    ----------
    bits
        Resolution.
    node : [m]
        Technology, 45 nm or 32 nm, low-power transistors.
    r_column : [ohm]
        Resistance of the bit line with all its cells.
    v_read : [V]
        Read voltage.
    temperature : [K]
        Temperature.

    Source: NeuroSim, fits to circuit simulation (Chen, Peng, Yu, IEEE TCAD 37(12):3067, 2018,
    and its SAR ADC model). Valid for: column resistances of kiloohms; the fit has no meaning for
    the milliohms that thousands of CMOS synapses in parallel make.

    Examples
    --------
    >>> round(neurosim_sar(8).value * 1e15)
    396
    """
    _require_bits("neurosim_sar", bits, low=1)
    if require_number("neurosim_sar.node", node, above=0, unit="m") not in _NEUROSIM:
        fail("neurosim_sar.node", "45e-9 or 32e-9 m", repr(node), "Take the nearest.")
    require_number("neurosim_sar.r_column", r_column, low=1e-3, high=1e9, unit="ohm")
    require_number("neurosim_sar.v_read", v_read, low=1e-3, high=10, unit="V")
    require_number("neurosim_sar.temperature", temperature, low=200, high=500, unit="K")
    a, b, c, d = _NEUROSIM[node]
    power = a * bits + b + c * math.exp(d * math.log10(0.5 * r_column / v_read))
    energy = power * (1.0 + 1.3e-3 * (temperature - 300.0)) * (bits + 1) * 1e-9
    point = f"{r_column / 1e3:g} kohm, {v_read:g} V, {temperature:g} K"
    source = derived(f"NeuroSim SAR, {bits} bit, {node * 1e9:g} nm, {point}")
    return Cost(value=energy, source=source)


def isaac_adc(bits: int) -> Cost:
    """Return the energy of a conversion by the ADC of ISAAC: 2 mW at 1.2 GS/s and 8 bits, 32 nm.

    Other numbers of bits are scaled as its area: 46 % are capacitors, which double with each bit.

    Source: ISAAC (Shafiee et al., ISCA 2016). Valid for: 8 bits; the scaling is assumed.

    Examples
    --------
    >>> round(isaac_adc(8).value * 1e12, 3), isaac_adc(6).source.kind
    (1.667, 'assumed')
    """
    _require_bits("isaac_adc", bits, low=1)
    text = "ISAAC (Shafiee et al., ISCA 2016), ADC of 8 bit, 32 nm, 2 mW at 1.2 GS/s"
    source = derived(text) if bits == 8 else assumed(f"{text}, scaled to {bits} bit as its area")
    return Cost(value=2e-3 / 1.2e9 * isaac_scale(bits), source=source)


def isaac_scale(bits: int) -> float:
    """Return an ADC of ``bits`` against one of 8 bits: 46 % are capacitors, which double a bit.

    The rest grows with the number of bits.
    """
    return 0.54 * bits / 8 + 0.46 * 2.0 ** (bits - 8)


def isaac_dac(bits: int) -> Cost:
    """Return the energy of one input, driven bit after bit through a 1-bit DAC.

    Source: ISAAC (Shafiee et al., ISCA 2016): 0.417 pJ a drive at 32 nm.
    Valid for: bit-serial inputs; a multi-bit DAC is another circuit.
    """
    _require_bits("isaac_dac", bits, low=1)
    source = f"ISAAC (Shafiee et al., ISCA 2016), 1-bit DAC, 32 nm, {bits} drives an input"
    return Cost(value=0.417e-12 * bits, source=derived(source))


def adc_models(bits: int) -> dict[str, Cost]:
    """Return the ADC models at ``bits``, for the spread between them."""
    return {
        "Murmann floor": murmann_floor(bits),
        "NeuroSim SAR": neurosim_sar(bits),
        "ISAAC": isaac_adc(bits),
        "Andrulis": andrulis(bits),
    }


def _require_bits(where: str, bits: int, *, low: int) -> None:
    require_whole(f"{where}.bits", bits, low=low, high=24, remedy="8 is usual.")
