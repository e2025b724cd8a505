"""Another host within this one: a network namespace with a line to here, and somebody who listens at that line."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

from tests.conftest import skip_or_fail

#: Source: linux/if_ether.h, linux/if_packet.h, and the assigned protocol numbers.
ETH_P_ALL, IPV4, IPV6, PACKET_OUTGOING = 3, 0x0800, 0x86DD, 4
TCP, UDP, ICMP6, HOP_BY_HOP = 6, 17, 58, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherHost:
    """A namespace. head: our address as seen from there. own: its own. link: our end of the line."""

    name: str
    head: str
    own: str
    link: str

    @property
    def command(self) -> tuple[str, ...]:
        """What runs a program there."""
        return ("ip", "netns", "exec", self.name)


@contextmanager
def other_host(*, goes_out: bool = False) -> Iterator[OtherHost]:
    """A host that reaches us alone, or sends everything to us. Skips by the name `netns` where none can be made."""
    if shutil.which("ip") is None:
        skip_or_fail("netns", "another host cannot be made here: there is no program `ip`")
    name, octet, link = f"rink{os.getpid()}", os.getpid() % 200 + 20, f"rk{os.getpid() % 10000}"
    host = OtherHost(name=name, head=f"10.231.{octet}.1", own=f"10.231.{octet}.2", link=f"{link}a")
    commands = [
        f"ip netns add {name}",
        f"ip link add {link}a type veth peer name {link}b",
        f"ip link set {link}b netns {name}",
        f"ip addr add {host.head}/30 dev {link}a",
        f"ip link set {link}a up",
        f"ip -n {name} addr add {host.own}/30 dev {link}b",
        f"ip -n {name} link set {link}b up",
        f"ip -n {name} link set lo up",
    ]
    if goes_out:
        commands.append(f"ip -n {name} route add default via {host.head}")
    try:
        for command in commands:
            try:
                subprocess.run(command.split(), check=True, capture_output=True, timeout=20)
            except (OSError, subprocess.SubprocessError) as error:
                skip_or_fail("netns", f"another host cannot be made here: {command}: {error}")
        yield host
    finally:
        subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", f"{link}a"], check=False, capture_output=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """Something that left the other host."""

    protocol: int
    source_port: int
    target: str
    target_port: int


@dataclass
class Eavesdropper:
    """Notes each kind of packet once."""

    heard: set[Packet] = field(default_factory=set)

    def note(self, frame: bytes) -> None:
        """Take down what a frame carries; what the kernel says by itself to find neighbours is left out."""
        kind = struct.unpack_from("!H", frame, 12)[0]
        if kind == IPV4:
            protocol, head, target = frame[23], 14 + (frame[14] & 15) * 4, frame[30:34]
        elif kind == IPV6:
            protocol, head, target = frame[20], 54, frame[38:54]
        else:
            return
        if protocol in (ICMP6, HOP_BY_HOP):
            return
        ports = struct.unpack_from("!HH", frame, head) if protocol in (TCP, UDP) else (0, 0)
        self.heard.add(Packet(protocol=protocol, source_port=ports[0], target=str(ip_address(target)), target_port=ports[1]))


@contextmanager
def listening_at(host: OtherHost) -> Iterator[Eavesdropper]:
    """Hear all that leaves a host, as long as the block runs."""
    ears, ended = Eavesdropper(), threading.Event()
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as line:
        line.bind((host.link, 0))
        line.settimeout(0.2)

        def listen() -> None:
            while not ended.is_set():
                try:
                    frame, origin = line.recvfrom(2048)
                except TimeoutError:
                    continue
                except OSError:
                    return
                if origin[2] != PACKET_OUTGOING and len(frame) >= 38:
                    ears.note(frame)

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield ears
        finally:
            ended.set()
            thread.join(5)
