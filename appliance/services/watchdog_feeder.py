"""Tells whoever watches the appliance that it makes progress, for as long as it does: the page answers, and every program whose
work ever went on goes on. Who hears nothing for long enough starts all of it anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from appliance.domain.errors import Transient
from appliance.ports.surroundings import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class FeederTools:
    """silences_s: how long each program has not got on. page_answers: whether the page does; true where there is none.
    feed: says that there is progress; raises Transient when it cannot be said."""

    silences_s: Callable[[], Mapping[str, float]]
    page_answers: Callable[[], bool]
    feed: Callable[[], None]
    journal: Journal


class WatchdogFeeder:
    """Looks whenever it is told to. Never raises.

    Args:
        silent_limit_s: silence above which a program counts as stuck; longer than what programs see to themselves.
    """

    def __init__(self, tools: FeederTools, silent_limit_s: float) -> None:
        self._tools, self._silent_limit_s = tools, silent_limit_s
        self._said = ""

    def look(self) -> None:
        """Feed, or say once why not."""
        why = self._standstill()
        if not why:
            try:
                self._tools.feed()
            except Transient as error:
                why = error.why
        if why and why != self._said:
            self._tools.journal.warn("the watchdog is not fed", why=why)
        self._said = why

    def _standstill(self) -> str:
        """Why there is no progress; empty when there is."""
        stuck = [name for name, silent_s in self._tools.silences_s().items() if silent_s > self._silent_limit_s]
        if stuck:
            return f"no progress for {self._silent_limit_s:.0f} s: {', '.join(sorted(stuck))}"
        return "" if self._tools.page_answers() else "the page does not answer"
