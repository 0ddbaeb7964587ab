"""Memristors of spice_models/ in ngspice: hysteresis loops, pulse trains, reads, datasheets."""
