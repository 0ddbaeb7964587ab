"""Types that signatures share: arrays, generators, records."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating[Any]]
Doubles: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.integer[Any]]
Masks: TypeAlias = NDArray[np.bool_]
FloatType: TypeAlias = type[np.float32] | type[np.float64]
Rng: TypeAlias = np.random.Generator
Records: TypeAlias = NDArray[Any]  # of a type with names, a record each
Record: TypeAlias = dict[str, Any]  # plain values by name, as a file or a store keeps them
