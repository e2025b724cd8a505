"""SQLite: the book of the appliance."""

from appliance.adapters.sqlite.version import library_version
from appliance.adapters.sqlite.view import SqliteBookView

__all__ = ["SqliteBookView", "library_version"]
