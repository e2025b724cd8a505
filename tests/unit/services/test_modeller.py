from __future__ import annotations

from pathlib import Path

import pytest

from appliance.domain.errors import Misconfigured
from appliance.domain.model import Conversion, ModelCard, ModelRole, ModelState, WebFile
from appliance.services.modeller import build_models, import_models, list_models, pull_models


def card(name: str, *, optional: bool = False, parts: tuple[str, ...] = ()) -> ModelCard:
    return ModelCard(
        name=name,
        role=ModelRole.PERSON_BOXES,
        file=f"{name}.onnx",
        licence="Apache-2.0",
        sha256=(),
        sources=(Conversion(parts=parts) if parts else WebFile(url="https://example.org"),),
        layout="NCHW",
        colours="rgb",
        mean=(),
        std=(),
        width_px=1,
        height_px=1,
        joints=0,
        note=f"note on {name}",
        optional=optional,
    )


class RememberedStore:
    """A shelf in memory that remembers what was asked of it."""

    def __init__(self) -> None:
        self.ready: set[str] = set()
        self.asked: list[str] = []

    def cards(self) -> tuple[ModelCard, ...]:
        return card("raw"), card("made", parts=("raw",)), card("extra", optional=True)

    def state(self, name: str) -> ModelState:
        return ModelState.READY if name in self.ready else ModelState.MISSING

    def path_of(self, name: str) -> Path:
        return Path(name)

    def pull(self, name: str) -> Path:
        if name == "nonsense":
            raise Misconfigured("no such model")
        self.asked.append(f"pull {name}")
        self.ready.add(name)
        return Path(name)

    def build(self, name: str) -> Path:
        self.asked.append(f"build {name}")
        self.ready.add(name)
        return Path(name)

    def import_file(self, path: Path) -> tuple[str, ...]:
        self.ready.add(path.stem)
        return (path.stem,)


def test_every_model_of_the_manifest_is_listed_with_what_makes_it_ready() -> None:
    store = RememberedStore()
    store.ready.add("raw")
    rows = list_models(store)
    assert [(row.name, row.state, row.remedy) for row in rows] == [
        ("raw", ModelState.READY, ""),
        ("made", ModelState.MISSING, "rinkreel models build"),
        ("extra", ModelState.MISSING, "rinkreel models pull extra"),
    ]
    assert rows[1].note == "note on made"


def test_without_names_only_what_a_package_index_provides_is_pulled() -> None:
    store = RememberedStore()
    assert [row.name for row in pull_models(store)] == ["raw", "made"]
    assert store.asked == ["pull raw", "pull made"]


def test_named_models_are_pulled_whatever_they_are() -> None:
    store = RememberedStore()
    (row,) = pull_models(store, ["extra"])
    assert (row.name, row.state) == ("extra", ModelState.READY)


def test_without_names_everything_that_is_made_here_is_built() -> None:
    store = RememberedStore()
    assert [row.name for row in build_models(store)] == ["made"]
    assert store.asked == ["build made"]


def test_imported_models_are_reported_as_they_stand_now() -> None:
    (row,) = import_models(RememberedStore(), [Path("extra.onnx")])
    assert (row.name, row.state) == ("extra", ModelState.READY)


def test_an_unknown_model_is_the_stores_error() -> None:
    with pytest.raises(Misconfigured):
        pull_models(RememberedStore(), ["nonsense"])
