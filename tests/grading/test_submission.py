"""Each kind of bad hand-in gives a clear sentence and an exit status, and changes nothing."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.errors import CourseProblem, WrongUsage
from course.folders import Course
from course.grading import submission
from course.grading.engine import Job, Outcome, Report
from course.grading.lock import Held
from course.grading.service import grade_section
from tests.grading import toy
from tests.grading.toy import SECTION


class NeverCalled:
    """An engine for submissions that must be refused before any engine sees them."""

    def __init__(self, held: Held) -> None:
        raise AssertionError("the submission reached the engine")

    def grade(self, job: Job, report: Report) -> Outcome:
        raise NotImplementedError


def refused(course: Course, section: str = SECTION, **options: Any) -> CourseProblem:
    with pytest.raises(CourseProblem) as caught:
        grade_section(course, section, engine_for=NeverCalled, **options)
    return caught.value


def spoil(course: Course, change: Callable[[dict[str, Any]], None]) -> None:
    notebook = toy.answered(course, toy.RIGHT)
    change(notebook)
    toy.write(course.copy(SECTION), notebook)


def cell(notebook: dict[str, Any], grade_id: str) -> dict[str, Any]:
    return next(cell for cell in notebook["cells"] if toy.grade_id(cell) == grade_id)


def test_missing(course: Course) -> None:
    problem = refused(course)
    assert str(problem) == "There is no work/s01.ipynb. Run `course lab` to get a copy of the section."
    assert problem.exit_code == 1


def test_renamed(course: Course) -> None:
    toy.write(course.work / "my answers.ipynb", toy.answered(course, toy.RIGHT))
    text = str(refused(course))
    assert "work/my answers.ipynb looks like it under another name" in text
    assert 'course grade s01 --notebook "work/my answers.ipynb"' in text


@pytest.mark.parametrize("content", ["", " \n\n"])
def test_empty(course: Course, content: str) -> None:
    toy.hand_in(course, toy.RIGHT).write_text(content)
    assert "work/s01.ipynb is empty" in str(refused(course))


def test_truncated(course: Course) -> None:
    path = toy.hand_in(course, toy.RIGHT)
    path.write_text(path.read_text()[:-200])
    text = str(refused(course))
    assert "damaged: it is not valid JSON (line " in text
    assert "Revert Notebook to Checkpoint" in text


@pytest.mark.parametrize("content", ["[]", "3", '{"cells": []}', '{"nbformat": "4"}', "[" * 100_000])
def test_json_that_is_no_notebook(course: Course, content: str) -> None:
    toy.hand_in(course, toy.RIGHT).write_text(content)
    assert "work/s01.ipynb is " in str(refused(course))


def test_wrong_notebook_format(course: Course) -> None:
    spoil(course, lambda notebook: notebook.update(nbformat=3))
    assert "is in notebook format 3; the course uses format 4" in str(refused(course))


@pytest.mark.parametrize("version", [1, 4])
def test_wrong_version_of_nbgraders_metadata(course: Course, version: int) -> None:
    spoil(course, lambda nb: cell(nb, "s01-double")["metadata"]["nbgrader"].update(schema_version=version))
    assert f"Cell s01-double has nbgrader metadata of version {version}" in str(refused(course))


def test_damaged_nbgrader_metadata(course: Course) -> None:
    spoil(course, lambda notebook: cell(notebook, "s01-double")["metadata"]["nbgrader"].pop("grade"))
    assert "The nbgrader metadata of cell 4 is damaged" in str(refused(course))


def test_huge(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    path = toy.hand_in(course, toy.RIGHT)
    monkeypatch.setattr(submission, "MAX_BYTES", 2**20)
    path.write_text(path.read_text() + " " * 2**21)
    assert "has 2 MB; the limit is 1 MB. Clear the outputs" in str(refused(course))


def test_the_limit_is_twenty_megabytes() -> None:
    assert submission.MAX_BYTES == 20 * 2**20


def test_duplicate_cell(course: Course) -> None:
    spoil(course, lambda notebook: notebook["cells"].append(cell(notebook, "s01-double")))
    assert "The cell s01-double is there 2 times" in str(refused(course))


def test_graded_cell_turned_into_an_answer(course: Course) -> None:
    def flip(notebook: dict[str, Any]) -> None:
        cell(notebook, "s01-double-hidden")["metadata"]["nbgrader"].update(grade=False, solution=True)

    spoil(course, flip)
    assert "s01-double-hidden is another kind of cell now" in str(refused(course))


def test_notebook_of_another_section(course: Course) -> None:
    text = course.release(SECTION).read_text().replace("s01", "s09")
    course.work.mkdir()
    course.copy(SECTION).write_text(text)
    assert "is not a notebook of section s01. Its cells belong to s09." in str(refused(course))


def test_notebook_without_any_of_the_cells(course: Course) -> None:
    toy.write(course.copy(SECTION), {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    assert "It has none of the section's cells" in str(refused(course))


def test_section_that_does_not_exist_and_one_that_is_planned(course: Course) -> None:
    for section, text in (("s77", "There is no section 's77'"), ("s02", "s02 (Later) is planned")):
        problem = refused(course, section)
        assert isinstance(problem, WrongUsage)
        assert problem.exit_code == 2
        assert text in str(problem)


def test_a_student_id_cannot_leave_the_folder(course: Course) -> None:
    for student in ("../me", "a/b", "*", "", "a+b"):
        assert isinstance(refused(course, student=student), WrongUsage)


def test_a_student_whose_work_was_not_collected(course: Course) -> None:
    assert "There is no submitted/bitdiddle/s01/s01.ipynb. Collect it with" in str(
        refused(course, student="bitdiddle")
    )


def test_a_mistyped_student_is_guessed_from_those_who_handed_in(course: Course) -> None:
    toy.write(course.submitted(SECTION, "bitdiddle") / "s01.ipynb", toy.answered(course, toy.RIGHT))
    assert "Did you mean bitdiddle?" in str(refused(course, student="bitdidle"))
    assert "Did you mean" not in str(refused(course, student="nobody"))


def test_a_file_of_ones_own_that_is_missing_is_not_to_be_collected(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "none.ipynb"
    assert str(refused(course, notebook=path)) == f"There is no {path}."


@pytest.mark.parametrize(("right", "verb"), [(os.W_OK, "written"), (os.R_OK, "read")])
def test_a_gradebook_without_permission(
    course: Course, monkeypatch: pytest.MonkeyPatch, right: int, verb: str
) -> None:
    toy.hand_in(course, toy.RIGHT)
    with closing(sqlite3.connect(course.gradebook)) as database:
        for table in ("assignment", "course", "student"):
            database.execute(f"create table {table} (course_id text)")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != right)  # whoever runs the tests may be root
    assert str(refused(course)) == f"gradebook.db cannot be {verb}: you have no permission to."


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-8-sig", "UTF-8 with a byte order mark"), ("utf-16", "UTF-16")]
)
def test_another_encoding_is_named(course: Course, encoding: str, named: str) -> None:
    path = toy.hand_in(course, toy.RIGHT)
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    assert f"work/s01.ipynb is saved as {named};" in str(refused(course))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes or devices among its files")
def test_a_pipe_or_device_is_not_read(course: Course, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ipynb")
    for path in (tmp_path / "pipe.ipynb", Path("/dev/zero")):
        assert str(refused(course, notebook=path)) == f"Cannot read {path}: it is not a file."


def test_a_class_copy_without_source_says_how_to_hand_in(course: Course) -> None:
    toy.hand_in(course, toy.RIGHT)
    shutil.rmtree(course.root / "source")
    assert "In a class your teacher grades" in str(refused(course))


def test_a_missing_source_notebook_names_it(course: Course) -> None:
    toy.hand_in(course, toy.RIGHT)
    course.source(SECTION).unlink()
    assert "source/s01/s01.ipynb is missing" in str(refused(course))


@pytest.mark.parametrize("folder", [".course", "submitted"])
def test_a_folder_that_cannot_be_written(course: Course, folder: str) -> None:
    toy.hand_in(course, toy.RIGHT)
    (course.root / folder).write_text("a file where a folder should be")
    problem = refused(course)
    assert str(problem).startswith(f"Cannot write {course.root / folder}")
    assert "Make the folder writable" in str(problem)


def test_a_gradebook_of_another_course(course: Course) -> None:
    toy.hand_in(course, toy.RIGHT)
    with closing(sqlite3.connect(course.gradebook)) as database:
        database.executescript(
            "create table course (id text); create table student (id text);"
            "create table assignment (name text, course_id text);"
            "insert into assignment values ('ps1', 'physics');"
        )
    before = course.gradebook.read_bytes()
    assert "gradebook.db belongs to another course (physics)" in str(refused(course))
    assert course.gradebook.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be looked at" * 9, None])
def test_a_gradebook_that_is_none(course: Course, content: bytes | None) -> None:
    toy.hand_in(course, toy.RIGHT)
    if content is None:
        with closing(sqlite3.connect(course.gradebook)) as database:
            database.execute("create table something (id text)")
    else:
        course.gradebook.write_bytes(content)
    text = str(refused(course))
    assert "gradebook.db" in text
    assert "Move it away" in text


def test_a_refusal_changes_nothing(course: Course) -> None:
    path = toy.hand_in(course, toy.RIGHT)
    path.write_text(path.read_text()[:-200])
    before = path.read_bytes()
    refused(course)
    assert path.read_bytes() == before
    assert toy.files(course) == set()
    assert not course.gradebook.exists()


def test_cells_that_are_gone_are_named_but_do_not_stop_grading(course: Course) -> None:
    notebook = toy.answered(course, toy.RIGHT)
    notebook["cells"] = [c for c in notebook["cells"] if toy.grade_id(c) != "s01-double-hidden"]
    path = toy.write(course.copy(SECTION), notebook)
    assert submission.read_submission(path, SECTION, course.source(SECTION)).missing == ("s01-double-hidden",)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda v: st.lists(v) | st.dictionaries(st.text(), v),
    )
)
def test_any_json_is_a_notebook_or_a_bad_notebook(value: Any) -> None:
    for candidate in (value, {"nbformat": 4, "cells": value}, {"nbformat": 4, "cells": [value]}):
        with contextlib.suppress(submission.BadNotebook):
            cells = submission.cells_of(json.dumps(candidate).encode(), "x.ipynb")
            submission.problems_with_cells(cells)
            submission.nbgrader_cells(cells)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda v: st.lists(v) | st.dictionaries(st.text(), v),
    )
)
def test_any_metadata_is_judged_without_an_exception(value: Any) -> None:
    cells = [{"cell_type": "code", "source": "", "metadata": {"nbgrader": value}}]
    submission.problems_with_cells(cells)
    submission.nbgrader_cells(cells)


def test_reading_never_follows_a_path_that_is_a_folder(course: Course, tmp_path: Path) -> None:
    course.copy(SECTION).mkdir(parents=True)
    assert "Cannot read work/s01.ipynb" in str(refused(course))
