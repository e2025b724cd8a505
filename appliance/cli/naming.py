"""Where a reel is written: beside what the user asked for, never over an input, over an older reel only when told to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appliance.algorithms.file_naming import safe_name
from appliance.domain.errors import Misconfigured
from appliance.domain.media import Recording

SUFFIX = ".mp4"


@dataclass(slots=True, kw_only=True)
class TargetNamer:
    """Names reels.

    output: the path the user gave; None or a folder means `highlight_<name>.mp4` in there. force: whether an existing file
    may be replaced. group: what several recordings are called together.
    """

    output: Path | None
    into_folder: bool
    force: bool = False
    group: str | None = None
    _given: set[Path] = field(default_factory=set)

    def name_target(self, recordings: Sequence[Recording]) -> Path:
        """The path of the reel of these recordings. Raises Misconfigured when it may not be written."""
        target = self._fresh(self._wanted(recordings))
        refuse_inputs([target, target.with_suffix(".jpg")], (path for one in recordings for path in paths_of(one)))
        if target.exists() and not self.force:
            raise Misconfigured(f"{target} is there already", remedy="Choose another name with -o, or replace it with --force.")
        return target

    def _wanted(self, recordings: Sequence[Recording]) -> Path:
        if self.output is not None and not self.into_folder:
            return checked_target(self.output)
        folder = self.output or Path()
        folder.mkdir(parents=True, exist_ok=True)
        name = self.group if self.group and len(recordings) > 1 else recordings[0].name
        return folder / f"highlight_{safe_name(name)}{SUFFIX}"

    def _fresh(self, wanted: Path) -> Path:
        """Two recordings of one name do not share a reel."""
        target, number = wanted, 1
        while target in self._given:
            number += 1
            target = wanted.with_stem(f"{wanted.stem}_{number}")
        self._given.add(target)
        return target


def checked_target(output: Path) -> Path:
    """The path as it is, if a reel can be written there. Raises Misconfigured otherwise."""
    if output.suffix.lower() not in (SUFFIX, ".m4v", ".mov"):
        raise Misconfigured(
            f"{output} does not end in {SUFFIX}", remedy=f"A reel is an MP4 file: -o {output.stem or 'reel'}{SUFFIX}"
        )
    if output.is_dir():
        raise Misconfigured(f"{output} is a folder", remedy=f"Write -o {output}/ to get reels in there.")
    if not output.absolute().parent.is_dir():
        raise Misconfigured(f"the folder {output.parent} does not exist", remedy="Create it first, or choose another.")
    return output


def paths_of(recording: Recording) -> Iterable[Path]:
    """Every file of a recording, proxies too."""
    for file in recording.files:
        yield file.path
        if file.proxy is not None:
            yield file.proxy.path


def refuse_inputs(targets: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raises Misconfigured when one of the targets is one of the inputs: originals are never written to."""
    taken = {path.resolve() for path in inputs}
    for target in targets:
        if target.resolve() in taken:
            raise Misconfigured(
                f"{target} is already taken in this very run",
                remedy="Choose another name: nothing is written over a recording, and each file needs a name of its own.",
            )


def guarded(namer: TargetNamer, others: Sequence[Path]) -> Callable[[Sequence[Recording]], Path]:
    """The namer, which also keeps report and plot away from the recordings."""

    def name_target(recordings: Sequence[Recording]) -> Path:
        refuse_inputs(others, (path for one in recordings for path in paths_of(one)))
        return namer.name_target(recordings)

    return name_target
