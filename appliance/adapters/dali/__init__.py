"""NVIDIA DALI: decodes on the video engines of a GPU, in a process of its own that may be killed."""
