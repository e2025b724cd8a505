"""Judges what the box's lights show: its folders, its disk, its models."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.domain.health import Finding, State

GB = 10**9


def judge_folder(name: str, trouble: str) -> Finding:
    """A folder that the box writes to; trouble: why it cannot, empty when it can."""
    if not trouble:
        return Finding(name=name, state=State.OK, found="can be written")
    return Finding(
        name=name,
        state=State.BAD,
        found=trouble,
        remedy="Check that the disk or share is connected and belongs to the box's user.",
    )


def judge_disk(free_bytes: int, floor_bytes: int) -> Finding:
    """Room on the disk: below the floor nothing new is taken in."""
    found = f"{free_bytes / GB:.1f} GB free"
    if free_bytes < floor_bytes:
        return Finding(
            name="disk",
            state=State.BAD,
            found=f"{found}; nothing new is taken in below {floor_bytes / GB:.1f} GB",
            remedy="Delete recordings that nobody needs, or add a disk.",
        )
    if free_bytes < 2 * floor_bytes:
        return Finding(name="disk", state=State.WARN, found=found, remedy="Delete recordings that nobody needs, or add a disk.")
    return Finding(name="disk", state=State.OK, found=found)


def judge_models(missing: Sequence[str], trouble: str = "") -> Finding:
    """The models that the backend needs; trouble: why that is not known."""
    if trouble:
        return Finding(name="models", state=State.WARN, found=trouble, remedy="Look at `rinkreel doctor`.")
    if not missing:
        return Finding(name="models", state=State.OK, found="ready")
    return Finding(
        name="models",
        state=State.BAD,
        found=f"{', '.join(missing)} is missing or damaged",
        remedy=f"Run `rinkreel models pull {missing[0]}` while the box has a network.",
    )
