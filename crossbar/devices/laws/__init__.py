"""How pulses move a cell: the law of a step, of rounding to whole pulses, and of several pulses."""
