"""MediaPipe: its Tasks API with the networks of the pinned wheel. Needs libEGL and libGLESv2 on Linux."""
