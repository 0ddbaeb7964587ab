"""Compiled loops (Numba), nothing else; each has a plain NumPy twin in ``tests/``.

Compiled code is cached on disk beside the package, or in ``NUMBA_CACHE_DIR``.
"""
