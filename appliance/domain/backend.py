"""What finds people: a library, the models it runs, and what it runs them on."""

from __future__ import annotations

from dataclasses import dataclass

CPU, CUDA, TENSORRT = "CPUExecutionProvider", "CUDAExecutionProvider", "TensorrtExecutionProvider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A choice that was made once, and why.

    name: "mediapipe" or "onnx". models: names in the manifest, detector first. provider: what ONNX Runtime runs on.
    """

    name: str
    models: tuple[str, ...]
    provider: str = CPU
    why: str = ""

    @property
    def label(self) -> str:
        """One line for people."""
        place = "GPU" if self.provider == CUDA else "CPU"
        return f"{self.name} with {' and '.join(self.models)} on the {place}: {self.why}"
