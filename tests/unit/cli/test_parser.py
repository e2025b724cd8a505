from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from appliance.cli.parser import build_parser
from appliance.cli.statuses import MEANINGS

REPOSITORY = Path(__file__).resolve().parents[3]


def test_every_verb_can_be_run() -> None:
    parser = build_parser()
    for words in (
        ["reel", "a"],
        ["detect", "a"],
        ["doctor"],
        ["models", "list"],
        ["models", "pull"],
        ["models", "build"],
        ["demo"],
        ["up"],
        ["down"],
        ["status"],
        ["serve", "ledger"],
    ):
        assert callable(parser.parse_args(words).run)
    assert callable(parser.parse_args(["models", "import", "a.zip"]).run)


def test_the_help_lists_the_exit_statuses() -> None:
    assert all(meaning in build_parser().format_help() for meaning in MEANINGS.values())


def test_without_a_verb_the_command_line_makes_no_sense(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        build_parser().parse_args([])
    assert leaving.value.code == 2
    assert "VERB" in capsys.readouterr().err


def test_help_loads_nothing_heavy() -> None:
    script = "import sys; from appliance.cli.parser import build_parser; build_parser(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert not {"cv2", "av", "numpy", "onnxruntime", "mediapipe", "pydantic", "matplotlib", "rich"} & set(done.stdout.split())
