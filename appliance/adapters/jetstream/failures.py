"""What goes wrong with NATS, in this product's words. The only place that knows NATS's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nats.errors import Error, MaxPayloadError

from appliance.domain.errors import RinkreelError, Transient, Unusable

REMEDY = "It mends itself once the server is back; try again."


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Say what was being done when NATS failed.

    Raises:
        Transient: no connection, no answer, no stream, no room. Unusable: the message is longer than the server takes.
    """
    try:
        yield
    except MaxPayloadError as error:
        raise Unusable(
            f"{doing}: the message is longer than the bus takes", remedy="Raise `max_payload` of the NATS server to 8 MB."
        ) from error
    except (TimeoutError, Error, OSError) as error:
        raise Transient(f"{doing}: {reason_of(error)}", remedy=REMEDY) from error


def lost(doing: str) -> RinkreelError:
    """The connection ended while something was being done, or there is none."""
    return Transient(f"{doing}: the bus is not reached", remedy=REMEDY)


def reason_of(error: BaseException) -> str:
    """One line about it, never empty."""
    return (str(error).strip() or type(error).__name__).removeprefix("nats: ")[:300]
