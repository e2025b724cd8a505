"""Tools: each outside library or program has exactly one home here, behind a port."""
