"""NVIDIA's management library, which comes with the driver: what GPUs there are, without touching one."""
