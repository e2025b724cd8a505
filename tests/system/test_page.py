"""The page in a real Chromium against a real appliance, as `make test-web` tries it; skipped where a tool is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.adapters.model_shelf import ModelShelf
from tests.conftest import skip_or_fail

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
RUNNER = WEB / "node_modules" / "@playwright" / "test" / "cli.js"
#: Generous, as the machine may be slow and busy; what it takes on two free cores is in CONTRIBUTING.
LIMIT_S = 900.0


@pytest.fixture
def node() -> str:
    """The program that runs the browser's tests."""
    found = shutil.which("node")
    if found is None:
        skip_or_fail("node", "no node on the path (Debian: nodejs)")
    if not RUNNER.is_file():
        skip_or_fail("node", "the page's tools are not installed: `npm ci` in web/")
    if not (WEB / "dist" / "index.html").is_file():
        skip_or_fail("node", "the page is not built: `make page`")
    return str(found)


@pytest.fixture
def chromium() -> str:
    """The browser."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        skip_or_fail("chromium", "no Chromium on the path (Debian: chromium)")
    return str(found)


@pytest.mark.parametrize("spec", ["flows", "look", "states"])
def test_people_get_from_footage_to_a_shared_reel_and_every_page_is_sound(
    node: str, chromium: str, pose_weights: ModelShelf, spec: str
) -> None:
    environment = {
        **os.environ,
        "CHROMIUM": chromium,
        "E2E_PYTHON": sys.executable,
        "RINKREEL_STORAGE_MODELS": str(pose_weights.root),
    }
    done = subprocess.run(
        [node, str(RUNNER), "test", f"{spec}.spec.ts"],
        cwd=WEB,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-8000:]
