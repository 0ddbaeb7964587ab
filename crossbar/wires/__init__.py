"""Line resistance: what the wires of an array do to its currents, exactly.

With linear cells an array is a network of resistors between its terminals, so it is a matrix:
:meth:`Wires.reduce` eliminates the inner nodes. :meth:`Wires.solve` finds the currents and node
voltages of single reads, with floating lines and nonlinear cells where wanted.
"""

from crossbar.wires.estimate import Estimate
from crossbar.wires.gradient import Gradient, Tangent
from crossbar.wires.linearised import Linearised
from crossbar.wires.newton import CellLaw
from crossbar.wires.point import DifferentiableLaw
from crossbar.wires.reduction import Reduced
from crossbar.wires.sides import Driven, Sensed
from crossbar.wires.solution import Solution
from crossbar.wires.wires import Wires

__all__ = [
    "CellLaw",
    "DifferentiableLaw",
    "Driven",
    "Estimate",
    "Gradient",
    "Linearised",
    "Reduced",
    "Sensed",
    "Solution",
    "Tangent",
    "Wires",
]
