"""Which GPU a worker uses, and how much of its memory: workers are dealt out evenly, a slice of a GPU counts as one."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.domain.graphics import GraphicsDevice

#: What CUDA itself, decoders, the cutting of crops and other programs need is left alone.
_SHARED_OUT = 0.8
#: A detector and a landmark network, each with memory of its own.
_NETWORKS = 2


def device_for(worker: int, devices: Sequence[GraphicsDevice]) -> GraphicsDevice | None:
    """The device of one of several workers, counted from 0; None when there is none."""
    return devices[worker % len(devices)] if devices else None


def memory_share_bytes(device: GraphicsDevice, workers: int, devices: int) -> int:
    """Most that each network of a worker may take, when so many workers share so many devices."""
    return int(device.memory_bytes * _SHARED_OUT / _workers_on(workers, devices) / _NETWORKS)


def engines_share(device: GraphicsDevice, workers: int, devices: int) -> int:
    """Decoding engines that a worker may keep busy at once, when so many workers share so many devices; never less than one."""
    return max(1, (device.engines.decoders or 1) // _workers_on(workers, devices))


def _workers_on(workers: int, devices: int) -> int:
    """Most workers that any device has."""
    return max(1, -(-workers // max(1, devices)))
