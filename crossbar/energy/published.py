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


@dataclass(frozen=True, kw_only=True)
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
    Printed(symbol="N_INF", meaning="operations of one inference", digits="150000",
            unit="", scale=1.0, step=1.0),
    Printed(symbol="N_TR", meaning="operations of one training step", digits="300000",
            unit="", scale=1.0, step=1.0),
    Printed(symbol="P_AV", meaning="mean power of a weight change", digits="273",
            unit="uW", scale=1e-6, step=1.0),
    Printed(symbol="A_AV", meaning="energy of one operation", digits="87.36",
            unit="fJ", scale=1e-15, step=0.01),
    Printed(symbol="F", meaning="efficiency", digits="11.44",
            unit="TOp/J", scale=1e12, step=0.01, rounding=math.floor),
    Printed(symbol="E_INF", meaning="energy of one inference", digits="13.104",
            unit="nJ", scale=1e-9, step=0.001),
    Printed(symbol="E_TR", meaning="energy of one training step", digits="26.208",
            unit="nJ", scale=1e-9, step=0.001),
    Printed(symbol="P_INF", meaning="power of inference at 3000 images/s", digits="40",
            unit="uW", scale=1e-6, step=10.0),
    Printed(symbol="P_TR", meaning="power of training at 3000 images/s", digits="80",
            unit="uW", scale=1e-6, step=10.0),
)  # fmt: skip


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
