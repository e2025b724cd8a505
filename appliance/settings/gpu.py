"""What a GPU is used for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from appliance.settings.values import AutoSize, Section


class Gpu(Section):
    """An NVIDIA GPU, where there is one."""

    use: Literal["auto", "never"] = Field(default="auto", description="`never` leaves GPUs alone.")
    decode: Literal["auto", "dali", "kept", "cuda", "cpu"] = Field(
        default="auto",
        description="What decodes footage on a box with a GPU: DALI, FFmpeg on CUDA or the CPU, each where the one before fails; "
        "`kept` is FFmpeg on CUDA with pictures that stay on the GPU.",
    )
    filters: bool = Field(default=True, description="Scale and tone-map reels on a GPU that encodes them, where ffmpeg can.")
    precision: Literal["full", "half"] = Field(
        default="full", description="`half` runs networks in 16 bits, where they find the same people as in 32."
    )
    batch: int = Field(default=16, ge=1, le=64, description="Most pictures that a network sees at once.")
    graphs: bool = Field(default=False, description="Record each network's run once and replay it (CUDA graphs).")
    tensorrt: bool = Field(
        default=False, description="Compile networks with TensorRT, which has to be installed; the first start takes minutes."
    )
    memory: AutoSize = Field(
        default=None, description="Most GPU memory that each network of a process takes; `auto` is a fair share of the device."
    )
