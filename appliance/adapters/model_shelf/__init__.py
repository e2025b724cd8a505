"""The shelf of models: fetched from where the manifest says, made here where it says so, used only when the hash matched."""

from appliance.adapters.model_shelf.shelf import ModelShelf

__all__ = ["ModelShelf"]
