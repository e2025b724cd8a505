"""Versions of what this package makes: a model that was made by another version is made again."""

#: Goes up whenever the converter's bytes may change.
CONVERTER_VERSION = 1
#: Goes up whenever the bundle's bytes may change.
BUNDLE_VERSION = 1
