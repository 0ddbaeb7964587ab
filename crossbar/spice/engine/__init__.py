"""Netlists, runs of ngspice, their logs and waveforms."""
