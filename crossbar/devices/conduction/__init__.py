"""Conduction: the current of a cell against its voltage, one law a file."""
