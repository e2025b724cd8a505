"""FFmpeg's libraries through PyAV: what a file holds, and its frames."""
