"""Probers that misbehave, in a module that spawned processes can import by name."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing.connection import Connection
from pathlib import Path

from appliance.domain.errors import Unusable
from appliance.domain.media import MediaFile


def echo(said: object, pipe: Connection) -> None:
    pipe.send(said)


def die(how: str, pipe: Connection) -> None:
    if how.isdigit():
        os._exit(int(how))
    os.kill(os.getpid(), signal.Signals[how])
    threading.Event().wait()


def stay(_: None, pipe: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pipe.send("staying")
    threading.Event().wait()


class ByName:
    """Does what the file's name says."""

    def probe(self, path: Path) -> MediaFile:
        if path.stem.startswith("SIG"):
            os.kill(os.getpid(), signal.Signals[path.stem])
            threading.Event().wait()
        if path.stem == "hangs":
            threading.Event().wait()
        raise Unusable(f"{path.name} in {os.getpid()}", remedy="Record it again.")
