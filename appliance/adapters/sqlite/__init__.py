"""SQLite: the book of the appliance."""

from appliance.adapters.sqlite.version import library_version

__all__ = ["library_version"]
