"""Spiking networks of other tools in the Neuromorphic Intermediate Representation (NIR)."""
