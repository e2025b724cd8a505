"""A worker on another host: a network namespace of its own that knows an address, a credential and the page of the head."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.adapters.model_shelf import ModelShelf
from bench.box import NotYetError, free_ports, running_box, toml_of

from ..conftest import skip_or_fail
from ..namespace_place import OtherHost, other_host

LIMIT_S = 300.0


@pytest.fixture
def second_host() -> Iterator[OtherHost]:
    with other_host() as made:
        yield made


def certificate(folder: Path, address: str) -> tuple[Path, Path]:
    """A certificate for an address that vouches for itself, and its key."""
    if shutil.which("openssl") is None:
        skip_or_fail("openssl", "no certificate can be made without it")
    cert, key = folder / "bus.crt", folder / "bus.key"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    words += ["-subj", "/CN=rinkreel", "-addext", f"subjectAltName=IP:{address},IP:127.0.0.1"]
    subprocess.run([*words, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True, timeout=60)
    return cert, key


def test_a_worker_on_another_host_watches_with_urls_alone(
    second_host: OtherHost, tmp_path: Path, drawn_footage: Path, pose_weights: ModelShelf
) -> None:
    cert, key = certificate(tmp_path, second_host.head)
    secret = tmp_path / "bus.secret"
    secret.write_text("a-long-secret-that-only-workers-know\n")
    secret.chmod(0o600)
    (port,) = free_ports(1)
    tables: dict[str, dict[str, object]] = {
        "bus": {"host": "0.0.0.0", "port": port, "credential": str(secret)},
        "workers": {"pose": 0},
        "server": {"host": "0.0.0.0"},
    }
    tables["bus"] |= {"tls_cert": str(cert), "tls_key": str(key), "tls_ca": str(cert)}
    environment = {"RINKREEL_STORAGE_MODELS": str(pose_weights.root)}
    with running_box(tmp_path / "head", tables, environment) as box:
        shutil.copyfile(drawn_footage / "MVI_0000.MP4", box.footage / "MVI_0000.MP4")
        box.wait_for(
            lambda: any(item["stage"] == "analyse" for item in box.items()),
            LIMIT_S,
            "the recording waits for somebody to watch it",
        )
        far = tmp_path / "far"
        far.mkdir()
        settings = {
            "storage": {"data": str(far / "data"), "models": str(pose_weights.root)},
            "bus": {
                "url": f"tls://{second_host.head}:{port}",
                "credential": str(secret),
                "tls_ca": str(cert),
                "media_url": f"http://{second_host.head}:{box.port}",
            },
        }
        (far / "worker.toml").write_text(toml_of(settings))
        words = [*second_host.command, sys.executable, "-m", "appliance", "serve", "worker-pose"]
        with (far / "log").open("wb") as log:
            worker = subprocess.Popen([*words, "--config", str(far / "worker.toml")], stdout=log, stderr=log)
        try:
            box.wait_for(
                lambda: [one["status"] for one in box.items()] == ["completed"], LIMIT_S, "the other host has watched it"
            )
        except NotYetError as late:
            raise AssertionError((far / "log").read_text()[-2000:]) from late
        finally:
            worker.terminate()
            worker.wait(20)
        assert len(list((box.data / "reels").rglob("*.mp4"))) == 1
        assert list((box.data / "features").rglob("*.npz"))
        assert not (far / "data" / "originals").exists() or not list((far / "data" / "originals").rglob("*.part"))
