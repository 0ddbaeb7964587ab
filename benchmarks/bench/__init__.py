"""Speed and memory of crossbar, beside the peers where they are installed."""
