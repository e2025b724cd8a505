"""Makes models out of others: the two ONNX networks and the bundle for MediaPipe.

What is made is vouched for by a note beside it: which parts it was made of, by which version of the code, and its own hash.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.domain.errors import Misconfigured
from appliance.domain.model import ModelCard, ModelRole


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildNote:
    """What a made model was made of. parts: name → sha256; version: of the code that made it; sha256: of the result."""

    parts: dict[str, str]
    version: int
    sha256: str


def build_model(card: ModelCard, parts: Sequence[Path]) -> bytes:
    """The model's content, made out of its parts (in the manifest's order). Raises Misconfigured where that cannot be done."""
    # Imported here: listing models needs neither the converter nor onnx.
    from appliance.adapters.tflite import converter, task_bundle

    if card.role is ModelRole.BUNDLE:
        detector, landmarks = parts
        return task_bundle.build_task_bundle(detector, landmarks)
    if card.suffix == ".onnx" and len(parts) == 1:
        return converter.convert_tflite(parts[0], card.heads)
    raise Misconfigured(f"Nobody knows how to make {card.name}.", remedy="Correct the manifest.")


def build_version(card: ModelCard) -> int:
    """Version of the code that makes this model."""
    from appliance.adapters.tflite.versions import BUNDLE_VERSION, CONVERTER_VERSION

    return BUNDLE_VERSION if card.role is ModelRole.BUNDLE else CONVERTER_VERSION


def note_path(path: Path) -> Path:
    """Where the note about a made model lies."""
    return path.with_name(f"{path.name}.built.json")


def write_note(note: BuildNote) -> bytes:
    """The note as it lies on disk."""
    return json.dumps(asdict(note), indent=1, sort_keys=True).encode()


def is_vouched_for(path: Path, sha256: str, *, parts: Mapping[str, Sequence[str]], version: int) -> bool:
    """Whether a made model is what this version makes of accepted parts, as far as its note tells.

    Args:
        path: the model.
        sha256: of its content as it is now.
        parts: name of each part → the hashes that the manifest accepts for it.
        version: of the code that makes it now.
    """
    try:
        note = BuildNote(**json.loads(note_path(path).read_bytes()))
    except (OSError, ValueError, TypeError):
        return False
    known = note.parts.keys() == parts.keys() and all(note.parts[name] in accepted for name, accepted in parts.items())
    return known and note.version == version and note.sha256 == sha256
