"""ONNX Runtime: the pose backend that needs nothing but its own package."""

import os

# The library reports its use to its maker unless this is in the C environment before it loads (seen in its binary: a collector's
# address, and a session file left in the working folder). Nothing may leave the building.
os.putenv("ORT_DISABLE_TELEMETRY", "1")
