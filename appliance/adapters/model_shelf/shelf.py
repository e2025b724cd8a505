"""The folder of models: what is there and genuine, and how what is missing gets there."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from appliance.adapters.model_shelf.builds import BuildNote, build_model, build_version, is_vouched_for, note_path, write_note
from appliance.adapters.model_shelf.downloads import download_file
from appliance.adapters.model_shelf.files import model_contents, read_member
from appliance.adapters.model_shelf.manifest import read_manifest
from appliance.adapters.model_shelf.wheels import WheelFetcher
from appliance.adapters.system.whole_files import error_from_os, write_whole
from appliance.domain.errors import Misconfigured, RinkreelError, Unusable
from appliance.domain.model import ArchiveMember, Conversion, ModelCard, ModelSource, ModelState, WebFile, WheelMember


class ModelShelf:
    """Models by name, in one folder. Nothing is handed out unless its hash matched."""

    def __init__(self, root: Path, *, manifest: Path | None = None, fetcher: WheelFetcher | None = None) -> None:
        """Look at a folder, which need not exist yet.

        Args:
            root: the folder.
            manifest: another manifest than the product's own.
            fetcher: how wheels are fetched.

        Raises:
            Misconfigured: the manifest cannot be used.
        """
        self.root = root
        self._cards = {card.name: card for card in read_manifest(manifest)}
        self._fetcher = fetcher or WheelFetcher()
        self._hashes: dict[Path, tuple[int, int, str]] = {}

    def cards(self) -> tuple[ModelCard, ...]:
        """Every model that the manifest names."""
        return tuple(self._cards.values())

    def card(self, name: str) -> ModelCard:
        """One of them. Raises Misconfigured where there is none of this name."""
        if name not in self._cards:
            raise Misconfigured(f"There is no model {name!r}.", remedy=f"Choose one of: {', '.join(self._cards)}.")
        return self._cards[name]

    def state(self, name: str) -> ModelState:
        """Whether a model is there and genuine."""
        card = self.card(name)
        path = self.root / card.file
        if not path.is_file():
            return ModelState.MISSING
        return ModelState.READY if self._is_genuine(card, path) else ModelState.DIFFERS

    def path_of(self, name: str) -> Path:
        """The file of a model that is there and whose hash matched. Raises Misconfigured otherwise."""
        card = self.card(name)
        path = self.root / card.file
        state = self.state(name)
        if state is ModelState.READY:
            return path
        remedy = f"rinkreel models {'build' if card.conversion else f'pull {name}'}"
        if state is ModelState.MISSING:
            raise Misconfigured(f"The model {name} is not there: {path}.", remedy=remedy)
        raise Misconfigured(f"{path} is not the model {name}: it has the sha256 {self._sha256_of(path)}.", remedy=remedy)

    def pull(self, name: str) -> Path:
        """Fetch a model, or make it after fetching its parts; what is there and genuine is left alone.

        Raises:
            Transient: no source was reached. Misconfigured: a source gave something else.
        """
        if self.state(name) is ModelState.READY:
            return self.path_of(name)
        card = self.card(name)
        failures: list[RinkreelError] = []
        for source in card.sources:
            try:
                self._fetch(card, source)
                return self.path_of(name)
            except RinkreelError as error:
                failures.append(error)
        raise failures[0]

    def build(self, name: str) -> Path:
        """Make a model anew out of its parts, which are fetched where they are missing.

        Raises:
            Transient: a part could not be fetched. Misconfigured: it is not a model that is made here.
        """
        card = self.card(name)
        if card.conversion is None:
            raise Misconfigured(f"{name} is not made here.", remedy=f"rinkreel models pull {name}")
        self._fetch(card, card.conversion)
        return self.path_of(name)

    def import_file(self, path: Path) -> tuple[str, ...]:
        """Take over every model that the manifest knows: the file itself, or what is inside a zip or wheel; returns their names.

        Raises:
            Unusable: no known model in it. Misconfigured: it cannot be read.
        """
        try:
            names = tuple(name for content in model_contents(path) for name in self._take_over(content))
        except (OSError, zipfile.BadZipFile) as error:
            raise Misconfigured(f"{path} cannot be read: {error}", remedy="Give a model file, a zip or a wheel.") from error
        if not names:
            raise Unusable(f"{path} holds no model that the manifest knows by its sha256.", remedy="See rinkreel models list.")
        return names

    def _fetch(self, card: ModelCard, source: ModelSource) -> None:
        match source:
            case WheelMember():
                self._fetch_wheel(source)
            case ArchiveMember():
                self._put(card, _member_of(download_file(source.url), source))
            case WebFile():
                self._put(card, download_file(source.url))
            case Conversion():
                self._make(card, source)

    def _fetch_wheel(self, source: WheelMember) -> None:
        """Everything that the manifest wants from this wheel, so that it is fetched once."""
        wanted = {
            other.member: card
            for card in self._cards.values()
            for other in card.sources
            if isinstance(other, WheelMember) and (other.package, other.version) == (source.package, source.version)
        }
        self._make_folder()
        contents = self._fetcher.fetch_members(source.package, source.version, list(wanted), self.root)
        for member, card in wanted.items():
            self._put(card, contents[member])

    def _make(self, card: ModelCard, source: Conversion) -> None:
        parts = {name: self.pull(name) for name in source.parts}
        content = build_model(card, list(parts.values()))
        note = BuildNote(
            parts={name: self._sha256_of(path) for name, path in parts.items()},
            version=build_version(card),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        path = self.root / card.file
        self._write(note_path(path), write_note(note))
        self._write(path, content)

    def _put(self, card: ModelCard, content: bytes) -> None:
        found = hashlib.sha256(content).hexdigest()
        if found not in card.sha256:
            raise Misconfigured(
                f"What came for {card.name} has the sha256 {found}, expected was {' or '.join(card.sha256)}.",
                remedy="The source has changed; import the expected file: rinkreel models import FILE",
            )
        self._write(self.root / card.file, content)

    def _write(self, path: Path, content: bytes) -> None:
        self._make_folder()
        write_whole(path, content)

    def _make_folder(self) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise error_from_os(error, self.root) from error

    def _take_over(self, content: bytes) -> Iterator[str]:
        found = hashlib.sha256(content).hexdigest()
        for card in self._cards.values():
            if found in card.sha256:
                self._write(self.root / card.file, content)
                yield card.name

    def _is_genuine(self, card: ModelCard, path: Path) -> bool:
        found = self._sha256_of(path)
        if found in card.sha256:
            return True
        if card.conversion is None:
            return False
        parts = {name: self.card(name).sha256 for name in card.conversion.parts}
        return is_vouched_for(path, found, parts=parts, version=build_version(card))

    def _sha256_of(self, path: Path) -> str:
        """Hash of a file; computed again only when its size or time of change differs."""
        status = path.stat()
        known = self._hashes.get(path)
        if known is None or known[:2] != (status.st_size, status.st_mtime_ns):
            known = (status.st_size, status.st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
            self._hashes[path] = known
        return known[2]


def _member_of(archive: bytes, source: ArchiveMember) -> bytes:
    found = hashlib.sha256(archive).hexdigest()
    if source.sha256 and found != source.sha256:
        raise Misconfigured(
            f"{source.url} has the sha256 {found}, expected was {source.sha256}.",
            remedy="The source has changed; import the expected file: rinkreel models import FILE",
        )
    return read_member(archive, source.member)
