"""Modules of PyTorch with random weights and statistics, and what they give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS
from crossbar.substrates.tile import Tile

torch = pytest.importorskip(
    "torch", reason="torch is not installed: pip install '.[torch]'", exc_type=ImportError
)
nn = torch.nn

IDEAL = Tile(
    device=PRESETS["ideal"].device,
    mapping=DifferentialPair(),
    reading=Reading(temperature=0.0),
    dtype=np.float64,
)
CLOSE = 1e-5  # of the largest output: modules compute in single precision


def settled(module: Any, seed: int = 0) -> Any:
    """The module in inference, with weights and statistics as training would leave them."""
    drawn = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in module.state_dict().items():
            if not value.is_floating_point():
                continue
            scale = 0.3 if value.ndim < 2 else (2 / value[0].numel()) ** 0.5
            value.normal_(0, scale, generator=drawn)
            if name.endswith("running_var"):
                value.abs_().add_(0.5)
    return module.eval()


def samples(*shape: int, seed: int = 1) -> Any:
    """Normal numbers of ``shape``."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def outputs(module: Any, x: Any) -> np.ndarray:
    """What the module gives, flattened."""
    with torch.no_grad():
        return module(x).reshape(len(x), -1).numpy()


def assert_close(got: np.ndarray, expected: np.ndarray) -> None:
    """Raise unless ``got`` is ``expected`` within the precision of a module."""
    np.testing.assert_allclose(got, expected, rtol=0, atol=CLOSE * np.abs(expected).max())
