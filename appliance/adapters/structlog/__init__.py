"""structlog: one line per fact and verdict, JSON on a box, readable on a terminal."""

from appliance.adapters.structlog.journal import StructlogJournal, open_journal

__all__ = ["StructlogJournal", "open_journal"]
