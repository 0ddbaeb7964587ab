"""Devices from measurements: files of pulses, traces, tables, fits and records of a circuit."""
