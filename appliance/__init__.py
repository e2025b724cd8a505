"""Rinkreel: raw skating footage in, highlight reels out, nothing leaves the building.

cli        verbs; the only place that prints
bootstrap  composition root: settings in, running services out; the only file that names adapters
settings   one frozen tree from TOML, environment and flags
services   doers: replay, modeller, doctor, demonstrator …   adapters  tools: pyav, onnx, mediapipe, ffmpeg …
pipeline   the floor plan: which stage hears and tells what. Read this first
stages     orders: probe, analyse, select, assemble
ports      what the stages need from outside, as Protocols
algorithms doings without I/O            domain  things without behaviour beyond their own invariants
"""

__version__ = "0.1.0"
