"""What somebody who helps from afar needs to know, as one archive: no pictures, no passwords, no keys, and no names.

Names are those that the book knows: of recordings, folders, files, accounts and keys. Each has a stand-in. When the book cannot
be read they cannot be told from other words; then the archive says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from appliance.algorithms.message_coding import plain_from
from appliance.algorithms.name_hiding import hide_names, names_in_place, stand_ins
from appliance.algorithms.redacting import redact
from appliance.domain.errors import RinkreelError
from appliance.domain.health import Finding
from appliance.domain.job import Fate, Item, ItemState
from appliance.ports.book import BookView
from appliance.services.api.house import House
from appliance.services.api.zip_streaming import Member

#: So much of each is told.
MOST_ORDERS, MOST_OUTCOMES, MOST_LETTERS, MOST_LOOKED_AT = 200, 500, 100, 2_000
MOST_ITEMS, MOST_PLANS, MOST_FAILED, MOST_FILES = 50, 5, 5, 4
MOST_SEGMENTS, MOST_JOBS = 500, 500
HIDDEN = "What people called recordings, folders, files, accounts and keys was replaced by [name N], the same one everywhere.\n"
Tell = Callable[[], str]
Hide = Callable[[str], str]


def members(house: House) -> Iterator[Member]:
    """Everything, each told when its turn comes; what cannot be told says why."""
    hidden, about_names = _hidden_names(house)
    hide = partial(hide_names, hidden=hidden)
    tells: dict[str, Tell] = {
        "names.txt": lambda: about_names,
        "versions.json": partial(_versions, house),
        "settings.txt": house.parts.support.settings,
        "doctor.txt": lambda: _findings(house.parts.support.findings()),
        "box.json": partial(_box, house),
        "orders.json": partial(_orders, house),
        "recordings.json": partial(_recordings, house),
        "plans.json": partial(_plans, house),
    }
    for name, tell in tells.items():
        yield _member(house, name, tell, hide)
    for item in _last(house, ItemState.FAILED, MOST_FAILED):
        yield _member(house, f"failed/{item.id}.txt", partial(_described, house, item), hide)
    for name, text in _tails(house).items():
        yield _member(house, f"logs/{name}", partial(str, text), hide)


def _member(house: House, name: str, tell: Tell, hide: Hide) -> Member:
    return Member(name=f"support/{name}", pieces=lambda: [_told(house, tell, hide).encode(errors="replace")])


def _hidden_names(house: House) -> tuple[dict[str, str], str]:
    """A stand-in for each name in the book, and what is said about it."""
    try:
        return stand_ins(_names(house.parts.book)), HIDDEN
    except RinkreelError as error:
        return {}, f"Names are not replaced, because the book cannot be read: {error.why}\n"


def _names(book: BookView) -> Iterator[str]:
    people, scripts = book.accounts(), book.keys()
    yield from (account.name for account in people)
    yield from (key.name for key in scripts)
    for job in book.jobs(MOST_JOBS):
        yield job.name
        for row in book.files_of(job.id):
            yield from names_in_place(row.place)
    for item in book.items_in([state.value for state in ItemState], MOST_LOOKED_AT):
        yield item.name
        for row in book.parts_of(item.id):
            yield from names_in_place(row.place)


def _told(house: House, tell: Tell, hide: Hide) -> str:
    try:
        text = tell()
    except RinkreelError as error:
        text = f"this could not be told: {error.why}\n"
    except Exception as error:  # noqa: BLE001 - what is well is told all the same
        text = f"this could not be told: {type(error).__name__}: {error}\n"
    return hide(redact(text, house.parts.support.secrets()))


def _tails(house: House) -> dict[str, str]:
    try:
        return dict(house.parts.support.logs())
    except OSError as error:
        return {"unreadable.log": f"{error.strerror}\n"}


def _json(value: object) -> str:
    return json.dumps(plain_from(value), indent=1) + "\n"


def _versions(house: House) -> str:
    looks = house.parts.looks
    choices = looks.choices()
    return _json({"versions": dict(looks.versions), **({"choices": choices} if choices is not None else {})})


def _findings(findings: Sequence[Finding]) -> str:
    lines = [f"{each.state:<4}  {each.name}: {each.found}" + (f" → {each.remedy}" if each.remedy else "") for each in findings]
    return "\n".join(lines) + "\n"


def _box(house: House) -> str:
    parts = house.parts
    return _json(
        {
            "now_s": parts.clock.now_s(),
            "disk_free_bytes": parts.disk.free_bytes(parts.data.root),
            "disk_total_bytes": parts.disk.total_bytes(parts.data.root),
            "lights": list(parts.looks.lights()),
            "temperatures": dict(parts.looks.temperatures()),
            "notices": list(parts.book.notices()),
            "tallies": parts.book.tallies(),
        }
    )


def _orders(house: House) -> str:
    book = house.parts.book
    return _json(
        {
            "open": list(book.open_orders(MOST_ORDERS)),
            "outcomes": list(book.outcomes(MOST_OUTCOMES)),
            "dead_letters": list(book.dead_letters(MOST_LETTERS)),
        }
    )


def _recordings(house: House) -> str:
    return _json([item for state in ItemState for item in _last(house, state, MOST_ITEMS)])


def _plans(house: House) -> str:
    """How the last recordings were cut; of very many stretches the first ones."""
    found = []
    for item in _last(house, ItemState.COMPLETED, MOST_PLANS):
        cut = house.parts.book.revision(item.id)
        if cut is not None:
            found.append(
                {
                    "item": item.id,
                    "number": cut.number,
                    "rules": cut.rules,
                    "recording": cut.recording,
                    "segments": list(cut.segments[:MOST_SEGMENTS]),
                    "cuts": list(cut.plan.cuts[:MOST_SEGMENTS]) if cut.plan is not None else [],
                    "reel": cut.reel,
                }
            )
    return _json(found)


def _described(house: House, item: Item) -> str:
    parts = house.parts
    rows = [row for row in parts.book.parts_of(item.id) if row.fate is not Fate.PROXY and row.stored is not None]
    lines = [f"{item.name}: {item.message}", item.remedy, *item.remarks, ""]
    for row in rows[:MOST_FILES]:
        path = parts.data.root / str(row.stored)
        said = parts.support.describe(path) if path.is_file() else "the file is not there"
        lines += [f"{Path(row.place).name}, {row.size_bytes} bytes", said, ""]
    return "\n".join(lines)


def _last(house: House, state: ItemState, most: int) -> Sequence[Item]:
    """The newest items in a state, newest first."""
    items = house.parts.book.items_in([state.value], MOST_LOOKED_AT)
    return sorted(items, key=lambda item: -(item.finished_at_s or item.created_at_s))[:most]
