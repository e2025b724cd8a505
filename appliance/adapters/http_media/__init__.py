"""Footage and features of a head on another machine, over HTTP: only what a stage reads, once, and no more than fits."""
