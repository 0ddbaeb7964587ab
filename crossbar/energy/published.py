"""What LETI 2026 prints: operating point, Table 1 (energy) and Table 2 (comparison)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

SOURCE = "LETI 2026 (Petrov, Ryndin, Andreeva, Computer Research and Modeling 18(1):81, 2026)"

V_DD = 0.7  # supply [V]
I_AV = 390e-6  # mean current while a weight is changed [A]
T_WRITE = 320e-12  # one weight change and one analog multiplication [s]
A_AV = V_DD * I_AV * T_WRITE  # energy of one operation [J] (eq 17)
N_INF = 150_000  # operations of one inference, as printed
N_TR = 300_000  # operations of one training step, as printed
RATE = 3000.0  # images per second

# The weight matrices of the published network: name, rows, cols, vectors per image.
NETWORK = (("conv", 16, 3, 625), ("fc", 1875, 64, 1), ("out", 64, 2, 1))


@dataclass(frozen=True)
class Printed:
    """One number of Table 1 as it stands in print.

    Parameters
    ----------
    symbol, meaning
        What the number is.
    digits
        The number in print.
    unit, scale
        Unit in print, and its value in SI.
    step
        Worth of the last printed digit, in ``unit``.
    rounding
        How the digits follow from the exact number: ``round`` or ``math.floor``.
    """

    symbol: str
    meaning: str
    digits: str
    unit: str
    scale: float
    step: float
    rounding: Callable[[float], int] = round

    def digits_of(self, value: float) -> str:
        """Return ``value`` [SI] with the digits and the rounding of the print.

        Examples
        --------
        >>> TABLE1[4].symbol, TABLE1[4].digits_of(1 / A_AV)
        ('F', '11.44')
        """
        decimals = max(0, -math.floor(math.log10(self.step)))
        return f"{self.rounding(value / self.scale / self.step) * self.step:.{decimals}f}"

    def record(self) -> dict[str, str]:
        """Return the row as plain data, for JSON."""
        names = ("symbol", "meaning", "digits", "unit")
        return {name: getattr(self, name) for name in names} | {"source": SOURCE}


TABLE1 = (
    Printed("N_INF", "operations of one inference", "150000", "", 1.0, 1.0),
    Printed("N_TR", "operations of one training step", "300000", "", 1.0, 1.0),
    Printed("P_AV", "mean power of a weight change", "273", "uW", 1e-6, 1.0),
    Printed("A_AV", "energy of one operation", "87.36", "fJ", 1e-15, 0.01),
    Printed("F", "efficiency", "11.44", "TOp/J", 1e12, 0.01, rounding=math.floor),
    Printed("E_INF", "energy of one inference", "13.104", "nJ", 1e-9, 0.001),
    Printed("E_TR", "energy of one training step", "26.208", "nJ", 1e-9, 0.001),
    Printed("P_INF", "power of inference at 3000 images/s", "40", "uW", 1e-6, 10.0),
    Printed("P_TR", "power of training at 3000 images/s", "80", "uW", 1e-6, 10.0),
)


@dataclass(frozen=True, kw_only=True)
class System:
    """One column of Table 2, as printed; accuracies are not of one data set."""

    name: str
    accuracy: str
    parameters: str
    complexity: str
    training_on_chip: str
    platform: str
    power: str
    source: str = f"{SOURCE}, Table 2"


TABLE2 = (
    System(name="LETI 2026", accuracy="~95 %, engines", parameters="~0.1 M",
           complexity="< 10 MOPS", training_on_chip="yes", platform="FPGA, ASIC", power="< 1 mW"),
    System(name="MobileNet V2", accuracy="~90 %, engines", parameters="~3.4 M",
           complexity="~0.3 GMAC", training_on_chip="no", platform="CPU, GPU, Edge TPU",
           power="~250 mW"),
    System(name="ResNet-18", accuracy="~94 %, engines", parameters="~11.7 M",
           complexity="~1.8 GMAC", training_on_chip="no", platform="CPU, GPU, STM32",
           power="~500 mW"),
    System(name="EfficientNet-Lite", accuracy="~98 %, engines", parameters="~5.3 M",
           complexity="~0.39 GMAC", training_on_chip="no", platform="CPU, GPU",
           power="~15-20 mW"),
    System(name="MCUNet", accuracy="~71 %, ImageNet", parameters="< 1 M",
           complexity="~70 MOPS", training_on_chip="no", platform="Cortex-M4/M7", power="< 2 mW"),
    System(name="SCAN-Edge", accuracy="76-78 %, ImageNet", parameters="3-5 M",
           complexity="~0.4 GMAC", training_on_chip="no", platform="edge CPU, GPU",
           power="~200 mW"),
)  # fmt: skip
