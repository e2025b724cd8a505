"""Says what this machine has and what is missing, with the remedy. It asks through callables and judges; it mends nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from appliance.domain.errors import RinkreelError
from appliance.domain.health import Finding, State, ToolTrial

#: Pythons this product is tested with. Source: pyproject.toml, requires-python.
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
#: SQLite versions that may corrupt a database when several connections checkpoint at once. Source: sqlite.org, release notes
#: of 3.51.3, "WAL-reset bug".
WAL_RESET_FROM, WAL_RESET_FIXED = (3, 7, 0), (3, 51, 3)
#: An hour of 1080p footage and its reel take about this much; below it a warning, below a tenth of it nothing works.
ROOM_WANTED_BYTES = 20 * 10**9
SOFTWARE_ENCODER = "libx264"

Check = Callable[[], Iterable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Questions to this machine, answered by adapters.

    providers: installed distributions that provide a module. import_error: why a backend's library does not load, None when it
    does.
    graphics: names of usable NVIDIA GPUs, or why there are none. graphics_findings: more of them, where their driver's management
    library tells. paces: what it does in a second, measured now. free_bytes: room at the data root. models: name and state
    of every known model; verified ones are ready to run.
    """

    python_version: Callable[[], tuple[int, ...]]
    ffmpeg: Callable[[], str]
    encoders: Callable[[], Sequence[ToolTrial]]
    providers: Callable[[str], Sequence[str]]
    import_error: Callable[[str], str | None]
    models: Callable[[], Sequence[ToolTrial]]
    graphics: Callable[[], tuple[Sequence[str], str]]
    free_bytes: Callable[[], int]
    sqlite_version: Callable[[], tuple[int, ...]]
    graphics_findings: Callable[[], Sequence[Finding]] = tuple
    paces: Callable[[], Sequence[Finding]] = tuple


def examine(machine: Machine) -> list[Finding]:
    """All findings, in the order people read them. A question that fails is a finding itself, never the end."""
    checks: Mapping[str, Check] = {
        "Python": lambda: [judge_python(machine.python_version())],
        "ffmpeg": lambda: [Finding(name="ffmpeg", state=State.OK, found=machine.ffmpeg())],
        "encoders": lambda: judge_encoders(machine.encoders()),
        "cv2": lambda: [judge_providers("cv2", machine.providers("cv2"), "opencv-contrib-python-headless")],
        "onnxruntime": lambda: [judge_providers("onnxruntime", machine.providers("onnxruntime"), "onnxruntime")],
        "pose backends": lambda: judge_backends(machine.import_error("mediapipe"), machine.import_error("onnxruntime")),
        "models": lambda: judge_models(machine.models()),
        "GPU": lambda: machine.graphics_findings() or [judge_graphics(*machine.graphics())],
        "disk": lambda: [judge_room(machine.free_bytes())],
        "SQLite": lambda: [judge_sqlite(machine.sqlite_version())],
        "pace": machine.paces,
    }
    return [finding for name, check in checks.items() for finding in _asked(name, check)]


def worst_state(findings: Iterable[Finding]) -> State:
    """The state that decides whether anything can run."""
    states = {finding.state for finding in findings}
    return next((state for state in (State.BAD, State.WARN) if state in states), State.OK)


def judge_python(version: tuple[int, ...]) -> Finding:
    """Whether this Python is one of those the product is tested with."""
    text = ".".join(str(part) for part in version)
    if OLDEST_PYTHON <= version[:2] <= NEWEST_PYTHON:
        return Finding(name="Python", state=State.OK, found=text)
    remedy = f"Use Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} to {NEWEST_PYTHON[0]}.{NEWEST_PYTHON[1]}."
    return Finding(name="Python", state=State.WARN, found=f"{text}, which is not tested", remedy=remedy)


def judge_encoders(trials: Sequence[ToolTrial]) -> Iterable[Finding]:
    """Which encoders really encode; only when none does, nothing can be made."""
    working = [trial.name for trial in trials if trial.works]
    if not working:
        yield Finding(
            name="encoders",
            state=State.BAD,
            found="no H.264 encoder works",
            remedy="Install an ffmpeg with libx264, for example the package imageio-ffmpeg.",
        )
    for trial in trials:
        missing = f"no: {trial.why}" if trial.name != SOFTWARE_ENCODER or working else trial.why
        yield Finding(name=f"encoder {trial.name}", state=State.OK, found="encodes" if trial.works else missing)


def judge_providers(module: str, distributions: Sequence[str], wanted: str) -> Finding:
    """Exactly one distribution may provide a module: two overwrite each other's files."""
    if len(distributions) == 1:
        return Finding(name=module, state=State.OK, found=distributions[0])
    found = "nothing provides it" if not distributions else f"{len(distributions)} at once: {', '.join(distributions)}"
    remedy = f"Uninstall all of them, then install {wanted} alone." if distributions else f"Install {wanted}."
    return Finding(name=module, state=State.BAD, found=found, remedy=remedy)


def judge_backends(mediapipe_error: str | None, onnx_error: str | None) -> Iterable[Finding]:
    """One backend is enough; a bare server often lacks two graphics libraries that MediaPipe is linked against."""
    state = State.WARN if onnx_error is None else State.BAD
    if mediapipe_error is None:
        yield Finding(name="backend mediapipe", state=State.OK, found="loads")
    else:
        remedy = "Install libEGL and libGLESv2 (Debian: libegl1 libgles2), or go on with the onnx backend."
        yield Finding(name="backend mediapipe", state=state, found=f"does not load: {mediapipe_error}", remedy=remedy)
    if onnx_error is None:
        yield Finding(name="backend onnx", state=State.OK, found="loads")
    else:
        state = State.WARN if mediapipe_error is None else State.BAD
        yield Finding(name="backend onnx", state=state, found=f"does not load: {onnx_error}", remedy="Reinstall onnxruntime.")


def judge_models(models: Sequence[ToolTrial]) -> Iterable[Finding]:
    """What is on the shelf with the right hash; missing ones are fetched at first use, damaged ones are refused."""
    for model in models:
        yield Finding(name=f"model {model.name}", state=State.OK if model.works else State.WARN, found=model.why)
    if not any(model.works for model in models):
        yield Finding(
            name="models",
            state=State.WARN,
            found="none is ready; the small ones are fetched at first use",
            remedy="Run rinkreel models pull while this machine has a network.",
        )


def judge_graphics(names: Sequence[str], why: str) -> Finding:
    """A GPU makes things faster; without one everything works."""
    return Finding(name="GPU", state=State.OK, found=", ".join(names) if names else f"none ({why}); everything runs on the CPU")


def judge_room(free_bytes: int) -> Finding:
    """Whether the data root has room for footage."""
    found = f"{free_bytes / 10**9:.1f} GB free at the data root"
    if free_bytes >= ROOM_WANTED_BYTES:
        return Finding(name="disk", state=State.OK, found=found)
    state = State.WARN if free_bytes >= ROOM_WANTED_BYTES / 10 else State.BAD
    return Finding(name="disk", state=state, found=found, remedy="Free some space, or move the data root with RINKREEL_HOME.")


def judge_sqlite(version: tuple[int, ...]) -> Finding:
    """Whether this SQLite has the WAL-reset bug; distributions may have mended it without changing the number."""
    text = ".".join(str(part) for part in version)
    if not WAL_RESET_FROM <= version < WAL_RESET_FIXED:
        return Finding(name="SQLite", state=State.OK, found=text)
    return Finding(
        name="SQLite",
        state=State.WARN,
        found=f"{text} may corrupt a database when several processes write it (WAL-reset bug)",
        remedy="Nothing to do for the command line; for the appliance prefer a Python with SQLite 3.51.3 or newer.",
    )


def _asked(name: str, check: Check) -> list[Finding]:
    try:
        return list(check())
    except RinkreelError as error:
        return [Finding(name=name, state=State.BAD, found=error.why, remedy=error.remedy)]
    except Exception as error:  # noqa: BLE001 - an examination reports whatever is wrong
        return [Finding(name=name, state=State.BAD, found=f"could not be examined: {type(error).__name__}: {error}")]
