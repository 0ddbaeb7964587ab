"""Laws of a step fitted to measured pulses, with the uncertainty that the data leave."""
