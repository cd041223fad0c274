"""The notebook's last cell, in a real kernel, driven as JupyterLab does: with cell ids and a file on disk."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

import course as course_package
from course.folders import Course
from course.grading import executed
from course.grading.executed import Execution
from tests.grading import toy
from tests.grading.toy import SECTION

TABLE = "text/html"


class Lab:
    """Runs cells the way JupyterLab does, and keeps what each displayed last."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(
            cwd=str(course.work),
            env={**os.environ, executed.SESSION_VARIABLE: str(course.copy(SECTION)), "AWS_PROFILE": "nobody"},
        )
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, code: str, cell_id: str = "") -> list[dict[str, Any]]:
        """Outputs of one cell, each as content of its message; a display that is updated counts once."""
        message = self.client.session.msg(
            "execute_request",
            {
                "code": code,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
            },
            metadata={"cellId": cell_id} if cell_id else {},
        )
        self.client.shell_channel.send(message)
        outputs: list[dict[str, Any]] = []
        while True:
            answer = self.client.get_iopub_msg(timeout=60)
            if answer["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            kind, content = answer["msg_type"], answer["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return outputs
            if kind == "update_display_data":
                outputs[-1] = content
            elif kind in ("display_data", "stream", "error", "execute_result"):
                outputs.append(content)


@pytest.fixture
def lab(course: Course) -> Iterator[Lab]:
    toy.hand_in(course, toy.UNTOUCHED)
    lab = Lab(course)
    yield lab
    lab.close()


GRADE = f'from course import grade\n\ngrade("{SECTION}")'


@pytest.mark.slow
def test_an_unsaved_answer_is_waited_for_then_the_saved_one_is_graded(lab: Lab) -> None:
    lab.run("import course\nimport course.grading.notebook as cell\ncell.AUTOSAVE_CHECKS = 2", "s01-setup")
    lab.run(toy.RIGHT["s01-double"], "s01-double")
    (unsaved,) = lab.run(GRADE, "s01-grade")
    text = unsaved["data"]["text/plain"]
    assert text == "The notebook has changes that are not saved. Save it (Ctrl-S) and run this cell again."

    toy.hand_in(lab.course, {"s01-double": toy.RIGHT["s01-double"]})
    (graded,) = lab.run(GRADE, "s01-grade")
    assert graded["data"]["text/plain"].startswith("s01 Counting: 2 of 5 points")
    assert "Feedback: feedback/me/s01/s01.html" in graded["data"]["text/plain"]
    assert "<td>2 / 2</td>" in graded["data"][TABLE]
    assert "not answered yet" in graded["data"][TABLE]
    assert len(toy.scores(lab.course)) == 4

    lab.course.copy(SECTION).write_text("{")
    (refused,) = lab.run(GRADE, "s01-grade")
    assert "work/s01.ipynb is damaged" in refused["data"]["text/plain"]


def test_a_fetched_copy_outside_of_a_course_is_handed_in_not_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    course_package.grade("s01")
    assert (
        "This notebook is not in a course's folder. In a class your teacher grades" in capsys.readouterr().out
    )


@pytest.mark.parametrize("variable", ["NBGRADER_EXECUTION", "COURSE_NO_GRADE"])
def test_it_does_nothing_where_a_program_runs_the_notebook(
    variable: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(variable, "1")
    course_package.grade("s01")
    assert capsys.readouterr().out == "Grading is skipped: the notebook is run by a program.\n"


def test_importing_course_is_light_and_finds_no_other_names() -> None:
    assert callable(course_package.grade)
    with pytest.raises(AttributeError, match="no attribute 'graed'"):
        course_package.graed  # noqa: B018


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    cells = [{"id": "a", "cell_type": "code", "metadata": {}, "source": ["x = 1\n", "y"]}]
    path = tmp_path / "s01.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "cells": cells}))
    return path


def test_what_counts_as_unsaved(saved: Path) -> None:
    now = saved.stat().st_mtime_ns
    assert executed.unsaved_cells(saved, {"a": Execution("x = 1\ny", now)}) == []
    assert executed.unsaved_cells(saved, {"a": Execution("x = 2", now)}) == ["a"]
    assert executed.unsaved_cells(saved, {"new": Execution("x = 2", now)}) == ["new"]
    assert executed.unsaved_cells(saved, {"a": Execution("x = 2", now - 1)}) == []  # edited and saved since
    assert executed.unsaved_cells(saved.with_name("none.ipynb"), {"a": Execution("x = 2", 0)}) == []
