"""Ways to run a network: on what, how exactly, in batches of which sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from appliance.domain.backend import CPU, CUDA, TENSORRT


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One way to run networks; rungs are tried from the best down.

    provider: of ONNX Runtime. options: told to that provider. config: told to the session. largest: pictures of one run at most.
    buckets: sizes that batches are filled up to, because a GPU tunes itself anew for each size it sees; empty where they are run
    as they come. bound: inputs and outputs are laid where the network runs, and stay there between runs. half: sixteen bits.
    graphs: the whole run is recorded once and replayed.
    """

    provider: str = CPU
    options: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, str] = field(default_factory=dict)
    largest: int = 8
    buckets: tuple[int, ...] = ()
    bound: bool = False
    half: bool = False
    graphs: bool = False

    @property
    def is_graphic(self) -> bool:
        """Whether a GPU does the work."""
        return self.provider in (CUDA, TENSORRT)

    @property
    def device(self) -> str:
        """Where inputs and outputs lie, as ONNX Runtime calls it."""
        return "cuda" if self.is_graphic else "cpu"

    @property
    def label(self) -> str:
        """For people."""
        place = {CPU: "the CPU", CUDA: "the GPU", TENSORRT: "the GPU through TensorRT"}.get(self.provider, self.provider)
        ways = (["half precision"] if self.half else []) + (["CUDA graphs"] if self.graphs else [])
        return f"{place} with {' and '.join(ways)}" if ways else place


#: A processor gains nothing from more than eight pictures at once, and pays for it in memory.
ON_CPU = Rung()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeWish:
    """What the settings ask of a GPU. memory_bytes: most that one process takes, None for what the device has."""

    largest: int = 16
    half: bool = False
    graphs: bool = False
    tensorrt: bool = False
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineKey:
    """What a compiled engine is good for, and for nothing else."""

    gpu: str
    capability: tuple[int, int]
    driver: str
    runtime: str
