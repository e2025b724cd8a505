"""What this machine's network looks like: whether a port is free, which address the LAN knows it by, whether a page answers."""

from __future__ import annotations

import errno
import http.client
import ipaddress
import socket
import ssl
import urllib.error
import urllib.request

#: An address that nobody has. Nothing is sent: choosing the way there tells which address this machine would use.
#: Source: RFC 5737, TEST-NET-1.
NOBODY = ("192.0.2.1", 9)
_TROUBLES = {
    errno.EADDRINUSE: "another program listens there",
    errno.EACCES: "this user may not listen there",
    errno.EADDRNOTAVAIL: "this machine does not have that address",
}


def port_trouble(host: str, port: int) -> str:
    """Why a server could not listen there; empty when it could."""
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        return f"{host} is no address of this machine: {error}"
    family, kind, protocol, _, address = places[0]
    with socket.socket(family, kind, protocol) as trial:
        # As servers do, so that what a former one left in the kernel's waiting room does not count.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
            trial.listen(1)
        except OSError as error:
            return _TROUBLES.get(error.errno or 0, error.strerror or str(error))
    return ""


def lan_address() -> str | None:
    """The address by which the LAN knows this machine; None without a network. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(NOBODY)
        except OSError:
            return None
        address = str(way.getsockname()[0])
    return None if ipaddress.ip_address(address).is_loopback else address


def answers_well(address: str, timeout_s: float) -> bool:
    """Whether a health page of this machine says that all is well. Proxies are passed by, its own certificate is believed."""
    believing = ssl.create_default_context()
    believing.check_hostname, believing.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=believing))
    try:
        with opener.open(address, timeout=timeout_s) as answer:
            return bool(answer.status == http.HTTPStatus.OK)
    except (OSError, http.client.HTTPException):
        return False
