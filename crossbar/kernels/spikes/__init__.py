"""Compiled loops of spiking networks (Numba), private; each has a plain twin in ``tests/``."""
