"""Draws the sessions of `drawn_scenes` as recordings with labels, once; what is there is taken as it is."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.adapters.ffmpeg.recording_writer import FfmpegRecordingWriter
from appliance.algorithms.filming import View, film
from appliance.algorithms.scene_drawing import draw_scene
from appliance.algorithms.scene_labelling import label_moving
from appliance.domain.scene import Scene
from appliance.ports import Picture
from appliance.services.demonstrator import write_labels
from bench.drawn_scenes import DrawnSession, Machine, drawn_sessions, mirrored_by_glass
from bench.place import MissingError, Place, Session

#: How much of what is behind the camera the glass before it shows.
MIRRORED_SHARE: Final = 0.3
#: Sides of a box by the numbers of its corners, and how bright the lamps above make each: the far ones first, the top last.
SIDES: Final = (((1, 3, 7, 5), 0.6), ((0, 2, 6, 4), 0.7), ((0, 1, 5, 4), 0.82), ((4, 5, 7, 6), 1.0))


def built_sessions(place: Place) -> list[Session]:
    """All that are wanted, drawn where they are not there yet. Raises MissingError."""
    return [_built(place, drawn) for drawn in drawn_sessions() if place.wanted(drawn.scene.name)]


def frames_of(drawn: DrawnSession) -> Iterator[Picture]:
    """The session's pictures: the scene, with what the glass mirrors and the machine on the ice."""
    views = film(drawn.scene, np.asarray(drawn.scene.moments_s()), [])
    for index, frame in enumerate(_mirroring(drawn)):
        time_s = float(index / drawn.scene.fps)
        if drawn.machine is not None:
            _paint_machine(frame, drawn.machine, views[index], time_s)
        yield frame


def _mirroring(drawn: DrawnSession) -> Iterator[Picture]:
    scene = drawn.scene
    if not drawn.mirrored:
        yield from draw_scene(scene)
        return
    ghosts = tuple(mirrored_by_glass(skater) for skater in drawn.mirrored)
    haunted = replace(scene, bystanders=(*scene.bystanders, *ghosts))
    for plain, with_ghosts in zip(draw_scene(scene), draw_scene(haunted), strict=True):
        yield np.asarray(cv2.addWeighted(plain, 1.0 - MIRRORED_SHARE, with_ghosts, MIRRORED_SHARE, 0.0), dtype=np.uint8)


def _paint_machine(frame: Picture, machine: Machine, view: View, time_s: float) -> None:
    """Over the frame, in place; nothing stands before it."""
    driven_s = time_s - float(machine.span.start)
    if not 0.0 <= driven_s < float(machine.span.length):
        return
    x, y = machine.from_m[0] + machine.speed_mps * driven_s, machine.from_m[1]
    long, wide, high = machine.size_m
    corners = np.array([(x + a * long, y + b * wide, c * high) for c in (0, 1) for b in (0, 1) for a in (0, 1)])
    pixels, depths = view.project(corners)
    if depths.min() < 0.5:
        return
    for numbers, brightness in SIDES:
        colour = tuple(round(brightness * value) for value in machine.colour)
        outline = np.round(np.clip(pixels[list(numbers)], -3e4, 3e4) * 16.0).astype(np.int32)
        cv2.fillConvexPoly(frame, outline, colour, cv2.LINE_AA, 4)


def _built(place: Place, drawn: DrawnSession) -> Session:
    folder, name = place.room("drawn"), drawn.scene.name
    session = Session(name=name, video=folder / f"{name}.mp4", labels=folder / f"{name}.json")
    if not (session.video.is_file() and session.labels.is_file()):
        print(f"drawing {name} …", file=sys.stderr, flush=True)
        _draw(drawn, session)
    return session


def _draw(drawn: DrawnSession, session: Session) -> None:
    """Drawn beside its place and moved there, so that an interrupted drawing leaves nothing half-made."""
    scene: Scene = drawn.scene
    with tempfile.TemporaryDirectory(dir=session.video.parent) as unfinished:
        made = Path(unfinished) / "drawn.mp4"
        FfmpegRecordingWriter(find_ffmpeg()).write_recording(made, frames_of(drawn), fps=scene.fps)
        if drawn.bit_rate or drawn.kept:
            made = _encoded_again(drawn, made)
        write_labels(session.labels, label_moving(scene), scene.length)
        made.replace(session.video)


def _encoded_again(drawn: DrawnSession, made: Path) -> Path:
    target = made.with_name("again.mp4")
    rate = ("-b:v", drawn.bit_rate, "-maxrate", drawn.bit_rate, "-bufsize", drawn.bit_rate) if drawn.bit_rate else ("-crf", "20")
    kept = ("-vf", f"select='{drawn.kept}'", "-fps_mode", "vfr") if drawn.kept else ()
    words = ("-i", str(made), *kept, "-c:v", "libx264", "-preset", "veryfast", *rate, "-g", "60", str(target))
    done = subprocess.run(
        [str(find_ffmpeg().path), "-v", "error", "-nostdin", "-y", *words], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise MissingError(f"{drawn.scene.name} cannot be encoded again: {done.stderr.strip()[-300:]}")
    return target
