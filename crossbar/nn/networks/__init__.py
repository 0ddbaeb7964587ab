"""Networks by name, one a file; :mod:`crossbar.nn` exports them."""
