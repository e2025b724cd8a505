"""Where things lie in the appliance's data folder. Paths in the book and on the bus are relative to its root."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFolder:
    """The one folder that holds everything the appliance keeps."""

    root: Path

    @property
    def footage(self) -> Path:
        """The share: what people drop."""
        return self.root / "footage"

    @property
    def originals(self) -> Path:
        """Recordings that were taken in, one folder an item; only ever read."""
        return self.root / "originals"

    @property
    def work(self) -> Path:
        """Half-done things; nothing in here is missed when it is gone."""
        return self.root / "work"

    @property
    def uploads(self) -> Path:
        """Uploads that are not complete yet."""
        return self.work / "uploads"

    @property
    def features(self) -> Path:
        """What was seen in each recording; kept, so that a reel can be cut anew without watching again."""
        return self.root / "features"

    @property
    def reels(self) -> Path:
        """Finished reels, one folder an item."""
        return self.root / "reels"

    @property
    def book(self) -> Path:
        """The database."""
        return self.root / "book.db"

    @property
    def backups(self) -> Path:
        """Copies of the database."""
        return self.root / "backups"

    @property
    def nats(self) -> Path:
        """The streams' store: transport, not truth."""
        return self.root / "nats"

    @property
    def outpost(self) -> Path:
        """What headquarters has not got yet."""
        return self.root / "outpost"

    @property
    def secrets(self) -> Path:
        """Keys that sign sessions and links; readable by the service alone."""
        return self.root / "secrets"

    @property
    def run(self) -> Path:
        """Sockets, process numbers and the configuration of the running appliance."""
        return self.root / "run"

    @property
    def pulses(self) -> Path:
        """When each program last got on."""
        return self.run / "pulses"

    @property
    def logs(self) -> Path:
        """What the programs said."""
        return self.root / "logs"

    def reel_folder(self, item_id: str, revision: int) -> Path:
        """Where one cut of an item goes."""
        return self.reels / item_id / f"{revision:03}"

    def original_folder(self, item_id: str) -> Path:
        """Where an item's files lie."""
        return self.originals / item_id

    def relative(self, path: Path) -> Path:
        """A path below the root, seen from the root. Raises ValueError for any other."""
        return path.relative_to(self.root)

    def all_folders(self) -> tuple[Path, ...]:
        """Every folder that has to be there before the appliance starts."""
        return (
            *(self.root, self.footage, self.originals, self.work, self.uploads, self.features, self.reels),
            *(self.backups, self.nats, self.outpost, self.secrets, self.run, self.logs),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadquartersFolder:
    """The one folder of headquarters."""

    root: Path

    @property
    def rinks(self) -> Path:
        """What each rink is known by: the public half of its key."""
        return self.root / "rinks"

    @property
    def keys(self) -> Path:
        """Rinks' keys on their way to them."""
        return self.root / "keys"

    @property
    def nats(self) -> Path:
        """What the rinks sent."""
        return self.root / "nats"

    @property
    def secrets(self) -> Path:
        """The password by which headquarters reads its own server."""
        return self.root / "secrets"

    @property
    def run(self) -> Path:
        """Sockets, process numbers and configuration."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """What the programs said."""
        return self.root / "logs"

    @property
    def private_folders(self) -> tuple[Path, ...]:
        """Folders in which nobody else has any business."""
        return (self.keys, self.secrets, self.run)

    def all_folders(self) -> tuple[Path, ...]:
        """Every folder that has to be there."""
        return (self.root, self.rinks, self.nats, self.logs, *self.private_folders)
