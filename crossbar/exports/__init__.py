"""Chips, tiles and runs as files: weights, conductances, netlists, and pulses that program."""

from crossbar.exports.folder import export
from crossbar.exports.pulses import programming, pulse_table
from crossbar.exports.response import Response
from crossbar.exports.tables import cell_table, weight_table

__all__ = ["Response", "cell_table", "export", "programming", "pulse_table", "weight_table"]
