"""The tables of the book, as steps that lead from any earlier book to this one. Steps are only ever added."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

STEPS = Migrations("book")

FIRST = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE jobs (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, source TEXT NOT NULL, created_at_s REAL NOT NULL, trace_id TEXT NOT NULL,
        settled INTEGER NOT NULL)""",
    "CREATE INDEX jobs_by_age ON jobs (created_at_s, id)",
    "CREATE INDEX jobs_open ON jobs (created_at_s) WHERE settled = 0",
    """CREATE TABLE files (
        job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE, place TEXT NOT NULL, size_bytes INTEGER NOT NULL,
        modified_s REAL NOT NULL, fate TEXT NOT NULL, reason TEXT NOT NULL, sha256 TEXT, item_id TEXT, part INTEGER NOT NULL,
        stored TEXT, PRIMARY KEY (job_id, place)) WITHOUT ROWID""",
    "CREATE INDEX files_of_item ON files (item_id) WHERE item_id IS NOT NULL",
    """CREATE TABLE items (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, job_id TEXT NOT NULL REFERENCES jobs (id),
        name TEXT NOT NULL, content_id TEXT NOT NULL, trace_id TEXT NOT NULL, state TEXT NOT NULL, revision INTEGER NOT NULL,
        created_at_s REAL NOT NULL, stage TEXT NOT NULL, message TEXT NOT NULL, remedy TEXT NOT NULL, remarks TEXT NOT NULL,
        started_at_s REAL, finished_at_s REAL, size_bytes INTEGER NOT NULL, duration_s REAL, kept_s REAL, moments INTEGER,
        chunks_total INTEGER NOT NULL, chunks_done INTEGER NOT NULL, reel TEXT, poster TEXT, reel_bytes INTEGER,
        pinned INTEGER NOT NULL, has_original INTEGER NOT NULL, deleted_at_s REAL)""",
    "CREATE INDEX items_of_job ON items (job_id, seq)",
    "CREATE INDEX items_by_state ON items (state, seq) WHERE deleted_at_s IS NULL",
    "CREATE UNIQUE INDEX items_by_content ON items (content_id) WHERE deleted_at_s IS NULL AND content_id <> ''",
    """CREATE TABLE parts (
        item_id TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE, position INTEGER NOT NULL, place TEXT NOT NULL,
        size_bytes INTEGER NOT NULL, modified_s REAL NOT NULL, fate TEXT NOT NULL, reason TEXT NOT NULL, sha256 TEXT,
        part INTEGER NOT NULL, stored TEXT, PRIMARY KEY (item_id, position)) WITHOUT ROWID""",
    """CREATE TABLE aliases (
        alias TEXT PRIMARY KEY, item_id TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE) WITHOUT ROWID""",
    "CREATE INDEX aliases_of_item ON aliases (item_id)",
    """CREATE TABLE revisions (
        item_id TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE, number INTEGER NOT NULL, rules TEXT NOT NULL,
        created_at_s REAL NOT NULL, recording TEXT, segments TEXT NOT NULL, plan TEXT, signal TEXT, reel TEXT,
        PRIMARY KEY (item_id, number))""",
    """CREATE TABLE chunks (
        item_id TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE, chunk_index INTEGER NOT NULL, chunk TEXT NOT NULL,
        state TEXT NOT NULL, features TEXT NOT NULL, why TEXT NOT NULL, remedy TEXT NOT NULL, remarks TEXT NOT NULL,
        PRIMARY KEY (item_id, chunk_index))""",
    "CREATE INDEX chunks_by_state ON chunks (item_id, state)",
    """CREATE TABLE orders (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, item_id TEXT NOT NULL REFERENCES items (id),
        revision INTEGER NOT NULL, stage TEXT NOT NULL, lane TEXT NOT NULL, issue INTEGER NOT NULL, chunk_index INTEGER,
        state TEXT NOT NULL, not_before_s REAL NOT NULL, number INTEGER, seen_at_s REAL)""",
    "CREATE INDEX orders_of_item ON orders (item_id, state)",
    "CREATE INDEX orders_waiting ON orders (seq) WHERE state = 'waiting'",
    "CREATE INDEX orders_published ON orders (seen_at_s) WHERE state = 'published'",
    "CREATE INDEX orders_void ON orders (item_id) WHERE state = 'void'",
    """CREATE TABLE outcomes (
        id TEXT NOT NULL, at_s REAL NOT NULL, order_id TEXT NOT NULL, item_id TEXT NOT NULL, stage TEXT NOT NULL,
        verdict TEXT NOT NULL, attempt INTEGER NOT NULL, took_s REAL NOT NULL, worker TEXT NOT NULL,
        recorded_at_s REAL NOT NULL, why TEXT NOT NULL, PRIMARY KEY (id, at_s))""",
    "CREATE INDEX outcomes_by_age ON outcomes (recorded_at_s)",
    "CREATE TABLE stage_times (stage TEXT PRIMARY KEY, spent_s REAL NOT NULL, done INTEGER NOT NULL) WITHOUT ROWID",
    """CREATE TABLE dead_letters (
        order_id TEXT PRIMARY KEY, item_id TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE, stage TEXT NOT NULL,
        why TEXT NOT NULL, remedy TEXT NOT NULL, at_s REAL NOT NULL)""",
    "CREATE INDEX dead_letters_by_age ON dead_letters (at_s)",
    "CREATE INDEX dead_letters_of_item ON dead_letters (item_id)",
    "CREATE TABLE notices (key TEXT PRIMARY KEY, why TEXT NOT NULL, remedy TEXT NOT NULL, at_s REAL NOT NULL) WITHOUT ROWID",
    """CREATE TABLE accounts (
        name TEXT PRIMARY KEY, role TEXT NOT NULL, secret TEXT NOT NULL, epoch INTEGER NOT NULL, temporary INTEGER NOT NULL,
        created_at_s REAL NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE keys (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, digest TEXT NOT NULL, created_at_s REAL NOT NULL)
        WITHOUT ROWID""",
    """CREATE TABLE shares (
        id TEXT PRIMARY KEY, item_id TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE, made_by TEXT NOT NULL,
        created_at_s REAL NOT NULL, expires_at_s REAL NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX shares_of_item ON shares (item_id, created_at_s)",
)


@STEPS()
def lay_the_tables(db: Database) -> None:
    """The first book."""
    for statement in FIRST:
        db.execute(statement)


def is_behind(db: Database) -> bool:
    """Whether steps are missing."""
    return bool(STEPS.pending(db))


def strange_steps(db: Database) -> tuple[str, ...]:
    """Steps that a newer program took; this one would not understand what it reads."""
    empty = Database(memory=True)
    try:
        known = {step.name for step in STEPS.pending(empty)}
    finally:
        empty.close()
    return tuple(step.name for step in STEPS.applied(db) if step.name not in known)


def bring_up_to_date(db: Database) -> None:
    """Take the steps that are missing, each whole or not at all."""
    STEPS.apply(db)
