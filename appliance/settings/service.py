"""What only the appliance needs: intake, uploads, server, workers, bus, retention, security, logs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Literal

from pydantic import Field

from appliance.settings.cutting import usable_cores
from appliance.settings.values import AutoSize, Count, Duration, ForGood, Section, Size, Stretch, Text

DAY = Fraction(24 * 3600)


class Intake(Section):
    """The watch folder."""

    rest: Stretch = Field(default=Fraction(20), description="How long a file must have rested before it is taken.")
    scan_every: Stretch = Field(
        default=Fraction(15), description="Time between two scans; events of the file system only hasten them."
    )
    watch: Literal["auto", "events", "polling"] = Field(
        default="auto", description="How changes are noticed; `polling` for a share that lies on another machine."
    )
    give_up_after: Stretch = Field(
        default=Fraction(600), description="A file that rests but does not open is taken after this and refused with a reason."
    )
    ready_marker: Text = Field(default="_READY", description="A file of this name in a dropped folder says that it is complete.")
    mount_marker: str = Field(
        default="",
        description="A file of this name must be in the share; intake pauses while it is missing. Empty: not asked for.",
    )
    keep_duplicates: bool = Field(default=False, description="Leave a second copy of known footage in the share.")


class Upload(Section):
    """Footage that comes through the page."""

    chunk_bytes: Size = Field(
        default=1024**2, ge=4096, le=64 * 1024**2, description="Piece in which an upload is written to disk."
    )
    max_bytes: Size = Field(default=64 * 1024**3, ge=1, description="Largest upload.")
    max_files: int = Field(default=200, ge=1, le=10_000, description="Most files in one batch.")
    expire_after: Stretch = Field(default=DAY, description="An upload that is not continued for this long is removed.")


class Server(Section):
    """The page and its API."""

    host: Text = Field(
        default="0.0.0.0",  # noqa: S104 - the page of the LAN
        description="Address to listen on; 127.0.0.1 for this machine alone.",
    )
    port: int = Field(default=8080, ge=1, le=65535, description="Port of the page.")
    name: Text = Field(default="Rinkreel", description="What the page calls this box.")
    address: str = Field(default="", description="Address people type, for links and QR codes; found out when empty.")
    tls_cert: Path | None = Field(default=None, description="Certificate for HTTPS, with `server.tls_key`.")
    tls_key: Path | None = Field(default=None, description="Its key.")


class Workers(Section):
    """Who works."""

    cpu: Count = Field(
        default=None, ge=0, le=64, description="Processes of the CPU lane; `auto` is one, and two from eight cores."
    )
    pose: Count = Field(default=None, ge=0, le=64, description="Processes that watch; `auto` is one per core, at most 8.")
    chunk: Stretch = Field(
        default=Fraction(60), description="Footage of one order, so that a long recording is watched by all of them."
    )
    stall_after: Stretch = Field(
        default=Fraction(180), description="A stage without progress for this long is ended and tried by another process."
    )
    cache_bytes: Size = Field(
        default=64 * 1024**3, ge=1024**2, description="What a worker on another machine keeps of the head's footage."
    )
    most_attempts: int = Field(default=5, ge=1, le=100, description="Tries of one order before it is given up.")

    @property
    def cpu_processes(self) -> int:
        """Processes of the CPU lane, `auto` resolved."""
        return self.cpu if self.cpu is not None else 2 if usable_cores() >= 8 else 1

    @property
    def pose_processes(self) -> int:
        """Processes of the pose lane, `auto` resolved."""
        return self.pose if self.pose is not None else min(8, usable_cores())


class Bus(Section):
    """NATS JetStream: transport between the processes."""

    url: str = Field(default="", description="Address of a NATS server that runs elsewhere; empty: this box runs its own.")
    host: Text = Field(
        default="127.0.0.1", description="Address the own server listens on; a LAN address lets other boxes work along."
    )
    port: int = Field(default=4222, ge=1, le=65535, description="Port of the own server.")
    monitor_port: int = Field(default=8222, ge=1, le=65535, description="Port of the own server's health page, on loopback.")
    credential: Path | None = Field(default=None, description="File with the bus's password, for workers on another machine.")
    tls_cert: Path | None = Field(default=None, description="Certificate of the own server; needed once it listens on the LAN.")
    tls_key: Path | None = Field(default=None, description="Its key.")
    tls_ca: Path | None = Field(
        default=None, description="Certificate that vouches for the server, for workers on another machine."
    )
    media_url: str = Field(
        default="", description="Address of the head's page, from where a worker on another machine reads footage."
    )
    ack_wait: Stretch = Field(default=Fraction(30), description="An order whose worker is silent for this long goes to another.")
    store_bytes: Size = Field(default=1024**3, ge=1024**2, description="Most that the streams may take on disk.")
    replicas: int = Field(
        default=1,
        ge=1,
        le=5,
        description="Servers that keep each message, where `bus.url` is a cluster; the same for every program.",
    )


class Retention(Section):
    """What is kept for how long."""

    reels_for: ForGood = Field(
        default=180 * DAY, description="A reel that is not pinned is removed after this; `never` keeps all."
    )
    originals: Literal["keep", "remove"] = Field(
        default="keep",
        description="`remove` deletes originals once their reel is verified and `retention.originals_for` is over.",
    )
    originals_for: Duration = Field(
        default=7 * DAY, description="How long originals stay after their reel is made, when they go at all."
    )
    min_free: AutoSize = Field(
        default=None, description="Intake pauses below this much free disk; `auto` is 2 % of the disk, at most 5 GiB."
    )
    make_room: bool = Field(default=True, description="Below twice that, remove the oldest reels that are not pinned.")
    backups: int = Field(default=14, ge=1, le=1000, description="Copies of the book that are kept; one is made each day.")


class Security(Section):
    """Who gets in."""

    sign_in: bool = Field(
        default=True, description="Whether people have to sign in. Without it, everybody on the LAN is an admin."
    )
    session_for: Stretch = Field(default=30 * DAY, description="How long a sign-in lasts.")
    share_for: Stretch = Field(default=7 * DAY, description="How long a link to a reel lasts when nothing else is said.")
    attempts: int = Field(
        default=10, ge=1, le=1000, description="Wrong sign-ins from one address in five minutes before it has to wait."
    )


class Logs(Section):
    """What the programs say."""

    format: Literal["auto", "json", "text"] = Field(
        default="auto", description="`auto` is text on a terminal and JSON elsewhere."
    )
    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least important line that is written."
    )
    otlp_endpoint: str = Field(default="", description="Address of an OpenTelemetry collector (OTLP over HTTP); empty: none.")
