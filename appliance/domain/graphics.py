"""Graphics processors as their driver describes them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """Parts of a chip that only decode or only encode video; None where nobody says how many there are."""

    decoders: int | None = None
    encoders: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The most that a chip can do: multiplications and additions in 32 bits, and bytes to or from its memory, per second."""

    operations_per_s: float
    bytes_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphicsDevice:
    """A GPU, or a slice of one that counts as its own.

    uuid: by which programs are told to see it alone. capability: what the chip can compute, major and minor. rates: None where
    the driver does not say.
    """

    name: str
    uuid: str
    memory_bytes: int
    free_bytes: int
    capability: tuple[int, int]
    engines: Engines = Engines()
    is_slice: bool = False
    rates: Rates | None = None

    @property
    def label(self) -> str:
        """One line for people."""
        parts = [self.name, f"{self.memory_bytes / 2**30:.0f} GiB", *_counted(self.engines)]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphicsReport:
    """What the driver says of this machine. cuda: the newest version that it runs. why_none: why there is no device, in words."""

    driver: str = ""
    cuda: tuple[int, int] | None = None
    devices: tuple[GraphicsDevice, ...] = ()
    why_none: str = ""

    @property
    def software(self) -> str:
        """Driver and CUDA, for people."""
        return f"driver {self.driver}" + (f", CUDA up to {self.cuda[0]}.{self.cuda[1]}" if self.cuda else "")


def _counted(engines: Engines) -> list[str]:
    told = []
    for count, kind in ((engines.decoders, "decoding"), (engines.encoders, "encoding")):
        if count is not None:
            told.append(f"{count or 'no'} {kind} engine{'' if count == 1 else 's'}")
    return told
