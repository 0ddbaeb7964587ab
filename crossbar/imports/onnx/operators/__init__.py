"""Operators, by what they are for; importing them enters them."""

from crossbar.imports.onnx.op import OPERATORS
from crossbar.imports.onnx.operators import (
    arithmetic,
    codes,
    neurons,
    normalisation,
    pools,
    products,
    shapes,
    windows,
)

__all__ = [
    "OPERATORS",
    "arithmetic",
    "codes",
    "neurons",
    "normalisation",
    "pools",
    "products",
    "shapes",
    "windows",
]
