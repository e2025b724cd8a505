"""Matplotlib: pictures for people, drawn without a screen."""
