"""All chunks of some recordings have been watched. What moved is reduced to a signal, segments are cut from it and the reel is
planned. Segments, the plan and the name of each recording's signal leave; an empty plan says that nothing moves."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.algorithms.reel_planning import plan_reel
from appliance.algorithms.scoring import signal_from_samples
from appliance.algorithms.seaming import sew_chunks
from appliance.algorithms.segmenting import choose_segments
from appliance.domain.facts import Fact, FootageAnalysed, SegmentsSelected
from appliance.domain.media import Recording
from appliance.domain.motion import MotionSignal
from appliance.domain.rules import MotionRule, ReelRule
from appliance.ports import ArtefactStore


async def select(heard: FootageAnalysed, *, artefacts: ArtefactStore, motion: MotionRule, reel: ReelRule) -> list[Fact]:
    """Choose what is worth watching.

    Raises:
        Transient: a chunk's samples are gone and have to be made again.
    """
    signals = [_signal_of(names, artefacts) for names in heard.features]
    segments = tuple(
        choose_segments(signal, motion, reel, recording.span) for recording, signal in zip(heard.recordings, signals, strict=True)
    )
    plan = plan_reel(heard.recordings, segments, reel)
    kept = tuple(_keep_signal(recording, signal, artefacts) for recording, signal in zip(heard.recordings, signals, strict=True))
    return [SegmentsSelected(recordings=heard.recordings, segments=segments, signals=kept, plan=plan)]


def _signal_of(names: Sequence[str], artefacts: ArtefactStore) -> MotionSignal:
    return signal_from_samples(sew_chunks([artefacts.load_samples(name) for name in names]))


def _keep_signal(recording: Recording, signal: MotionSignal, artefacts: ArtefactStore) -> str:
    return artefacts.save_signal(f"{recording.id}-signal", signal)
