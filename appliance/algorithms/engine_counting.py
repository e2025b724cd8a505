"""How many video engines a GPU has, by its name: the driver does not tell."""

from __future__ import annotations

import re

from appliance.domain.graphics import Engines

#: Source: NVIDIA, "Video Encode and Decode GPU Support Matrix": engines that a product has in use. The first match counts.
_KNOWN = (
    (r"\bGH200\b|\bH(100|200|800)\b", 7, 0),
    (r"\bH20\b", 7, 0),
    (r"\bA(100|800)\b", 5, 0),
    (r"\bA30\b", 4, 0),
    (r"\bA(10|10G)\b", 2, 1),
    (r"\bA40\b", 2, 1),
    (r"\bA16\b", 2, 1),
    (r"\bA2\b", 2, 1),
    (r"\bL4\b", 4, 2),
    (r"\bL40S?\b", 3, 3),
    (r"\bT4\b", 2, 1),
    (r"\bRTX 5090\b", 2, 3),
    (r"\bRTX 5080\b", 2, 2),
    (r"\bRTX 4090\b", 1, 2),
    (r"\bRTX 4080\b", 1, 2),
    (r"\bRTX (30[5-9]0|20[6-8]0|40[5-7]0)\b", 1, 1),
)


def engines_of(name: str) -> Engines:
    """What is known of a GPU with this name; nothing of names that are not in the list."""
    for pattern, decoders, encoders in _KNOWN:
        if re.search(pattern, name):
            return Engines(decoders=decoders, encoders=encoders)
    return Engines()
