"""Models as people meet them: what is there, fetching, making and carrying them in. Returns rows; the command line prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from appliance.domain.model import ModelCard, ModelRow, ModelState
from appliance.ports import ModelStore


def list_models(store: ModelStore) -> tuple[ModelRow, ...]:
    """Every model of the manifest and how it stands."""
    return tuple(_row_of(store, card) for card in store.cards())


def pull_models(store: ModelStore, names: Sequence[str] = ()) -> tuple[ModelRow, ...]:
    """Fetch these models; without names, all that a package index alone provides.

    Raises:
        Transient: a source was not reached. Misconfigured: no such model, or a source gave something else.
    """
    wanted = tuple(names) or tuple(card.name for card in store.cards() if not card.optional)
    for name in wanted:
        store.pull(name)
    return _rows_named(store, wanted)


def build_models(store: ModelStore, names: Sequence[str] = ()) -> tuple[ModelRow, ...]:
    """Make these models anew, fetching their parts where they are missing; without names, all that are made here.

    Raises:
        Transient: a part could not be fetched. Misconfigured: it is not made here.
    """
    wanted = tuple(names) or tuple(card.name for card in store.cards() if card.conversion)
    for name in wanted:
        store.build(name)
    return _rows_named(store, wanted)


def import_models(store: ModelStore, files: Sequence[Path]) -> tuple[ModelRow, ...]:
    """Take over the models in these files, zips or wheels.

    Raises:
        Unusable: a file holds no known model. Misconfigured: a file cannot be read.
    """
    return _rows_named(store, [name for file in files for name in store.import_file(file)])


def _rows_named(store: ModelStore, names: Sequence[str]) -> tuple[ModelRow, ...]:
    return tuple(_row_of(store, card) for card in store.cards() if card.name in names)


def _row_of(store: ModelStore, card: ModelCard) -> ModelRow:
    state = store.state(card.name)
    return ModelRow(
        name=card.name,
        role=card.role,
        state=state,
        licence=card.licence,
        file=card.file,
        note=card.note,
        remedy="" if state is ModelState.READY else f"rinkreel models {'build' if card.conversion else f'pull {card.name}'}",
    )
