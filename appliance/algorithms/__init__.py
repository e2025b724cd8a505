"""Doings: pure computation over domain things. No I/O, no clocks, no logging; numpy and OpenCV's computing functions only."""
