"""Counts to joules, cycles to seconds: every cost with its source, every total by convention."""

from crossbar.energy.conventions import CONVENTIONS, conventions, digital, exact, leti_2026
from crossbar.energy.converters import (
    adc_models,
    andrulis,
    isaac_adc,
    isaac_dac,
    murmann_floor,
    neurosim_sar,
)
from crossbar.energy.cost import Cost
from crossbar.energy.costs import Costs, read_costs
from crossbar.energy.counts import Matrix, OperationCounts
from crossbar.energy.figures import (
    QUANTITIES,
    EnergyFigures,
    Row,
    assumed_share,
    spent,
    table1,
)
from crossbar.energy.latency import Delays, Latency, Path, latency, latency_table, own_latency
from crossbar.energy.operations import OPERATIONS, SETTLING, Operation, circuit_costs
from crossbar.energy.physical import breakdown, charged, physical, rescaled
from crossbar.energy.published import NETWORK, TABLE1, TABLE2, Printed, System
from crossbar.energy.spiking import RulesOfThumb

__all__ = [
    "CONVENTIONS",
    "NETWORK",
    "OPERATIONS",
    "QUANTITIES",
    "SETTLING",
    "TABLE1",
    "TABLE2",
    "Cost",
    "Costs",
    "Delays",
    "EnergyFigures",
    "Latency",
    "Matrix",
    "Operation",
    "OperationCounts",
    "Path",
    "Printed",
    "Row",
    "RulesOfThumb",
    "System",
    "adc_models",
    "andrulis",
    "assumed_share",
    "breakdown",
    "charged",
    "circuit_costs",
    "conventions",
    "digital",
    "exact",
    "isaac_adc",
    "isaac_dac",
    "latency",
    "latency_table",
    "leti_2026",
    "murmann_floor",
    "neurosim_sar",
    "own_latency",
    "physical",
    "read_costs",
    "rescaled",
    "spent",
    "table1",
]
