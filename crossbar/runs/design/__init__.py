"""Design: settings moved along gradients through trained chips, and confirmed by runs."""

from crossbar.runs.design.design import Design, design
from crossbar.runs.design.model import RunModel

__all__ = ["Design", "RunModel", "design"]
