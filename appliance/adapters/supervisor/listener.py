"""supervisor's event protocol: it tells what happened on our standard input and hears on our standard output that we listened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import BinaryIO

from appliance.domain.program import Happening, HappeningKind

READY = b"READY\n"
DONE = b"RESULT 2\nOK"
#: Longer than any event that is asked for; more is no event.
MOST_BYTES = 64 * 1024


def listen(told: BinaryIO, answers: BinaryIO, hear: Callable[[Happening], None]) -> None:
    """Hear events until supervisor closes the pipe or says what cannot be read; then it starts the listener anew."""
    while True:
        _say(answers, READY)
        header = _pairs(told.readline(MOST_BYTES))
        length = header.get("len", "")
        if not length.isdigit() or int(length) > MOST_BYTES:
            return
        payload = told.read(int(length))
        happening = happening_from(header.get("eventname", ""), payload)
        if happening is not None:
            hear(happening)
        _say(answers, DONE)


def happening_from(event: str, payload: bytes) -> Happening | None:
    """An event in the words of the domain; None for one that nobody asked for."""
    if event.startswith("TICK_"):
        return Happening(kind=HappeningKind.TICK)
    if event == "PROCESS_STATE_FATAL":
        return Happening(kind=HappeningKind.FATAL, program=_pairs(payload).get("processname", "?"))
    return None


def _pairs(line: bytes) -> Mapping[str, str]:
    parts = (word.partition(":") for word in line.decode("utf-8", "replace").split())
    return {key: value for key, _, value in parts}


def _say(answers: BinaryIO, words: bytes) -> None:
    answers.write(words)
    answers.flush()
