"""Which build of the GPU libraries fits a machine, and why none does where none can: asked before gigabytes are fetched."""

from __future__ import annotations

from dataclasses import dataclass

#: What each build needs. Source: the packages' own metadata and NVIDIA DALI, docs/support_matrix.rst.
GPU, GPU_OLD = "gpu", "gpu-cu12"
_DRIVER = {GPU: 580, GPU_OLD: 525}
#: Turing, and Volta: what the kernels inside ONNX Runtime's packages are compiled for (seen in 1.31.1 and 1.26.0).
_CAPABILITY = {GPU: (7, 5), GPU_OLD: (7, 0)}
#: Jetson's processors before Thor, whose CUDA is not the one of these packages. Source: NVIDIA DALI, docs/support_matrix.rst.
_JETSON_CHIPS = frozenset({(5, 3), (6, 2), (7, 2), (8, 7)})
_GLIBC_ON_ARM = (2, 34)
_GLIBC = (2, 28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A machine. machine: as `uname -m` has it. driver: NVIDIA's major number, None when there is no driver. capability: of the
    oldest GPU. jetson: the board's L4T release, empty on other machines. glibc: None where it is another library."""

    system: str
    machine: str
    python: tuple[int, int]
    glibc: tuple[int, int] | None
    driver: int | None = None
    capability: tuple[int, int] | None = None
    jetson: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What to install. extra: empty when the CPU build is all that can work. why: what forbids a better one, in words."""

    extra: str = ""
    why: str = ""


def match_platform(platform: Platform) -> Match:
    """The best build for a machine."""
    if platform.driver is None:
        return Match(why="there is no NVIDIA driver")
    refusals: list[str] = []
    for extra in (GPU, GPU_OLD):
        why = refuse_extra(extra, platform)
        if not why:
            return Match(extra=extra, why="; ".join(refusals))
        refusals.append(f"{extra}: {why}")
    return Match(why="; ".join(refusals))


def refuse_extra(extra: str, platform: Platform) -> str:
    """Why a build cannot work on a machine; empty when it can."""
    return next(
        (why for why in (_machine(platform), _jetson(platform), _graphics(extra, platform), _arm(extra, platform)) if why), ""
    )


def _machine(platform: Platform) -> str:
    if platform.system != "Linux":
        return f"there are no such packages for {platform.system}"
    if platform.machine not in ("x86_64", "aarch64"):
        return f"there are no such packages for {platform.machine}"
    needed = _GLIBC_ON_ARM if platform.machine == "aarch64" else _GLIBC
    if platform.glibc is None:
        return "the packages need glibc, and this system has another C library"
    if platform.glibc < needed:
        return f"the packages need glibc {needed[0]}.{needed[1]}, this system has {platform.glibc[0]}.{platform.glibc[1]}"
    return ""


def _jetson(platform: Platform) -> str:
    if platform.jetson and platform.capability in _JETSON_CHIPS | {None}:
        return f"Jetson (L4T {platform.jetson}) needs NVIDIA's own builds, see docs/gpu.md"
    return ""


def _graphics(extra: str, platform: Platform) -> str:
    if platform.driver is None:
        return "there is no NVIDIA driver"
    if platform.driver < _DRIVER[extra]:
        return f"it needs driver {_DRIVER[extra]} or newer, this one is {platform.driver}"
    least = _CAPABILITY[extra]
    if platform.capability is not None and platform.capability < least:
        found = f"{platform.capability[0]}.{platform.capability[1]}"
        return f"it needs a GPU of compute capability {least[0]}.{least[1]} or newer, the oldest here has {found}"
    return ""


def _arm(extra: str, platform: Platform) -> str:
    if extra == GPU_OLD and platform.machine == "aarch64":
        return "ONNX Runtime for CUDA 12 has no package for ARM"
    return ""
