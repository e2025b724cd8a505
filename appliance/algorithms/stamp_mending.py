"""Rising time stamps from what decoders and containers say, which may be missing, doubled, or in decoding order."""

from __future__ import annotations

from dataclasses import dataclass

#: Presentation stamps that fail this much more often than decoding stamps are not trusted any more. Some muxers number packets
#: in decoding order and call it presentation. Source: FFmpeg, libavcodec/decode.c, guess_correct_pts, which has no patience.
PATIENCE = 2


@dataclass(slots=True)
class StampMender:
    """Gives every picture, in the order decoders return them, a stamp that rises.

    start: the first stamp when nothing states one. interval: ticks that a picture is usually shown. counts_decoding: the
    container knows decoding stamps only, and what it calls presentation is a guess.
    """

    start: int
    interval: int
    counts_decoding: bool = False
    last: int | None = None
    _last_pts: int | None = None
    _last_dts: int | None = None
    _distrust: int = 0

    def feed(self, pts: int | None, dts: int | None) -> int | None:
        """The stamp of the next picture, or None when it does not rise and the picture has to be passed over."""
        stamp = self._choose(pts, dts)
        if self.last is not None and stamp <= self.last:
            return None
        self.last = stamp
        return stamp

    def _choose(self, pts: int | None, dts: int | None) -> int:
        self._distrust += _falls(pts, self._last_pts) - _falls(dts, self._last_dts)
        self._last_pts = self._last_pts if pts is None else pts
        self._last_dts = self._last_dts if dts is None else dts
        best, second = (dts, pts) if self.counts_decoding or self._distrust > PATIENCE else (pts, dts)
        if best is not None:
            return best
        if second is not None:
            return second
        return self.start if self.last is None else self.last + self.interval


def _falls(stamp: int | None, before: int | None) -> bool:
    return stamp is not None and before is not None and stamp <= before
