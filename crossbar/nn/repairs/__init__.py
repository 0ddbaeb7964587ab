"""Repairs of aged chips, one idea a file; :mod:`crossbar.nn` exports them."""
