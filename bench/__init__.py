"""Benchmarks: how right, how fast and how robust the command is. Each prints a table; RESULTS.md keeps the last ones."""
