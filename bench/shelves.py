"""Shelves of models made for the benches: what a package index alone provides, and the same with a downloaded person detector."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from appliance.adapters.model_shelf import ModelShelf
from appliance.bootstrap import open_shelf
from appliance.domain.errors import RinkreelError
from appliance.domain.model import ModelState
from appliance.settings import load_settings
from bench.command import plain_environment, rinkreel, run_command
from bench.place import MissingError, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One way to run the command. name: short, for folders. title: for people. backend: what `--backend` is given."""

    name: str
    title: str
    backend: str
    shelf: Callable[[Place], Path]


def plain_shelf(place: Place) -> Path:
    """What a package index alone provides, copied from the product's own shelf where it has them. Raises MissingError."""
    shelf = ModelShelf(place.room("models", "plain"))
    own = open_shelf(load_settings())
    for card in shelf.cards():
        if not card.optional and shelf.state(card.name) is not ModelState.READY and own.state(card.name) is ModelState.READY:
            for path in own.root.glob(f"{card.file}*"):
                shutil.copy2(path, shelf.root)
    try:
        for card in shelf.cards():
            if not card.optional:
                shelf.pull(card.name)
    except RinkreelError as error:
        raise MissingError(f"the models cannot be fetched: {error.why}") from error
    return shelf.root


def detector_shelf(place: Place) -> Path:
    """The same and RTMDet-nano, imported as a user would. Raises MissingError."""
    plain, weights = plain_shelf(place), place.need("models", "rtmdet_nano.onnx")
    folder = place.room("models", "detector")
    shutil.copytree(plain, folder, dirs_exist_ok=True)
    ran = run_command(rinkreel("models", "import", weights), environment=plain_environment(folder))
    if ran.status:
        raise MissingError(f"RTMDet-nano cannot be imported: {ran.stderr.strip()[-300:]}")
    return folder


DEFAULT = Configuration(name="default", title="default, nothing downloaded", backend="auto", shelf=plain_shelf)
CONVERTED = Configuration(name="onnx", title="ONNX, converted BlazePose", backend="onnx", shelf=plain_shelf)
DETECTOR = Configuration(name="rtmdet", title="ONNX with RTMDet-nano", backend="onnx", shelf=detector_shelf)
CONFIGURATIONS = (DEFAULT, CONVERTED, DETECTOR)
