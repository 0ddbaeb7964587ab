"""Operators, by what they are for; importing them enters them."""

from crossbar.imports.onnx.op import OPERATORS as OPERATORS
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

FILES = (arithmetic, codes, neurons, normalisation, pools, products, shapes, windows)
