"""Figures of the report: the only place that draws."""
