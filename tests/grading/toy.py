"""A small course for the tests: made from `tests/fixtures/toy_course`, with answers of three learners."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from course.folders import Course

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURE = REPOSITORY / "tests" / "fixtures" / "toy_course"
SECTION = "s01"

RIGHT = {
    "s01-double": "def double(number):\n    return number + number\n",
    "s01-largest": "def largest(numbers):\n    return sorted(numbers)[-1] if numbers else max(numbers)\n",
}
PARTLY = {
    "s01-double": "def double(number):\n    return abs(number) * 2\n",
    "s01-largest": RIGHT["s01-largest"],
}
UNTOUCHED: dict[str, str] = {}
POINTS = {"right": 5.0, "partly": 4.0, "untouched": 0.0}
ANSWERS = {"right": RIGHT, "partly": PARTLY, "untouched": UNTOUCHED}


def new_course(folder: Path) -> Course:
    """The toy course with its source, syllabus and the repository's own nbgrader configuration."""
    shutil.copytree(FIXTURE, folder)
    shutil.copy(REPOSITORY / "nbgrader_config.py", folder)
    return Course(folder)


def read(path: Path) -> dict[str, Any]:
    """A notebook as plain JSON."""
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def write(path: Path, notebook: dict[str, Any]) -> Path:
    """Write a notebook as JupyterLab does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def grade_id(cell: dict[str, Any]) -> str:
    """nbgrader's id of a cell, or an empty text."""
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def answered(course: Course, answers: dict[str, str]) -> dict[str, Any]:
    """The released notebook with some of its answer cells filled in."""
    notebook = read(course.release(SECTION))
    for cell in notebook["cells"]:
        if grade_id(cell) in answers:
            cell["source"] = answers[grade_id(cell)]
    return notebook


def hand_in(course: Course, answers: dict[str, str]) -> Path:
    """Put a learner's copy with these answers into `work/`."""
    return write(course.copy(SECTION), answered(course, answers))


def scores(course: Course) -> list[tuple[Any, ...]]:
    """Everything the gradebook says about scores: (student, cell, automatic, manual, needs grading)."""
    query = """
        select student.id, base_cell.name, grade.auto_score, grade.manual_score, grade.needs_manual_grade
        from grade join base_cell on grade.cell_id = base_cell.id
        join submitted_notebook on grade.notebook_id = submitted_notebook.id
        join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
        join student on submitted_assignment.student_id = student.id
        order by 1, 2
    """
    with closing(sqlite3.connect(course.gradebook)) as database:
        return database.execute(query).fetchall()


def files(course: Course) -> set[str]:
    """Names of all files in nbgrader's result folders and of what grading leaves under `.course/`."""
    found = [
        path
        for step in ("submitted", "autograded", "feedback", ".course")
        for path in (course.root / step).rglob("*")
    ]
    return {path.relative_to(course.root).as_posix() for path in found if path.is_file()}


def environment() -> dict[str, str]:
    """The tests' environment with this interpreter's programs and this package first."""
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(REPOSITORY),
    }


def course_command(course: Course, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the `course` command in a course."""
    return subprocess.run(
        [sys.executable, "-m", "course", *arguments],
        cwd=course.root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
