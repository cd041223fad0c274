"""Grading processes get what a program needs and nothing of the notebook's mock cloud."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from course.grading.environment import clean_environment


def test_credentials_and_switches_stay_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "AWS_PROFILE",
        "AWS_ENDPOINT_URL",
        "NBGRADER_EXECUTION",
        "COURSE_NO_GRADE",
        "MPLBACKEND",
        "SECRET",
    ):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    found = clean_environment(IPYTHONDIR="/somewhere")
    assert (
        not {"AWS_PROFILE", "AWS_ENDPOINT_URL", "NBGRADER_EXECUTION", "COURSE_NO_GRADE", "SECRET"}
        & found.keys()
    )
    assert (found["LC_ALL"], found["IPYTHONDIR"]) == ("C.UTF-8", "/somewhere")


def test_this_interpreters_programs_come_first() -> None:
    assert clean_environment()["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
