"""The line to the head: its address, the credential, and what its answers mean here."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import TracebackType
from urllib.parse import quote

import httpx

from appliance.domain.errors import DiskFull, Misconfigured, RinkreelError, Transient

#: Seconds: to be connected, and without a byte. A head that writes a large file to its disk may be silent for a while.
CONNECT_S, SILENCE_S = 10.0, 60.0
_BACKEND_LIMITS = httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=30)


class MediaLine:
    """Requests to the head's media address.

    Args:
        base_url: the head's page, as `bus.media_url` has it.
        credential: the bus's password; sent with every request.
        tls_ca: the certificate that vouches for the head, where the machine's own do not.

    Raises:
        Misconfigured: the address is none, or the certificate cannot be read.
    """

    def __init__(self, base_url: str, credential: str, *, tls_ca: Path | None = None) -> None:
        if not base_url.startswith(("http://", "https://")):
            raise Misconfigured(
                f"the address of the head's page begins with http:// or https://; found {base_url!r}",
                remedy="Correct bus.media_url.",
            )
        if not credential:
            raise Misconfigured("footage is fetched with a credential, and there is none", remedy="Set bus.credential.")
        self._base = base_url.rstrip("/")
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {credential}", "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(SILENCE_S, connect=CONNECT_S),
            limits=_BACKEND_LIMITS,
            verify=_trust(tls_ca),
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> MediaLine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    @contextmanager
    def get(self, path: PurePosixPath, headers: Mapping[str, str] | None = None) -> Iterator[httpx.Response]:
        """An answer whose body is still to be read. Raises as `refuse`, but for 416, which the caller understands."""
        with self._understood(path), self._client.stream("GET", self._url_of(path), headers=dict(headers or {})) as answer:
            if answer.status_code != httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                refuse(answer, path)
            yield answer

    def put(self, path: PurePosixPath, content: bytes) -> None:
        """Send a small file whole. Raises as `refuse`."""
        with self._understood(path):
            refuse(self._client.put(self._url_of(path), content=content), path)

    def _url_of(self, path: PurePosixPath) -> str:
        return f"{self._base}/media/{quote(path.as_posix().encode('utf-8', 'surrogateescape'))}"

    @contextmanager
    def _understood(self, path: PurePosixPath) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            remedy = "Check that the head is switched on and that bus.media_url is its page's address."
            why = f"{path.name} could not be exchanged with the head at {self._base}: {error or type(error).__name__}"
            raise Transient(why, remedy=remedy) from error


def refuse(answer: httpx.Response, path: PurePosixPath) -> None:
    """Raises for every answer that is none.

    Raises:
        Misconfigured: the credential or the address is wrong. DiskFull: the head has no room. Transient: anything else.
    """
    if answer.is_success:
        return
    raise _refusal(answer.status_code, path)


def _refusal(status: int, path: PurePosixPath) -> RinkreelError:
    if status in (401, 403):
        why = "the head does not accept this worker's credential"
        return Misconfigured(why, remedy="Copy the head's bus credential to this machine.")
    if 300 <= status < 400:
        return Misconfigured("the head's page has moved to another address", remedy="Set bus.media_url to where it is now.")
    if status == httpx.codes.INSUFFICIENT_STORAGE:
        return DiskFull("the head's disk is full", remedy="Free some space there.")
    return Transient(f"the head answered {status} when asked for {path}", remedy="Look into the head's log.")


def _trust(tls_ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=tls_ca)
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(f"the certificate {tls_ca} cannot be used: {error}", remedy="Correct bus.tls_ca.") from error
