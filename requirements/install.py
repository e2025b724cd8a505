"""Put the locked packages and this repository into .venv; `make setup` calls it, nothing needs to be there but Python.

    python3 requirements/install.py cpu          # or gpu, gpu-cu12: one of the builds of ONNX Runtime, never two
    python3 requirements/install.py cpu dev      # and the tools that the tests need

uv does the work where the machine has it or can fetch it; where only pip reaches the package index, pip does it. Either way
every file is held to its hash in the lock, and nothing is compiled.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROVIDERS = ("cpu", "gpu", "gpu-cu12")
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
OWN_UV = ROOT / ".uv"
Command = Sequence[str | Path]
OLDEST, TOO_NEW = (3, 11), (3, 14)
LOCKED = ("--require-hashes", "--no-deps", "--only-binary", ":all:")
PROJECT = ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))

#: pip's setting → uv's variable, and the variables that say somebody has already told uv.
UV_TWINS = {
    "index-url": ("UV_DEFAULT_INDEX", ("UV_INDEX_URL",)),
    "extra-index-url": ("UV_INDEX", ("UV_EXTRA_INDEX_URL",)),
    "find-links": ("UV_FIND_LINKS", ()),
    "cert": ("SSL_CERT_FILE", ()),
    "trusted-host": ("UV_INSECURE_HOST", ()),
    "timeout": ("UV_HTTP_TIMEOUT", ()),
    "no-index": ("UV_NO_INDEX", ()),
}


def main(argv: Sequence[str]) -> int:
    """Install the locks named on the command line; returns the exit status."""
    provider, tools = argv[:1], argv[1:]
    if len(provider) != 1 or provider[0] not in PROVIDERS or tools not in ([], ["dev"]):
        print(f"usage: install.py {'|'.join(PROVIDERS)} [dev]", file=sys.stderr)
        return 2
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        found = sys.version.split()[0]
        print(f"Python 3.11 to 3.13 is needed, this is {found}: try `make setup PYTHON=python3.11`", file=sys.stderr)
        return 1
    if refusal := why_impossible(provider[0]):
        print(f"{provider[0]} cannot work on this machine: {refusal}", file=sys.stderr)
        return 1
    try:
        create_environment(provider[0])
        install_locks(argv)
    except subprocess.CalledProcessError as failure:
        print(f"setup failed: {' '.join(map(str, failure.cmd))} ended with status {failure.returncode}", file=sys.stderr)
        return 1
    return 0


def why_impossible(provider: str) -> str:
    """Why the libraries of a provider could not work here, asked before gigabytes are fetched; empty where they can, and where
    there is no driver, as on a machine that only prepares an image for another."""
    if provider == "cpu":
        return ""
    sys.path.insert(0, str(ROOT))
    try:
        from appliance.adapters.nvml.devices import read_graphics
        from appliance.adapters.system.platforms import read_platform
        from appliance.algorithms.platform_matching import match_platform, refuse_extra
    finally:
        sys.path.remove(str(ROOT))
    platform = read_platform(read_graphics())
    refusal = refuse_extra(provider, platform)
    if platform.driver is None and refusal == match_platform(platform).why:
        return ""
    other = match_platform(platform).extra
    return f"{refusal}. Try EXTRA={other or 'cpu'}." if refusal else ""


def create_environment(provider: str) -> None:
    """Make .venv, anew where it holds the other provider: the two builds of ONNX Runtime would overwrite each other."""
    note = VENV / ".provider"
    if note.is_file() and note.read_text() == provider and VENV_PYTHON.exists():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        run([sys.executable, "-m", "venv", VENV])
    except subprocess.CalledProcessError:
        shutil.rmtree(VENV, ignore_errors=True)
        uv = machine_uv()
        if uv is None:
            print("This Python cannot make virtual environments; on Debian, install the package python3-venv.", file=sys.stderr)
            raise
        run([uv, "venv", "--quiet", "--seed", "--python", sys.executable, VENV])
    note.write_text(provider)


def install_locks(names: Sequence[str]) -> None:
    """Install every named lock and then the repository itself, with uv, or with pip where uv cannot."""
    locks = [part for name in names for part in ("--requirement", str(ROOT / "requirements" / f"{name}.txt"))]
    pip: Command = [VENV_PYTHON, "-m", "pip", "--disable-pip-version-check", "install"]
    environ = {**os.environ, **uv_settings(pip_settings(), os.environ)}
    uv = machine_uv() or own_uv()
    if uv is not None:
        with_uv: Command = [uv, "pip", "install", "--python", VENV_PYTHON]
        if succeeds([*with_uv, *LOCKED, *locks], environ) and succeeds([*with_uv, *PROJECT], environ):
            return
        print("uv did not get through; pip takes over, which is slower", file=sys.stderr)
    run([*pip, *LOCKED, *locks])
    run([*pip, *PROJECT])


def machine_uv() -> Path | None:
    """The uv that the machine has, if it starts."""
    found = shutil.which("uv")
    return Path(found) if found and succeeds([found, "--version"], os.environ, quiet=True) else None


def own_uv() -> Path | None:
    """The project's own uv at the locked version, fetched into .uv with pip; None where no wheel fits this machine."""
    uv = OWN_UV / "bin" / "uv"
    if succeeds([uv, "--version"], os.environ, quiet=True):
        return uv
    pip: Command = [OWN_UV / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    made = succeeds([sys.executable, "-m", "venv", "--clear", OWN_UV], os.environ)
    fetched = made and succeeds([*pip, *LOCKED, "--requirement", ROOT / "requirements" / "uv.txt"], os.environ)
    return uv if fetched else None


def pip_settings() -> dict[str, str]:
    """What pip is told on this machine, by its files and its environment together."""
    listing = subprocess.run(
        [VENV_PYTHON, "-m", "pip", "--disable-pip-version-check", "config", "list"], capture_output=True, text=True, check=False
    )
    return parse_pip_settings(listing.stdout)


def parse_pip_settings(listing: str) -> dict[str, str]:
    """Read the lines of `pip config list`; a later kind wins: for all commands, for install, from the environment."""
    kinds: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for kind, name, value in re.findall(r"^(global|install|:env:)\.([\w-]+)=(.+)$", listing, flags=re.MULTILINE):
        kinds[kind][name] = str(ast.literal_eval(value))
    return {name: value for kind in kinds.values() for name, value in kind.items()}


def uv_settings(pip: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """The same settings in uv's words, which reads none of pip's; what uv was told already stays."""
    told: dict[str, str] = {}
    for name, (variable, others) in UV_TWINS.items():
        if pip.get(name) and not any(environ.get(each) for each in (variable, *others)):
            told[variable] = ",".join(pip[name].split()) if name == "find-links" else " ".join(pip[name].split())
    if "UV_INDEX" in told and not environ.get("UV_INDEX_STRATEGY"):
        # As pip does: any index may serve a file. Safe here, because the hash in the lock decides which file is taken.
        told["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return told


def succeeds(command: Command, environ: Mapping[str, str], *, quiet: bool = False) -> bool:
    """Run a command and say whether it worked."""
    silence = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.run(command, env=environ, check=False, stdout=silence, stderr=silence).returncode == 0
    except OSError:
        return False


def run(command: Command) -> None:
    """Run a command; raises CalledProcessError where it fails."""
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
