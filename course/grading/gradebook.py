"""nbgrader's gradebook: where it is, whether it is ours, and what it holds for one learner."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from course.errors import CourseProblem
from course.folders import CONFIG_NAME, COURSE_ID, Course
from course.grading.engine import CellScore

SQLITE = "sqlite:///"


def skip_slow_import() -> None:
    """Keep `jsonschema` from building a grammar for international URLs (1.7 s), which notebooks never need.

    It treats the module as optional; to mark it absent is enough. Call this before nbformat is imported.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def load_config(course: Course) -> Any:
    """The course's nbgrader configuration (traitlets' Config). Raises CourseProblem where it is broken."""
    from traitlets.config.loader import PyFileConfigLoader

    try:
        return PyFileConfigLoader(CONFIG_NAME, path=str(course.root)).load_config()
    except Exception as problem:
        raise CourseProblem(f"{course.root / CONFIG_NAME} cannot be read: {problem}.") from problem


def url_of(course: Course, config: Any) -> str:
    """The gradebook's address: the configuration's `CourseDirectory.db_url`, else `gradebook.db`."""
    return config.CourseDirectory.get("db_url") or f"{SQLITE}{course.gradebook}"


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite address; None for another database."""
    return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None


def check(course: Course, url: str) -> None:
    """Refuse a gradebook that is damaged or belongs to another course, before anything is written to it.

    Raises CourseProblem. A gradebook that does not exist yet is fine; one on a server is left to nbgrader.
    """
    file = sqlite_file(url)
    if file is None or not file.exists() or file.stat().st_size == 0:
        return
    name = course.shown(file)
    if not os.access(file, os.R_OK):
        raise CourseProblem(f"{name} cannot be read: you have no permission to.")
    aside = f"Move it away (rename {file.name}) and run the command again: a new one is made."
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            tables = {
                row[0] for row in database.execute("select name from sqlite_master where type = 'table'")
            }
            if not {"assignment", "course", "student"} <= tables:
                raise CourseProblem(f"{name} is not an nbgrader gradebook. {aside}")
            owners = {row[0] for row in database.execute("select distinct course_id from assignment")}
    except sqlite3.Error as problem:
        raise CourseProblem(f"{name} cannot be read as a gradebook ({problem}). {aside}") from problem
    if owners and COURSE_ID not in owners:
        raise CourseProblem(
            f"{name} belongs to another course ({', '.join(sorted(map(str, owners)))}). {aside}"
        )


def check_writable(course: Course, url: str) -> None:
    """Refuse a gradebook that cannot be written, before a notebook is run. Raises CourseProblem."""
    file = sqlite_file(url)
    if file is not None and file.exists() and not os.access(file, os.W_OK):
        raise CourseProblem(f"{course.shown(file)} cannot be written: you have no permission to.")


def scores_of(course: Course, student: str) -> Mapping[str, Mapping[str, CellScore]]:
    """All scores of a learner: {section: {grade id: score}}. Empty where nothing was graded yet.

    Raises CourseProblem for a gradebook that is not ours.
    """
    if not _has_gradebook(course):
        return {}
    skip_slow_import()
    from nbgrader.api import Gradebook, MissingEntry

    url = url_of(course, load_config(course))
    check(course, url)
    with Gradebook(url, COURSE_ID) as gradebook:
        try:
            submissions = gradebook.student_submissions(student)
        except MissingEntry:
            return {}
        return {
            submission.assignment.name: {
                grade.name: CellScore(float(grade.score or 0), float(grade.max_score))
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in submissions
        }


def _has_gradebook(course: Course) -> bool:
    config = load_config(course)
    file = sqlite_file(url_of(course, config))
    return file is None or (file.exists() and file.stat().st_size > 0)
