"""Layers, one a file; :mod:`crossbar.nn` exports them."""
