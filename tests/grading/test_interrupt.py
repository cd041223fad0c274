"""Stopping `course grade` at any stage and running it again ends where one clean run ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from course.folders import Course
from course.grading.service import grade_section
from tests.grading import toy
from tests.grading.toy import SECTION

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
]


def stop_at(course: Course, stage: str, done: int, how: signal.Signals) -> None:
    """Start `course grade`, and send it a signal when it reports this stage."""
    process = subprocess.Popen(
        [sys.executable, "-m", "course", "grade", SECTION, "--json"],
        cwd=course.root,
        env=toy.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        message = json.loads(line)
        if message["event"] == "step" and (message["stage"], message["done"]) == (stage, done):
            os.kill(process.pid, how)
            break
    else:
        raise AssertionError(f"the run ended before {stage} {done}")
    process.communicate()
    assert process.returncode != 0
    wait_until_nobody_works_in(course.root)


def wait_until_nobody_works_in(folder: Path) -> None:
    """Workers and kernels end with the command, also with one that was killed."""
    for _ in range(100):
        if not [p for p in psutil.process_iter(["cwd"]) if (p.info["cwd"] or "").startswith(str(folder))]:
            return
        time.sleep(0.1)
    raise AssertionError("a process of the stopped run is still alive after 10 s")


def state(course: Course) -> tuple[list[tuple[Any, ...]], set[str], dict[str, Any]]:
    """What two runs must agree on: scores, files, and the executed notebook."""
    executed = toy.read(course.autograded(SECTION, "me") / "s01.ipynb")
    for cell in executed["cells"]:
        cell.get("metadata", {}).pop("execution", None)
    return toy.scores(course), toy.files(course), executed


@pytest.fixture(scope="module")
def clean(template: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The toy course after one run from start to end."""
    course = Course(tmp_path_factory.mktemp("clean") / "course")
    shutil.copytree(template.root, course.root, ignore=shutil.ignore_patterns(".course"))
    toy.hand_in(course, toy.PARTLY)
    grade_section(course, SECTION)
    return course


def test_the_first_grading_stopped_twice(course: Course, clean: Course) -> None:
    toy.hand_in(course, toy.PARTLY)
    stop_at(course, "prepare", 0, signal.SIGKILL)
    stop_at(course, "run", 6, signal.SIGKILL)
    result = grade_section(course, SECTION)
    assert "An earlier grading of s01 was interrupted; what it left behind was cleared." in result.notes
    assert state(course) == state(clean)


def test_a_later_grading_stopped_while_it_records(clean: Course) -> None:
    before = state(clean)
    toy.hand_in(clean, toy.UNTOUCHED)
    stop_at(clean, "score", len(toy.read(clean.copy(SECTION))["cells"]), signal.SIGKILL)
    toy.hand_in(clean, toy.PARTLY)
    stop_at(clean, "feedback", 0, signal.SIGINT)
    grade_section(clean, SECTION)
    assert state(clean) == before
