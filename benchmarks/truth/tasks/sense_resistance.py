"""Currents of an array before sense nodes that have resistance."""

from __future__ import annotations

from truth.tasks.driver_resistance import terminals

TASK = terminals("sense node", r_sense=200.0)
