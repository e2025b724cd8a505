"""The installer: what pip was told reaches uv, what uv was told stays, and nonsense is refused before anything is made."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.domain.graphics import GraphicsDevice, GraphicsReport
from requirements import install


def test_the_words_of_pip_become_the_words_of_uv() -> None:
    pip = {
        "index-url": "https://mirror.example/simple",
        "cert": "/etc/ca.pem",
        "timeout": "180",
        "trusted-host": "mirror.example",
    }
    assert install.uv_settings(pip, {}) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "SSL_CERT_FILE": "/etc/ca.pem",
        "UV_HTTP_TIMEOUT": "180",
        "UV_INSECURE_HOST": "mirror.example",
    }


def test_what_uv_was_told_by_the_machine_stays_as_it_is() -> None:
    pip = {"index-url": "https://mirror.example/simple", "cert": "/etc/ca.pem"}
    assert install.uv_settings(pip, {"UV_INDEX_URL": "https://other.example", "SSL_CERT_FILE": "/etc/own.pem"}) == {}


def test_several_indexes_are_searched_as_pip_does_because_the_hash_decides() -> None:
    told = install.uv_settings({"extra-index-url": "https://a.example/simple\nhttps://b.example/simple"}, {})
    assert told == {"UV_INDEX": "https://a.example/simple https://b.example/simple", "UV_INDEX_STRATEGY": "unsafe-best-match"}


def test_folders_of_wheels_are_listed_with_commas() -> None:
    assert install.uv_settings({"find-links": "/srv/a /srv/b"}, {}) == {"UV_FIND_LINKS": "/srv/a,/srv/b"}


def test_the_environment_overrules_a_setting_for_install_and_that_one_a_setting_for_all() -> None:
    listing = "\n".join(
        (
            ":env:.timeout='9'",
            "global.timeout='1'",
            "global.cert='/all.pem'",
            "install.timeout='5'",
            "install.cert='/install.pem'",
            "freeze.cert='/x.pem'",
        )
    )
    assert install.parse_pip_settings(listing) == {"timeout": "9", "cert": "/install.pem"}


def test_a_setting_of_several_lines_is_read_whole() -> None:
    assert install.parse_pip_settings("global.extra-index-url='\\nhttps://a.example\\nhttps://b.example'\n") == {
        "extra-index-url": "\nhttps://a.example\nhttps://b.example"
    }


@pytest.mark.parametrize("argv", [[], ["dev"], ["cpu", "gpu"], ["cpu", "dev", "dev"], ["--help"]])
def test_anything_but_one_provider_and_perhaps_the_tools_is_refused(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert install.main(argv) == 2
    assert "usage" in capsys.readouterr().err


def test_a_python_that_is_too_old_is_told_the_remedy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(install, "OLDEST", (99, 0))
    assert install.main(["cpu"]) == 1
    assert "PYTHON=" in capsys.readouterr().err


def test_a_uv_that_does_not_start_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "uv"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert install.machine_uv() is None


def test_a_uv_that_starts_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    working = tmp_path / "uv"
    working.write_text("#!/bin/sh\necho uv 99\n")
    working.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert install.machine_uv() == working


def test_a_change_of_provider_starts_from_an_empty_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    venv = tmp_path / "venv"

    def fake_venv(command: install.Command) -> None:
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "python").touch()

    monkeypatch.setattr(install, "VENV", venv)
    monkeypatch.setattr(install, "VENV_PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(install, "run", fake_venv)
    install.create_environment("cpu")
    (venv / "left-over").touch()
    install.create_environment("cpu")
    assert (venv / "left-over").exists()
    install.create_environment("gpu")
    assert not (venv / "left-over").exists()


def machine_with(monkeypatch: pytest.MonkeyPatch, driver: str) -> None:
    device = GraphicsDevice(name="A", uuid="", memory_bytes=1, free_bytes=1, capability=(8, 6))
    report = GraphicsReport(driver=driver, devices=(device,) if driver else ())
    monkeypatch.setattr("appliance.adapters.nvml.devices.read_graphics", lambda: report)
    monkeypatch.setattr("platform.libc_ver", lambda: ("glibc", "2.36"))
    monkeypatch.setattr("platform.machine", lambda: "x86_64")


def test_libraries_that_the_driver_is_too_old_for_are_refused_before_they_are_fetched(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine_with(monkeypatch, "570.86.10")
    assert install.main(["gpu"]) == 1
    assert "it needs driver 580 or newer, this one is 570. Try EXTRA=gpu-cu12." in capsys.readouterr().err


def test_a_machine_without_a_driver_may_prepare_an_image_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    machine_with(monkeypatch, "")
    assert install.why_impossible("gpu") == ""


def test_libraries_that_fit_are_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    machine_with(monkeypatch, "580.1")
    assert [install.why_impossible(provider) for provider in install.PROVIDERS] == ["", "", ""]
