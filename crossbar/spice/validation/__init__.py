"""Behaviour against ngspice on the same objects, with a tolerance for every error."""

from crossbar.spice.validation.check import Check, Row
from crossbar.spice.validation.suite import checks, validate

__all__ = ["Check", "Row", "checks", "validate"]
