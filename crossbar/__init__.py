"""Analog in-memory computing, simulated: devices, arrays, on-chip learning, energy."""
