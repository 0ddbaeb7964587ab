"""Forward reads of ohmic arrays, and the way back through them: pathwise derivatives.

A read here has the equations of the compiled one (:mod:`crossbar.kernels.reads`) and random numbers
that are held: standard normal numbers, times standard deviations that depend on the state. Its
derivatives are exact for these numbers, and their mean over many draws is the derivative of the
mean. Quantisers are straight-through: what rounding adds, in steps, is held too.

Source: pathwise (reparameterised) derivatives as in Glasserman, Monte Carlo Methods in Financial
Engineering, Springer 2003, section 7.2; straight-through as in Bengio et al., arXiv:1308.3432.
"""

from __future__ import annotations

from crossbar.circuit.pathwise.cells import by_cells
from crossbar.circuit.pathwise.read import PathwiseRead
from crossbar.circuit.pathwise.state import ReadState, contracted

__all__ = ["PathwiseRead", "ReadState", "by_cells", "contracted"]
