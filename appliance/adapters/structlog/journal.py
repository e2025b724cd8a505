"""A program's log on standard error. Lines of the libraries (uvicorn, nats, watchdog…) come out the same way as our own."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

import structlog

from appliance.adapters.structlog.taming import cut_text, cut_trace, tame_fields, without_controls

Form = Literal["auto", "json", "text"]
Line = MutableMapping[str, Any]

#: Libraries that tell every request at `info`. Their lines would also carry the signed addresses that people are sent.
TALKATIVE = ("uvicorn.access", "httpx", "httpcore", "watchdog", "asyncio", "urllib3", "tuspyserver")
#: What every line has; fields of these names are written with an underscore behind.
OWN = ("time", "level", "program", "event")
_FIELDS = "rinkreel_fields"


class StructlogJournal:
    """Structured log of one program; a Journal. Safe to use from several threads; never raises."""

    def __init__(self, handler: logging.Handler, level: int) -> None:
        self._handler = handler
        self._logger = logging.getLogger("rinkreel")
        self._root = logging.getLogger()
        self._levels_before = {name: logging.getLogger(name).level for name in ("", *TALKATIVE)}
        self._root.addHandler(handler)
        self._root.setLevel(level)
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(max(level, logging.WARNING))

    def note(self, event: str, **fields: object) -> None:
        """What happened, and its particulars."""
        self._logger.info("%s", event, extra={_FIELDS: fields})

    def warn(self, event: str, **fields: object) -> None:
        """The same, for what an operator should look at."""
        self._logger.warning("%s", event, extra={_FIELDS: fields})

    def close(self) -> None:
        """Write what is left and leave the process's logging as it was."""
        self._root.removeHandler(self._handler)
        for name, level in self._levels_before.items():
            logging.getLogger(name).setLevel(level)
        self._handler.close()


def open_journal(program: str, *, form: Form = "auto", level: str = "info", stream: TextIO | None = None) -> StructlogJournal:
    """Begin to log, for this whole process.

    Args:
        program: what the lines call this program.
        form: `json` is one object a line; `text` is for people; `auto` is text on a terminal.
        level: the least important line that is written.
        stream: where lines go; standard error when not given.
    """
    target = stream or sys.stderr
    on_terminal = target.isatty()
    readable = form == "text" or (form == "auto" and on_terminal)
    handler = _SafeHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.processors.format_exc_info, _Arranger(program, readable=readable)],
            processors=[_renderer(readable=readable, colours=on_terminal)],
        )
    )
    return StructlogJournal(handler, logging.getLevelNamesMapping()[level.upper()])


class _Arranger:
    """Puts a line's parts in order: when, how important, who, what; then the particulars, tamed."""

    def __init__(self, program: str, *, readable: bool) -> None:
        self._program, self._readable = program, readable

    def __call__(self, _logger: object, level: str, line: Line) -> Line:
        record: logging.LogRecord = line["_record"]
        fields = {f"{key}_" if key in (*OWN, "exception") else key: value for key, value in _fields_of(record).items()}
        if record.name != "rinkreel":
            fields["library"] = record.name
        arranged: Line = {
            "time": _time_of(record),
            "level": level,
            "program": self._program,
            "event": cut_text(str(line["event"])),
            **tame_fields(fields),
        }
        if "exception" in line:
            arranged["exception"] = cut_trace(str(line["exception"]))
        if self._readable:
            return {key: without_controls(value) if isinstance(value, str) else value for key, value in arranged.items()}
        return arranged


class _SafeHandler(logging.StreamHandler[TextIO]):
    """Writes lines; one that cannot be written is lost without a word, because there is nowhere left to say it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - named by the standard library
        """Stay silent."""


def _renderer(*, readable: bool, colours: bool) -> Any:
    if not readable:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(
        colors=colours,
        sort_keys=False,
        timestamp_key="time",
        exception_formatter=structlog.dev.plain_traceback,
    )


def _fields_of(record: logging.LogRecord) -> dict[str, object]:
    fields = getattr(record, _FIELDS, None)
    return fields if isinstance(fields, dict) else {}


def _time_of(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
