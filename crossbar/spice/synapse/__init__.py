"""The CMOS synapse in transistors: its circuit, and what ngspice measures of it."""
