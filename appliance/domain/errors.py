"""Why something failed, in three branches that decide the verdict.

RinkreelError
├── Transient       try again: a stalled process, a busy encoder, a share that went away
├── Unusable        this input will never work: not a video, nothing decodable
└── Misconfigured   an operator has to act: a missing library, a wrong option
    └── DiskFull    there is no room; what waits for it goes on once there is

Foreign exceptions are translated once, in the adapter that owns the tool.
"""


class RinkreelError(Exception):
    """Anything this product reports on purpose.

    Args:
        why: what happened to which thing, what was expected and what was found; one sentence.
        remedy: what the reader can do about it; one sentence, may be empty when nothing can be done.
    """

    def __init__(self, why: str, *, remedy: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the trip between processes with the remedy intact."""
        return (_rebuild, (type(self), self.why, self.remedy))


class Transient(RinkreelError):
    """The same order may succeed later."""


class Unusable(RinkreelError):
    """This input will never work; the original is kept as it is."""


class Misconfigured(RinkreelError):
    """The installation or the request must change before this can work."""


class DiskFull(Misconfigured):
    """There is no room to write. The same order succeeds once there is."""


def _rebuild(kind: type[RinkreelError], why: str, remedy: str) -> RinkreelError:
    return kind(why, remedy=remedy)
