"""A class of three through nbgrader's own commands, from release to exported grades."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from course.folders import COURSE_ID, Course
from course.grading import release
from course.grading.service import grade_section
from course.syllabus import load
from tests.grading import toy

pytestmark = [
    pytest.mark.timeout(1200),
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="nbgrader's exchange does not run on Windows"),
]


@dataclass(frozen=True)
class Class:
    """A course, its exchange, and what each learner hands in and deserves."""

    course: Course
    section: str
    answers: dict[str, dict[str, str]]
    points: dict[str, float]
    max_points: float

    def nbgrader(self, *commands: tuple[Path, list[str]]) -> list[int]:
        """Run nbgrader commands, each in a folder, with the exchange and a home of this test's own."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.grading.nbgrader_commands"],
            input=json.dumps([(str(folder), arguments) for folder, arguments in commands]),
            cwd=toy.REPOSITORY,
            env={**toy.environment(), "HOME": str(self.course.root.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        self.log.write_text(done.stderr)
        return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]

    @property
    def log(self) -> Path:
        return self.course.root.parent / "nbgrader.log"

    def exchange(self) -> list[str]:
        return [f"--Exchange.root={self.course.root.parent / 'exchange'}", f"--course={COURSE_ID}"]


def toy_class(template: Course, folder: Path) -> Class:
    shutil.copytree(template.root, folder / "course", ignore=shutil.ignore_patterns(".course", "release"))
    return Class(Course(folder / "course"), toy.SECTION, toy.ANSWERS, toy.POINTS, 5.0)


def course_class(template: Course, folder: Path) -> Class:
    """The course's first section, with the solutions; the partly right learner leaves two exercises out."""
    course = Course(folder / "course")
    course.root.mkdir()
    section = load().ready[0]
    shutil.copytree(toy.REPOSITORY / "source" / section.id, course.source(section.id).parent)
    shutil.copy(toy.REPOSITORY / "nbgrader_config.py", course.root)
    solved = {
        toy.grade_id(cell): cell["source"]
        for cell in toy.read(course.source(section.id))["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    }
    left_out = section.exercises[:2]
    partly = {cell: text for cell, text in solved.items() if section.exercise_of(cell) not in left_out}
    points = {"right": float(section.points), "untouched": 0.0}
    points["partly"] = float(section.points - sum(exercise.points for exercise in left_out))
    answers = {"right": solved, "partly": partly, "untouched": {}}
    return Class(course, section.id, answers, points, float(section.points))


CLASSES: dict[str, Callable[[Course, Path], Class]] = {"toy": toy_class, "course": course_class}


@pytest.fixture(scope="module", params=CLASSES.values(), ids=CLASSES.keys())
def taught(
    request: pytest.FixtureRequest, template: Course, tmp_path_factory: pytest.TempPathFactory
) -> Class:
    """The class after the whole loop."""
    group: Class = request.param(template, tmp_path_factory.mktemp("class"))
    root, section, exchange = group.course.root, group.section, group.exchange()
    (root.parent / "exchange").mkdir()
    (root.parent / "exchange").chmod(0o777)
    homes = {learner: root.parent / learner for learner in group.answers}
    for home in homes.values():
        home.mkdir()
    handing_out = [
        (root, ["generate_assignment", section]),
        (root, ["release_assignment", section, *exchange]),
    ]
    fetching = [(home, ["fetch_assignment", section, *exchange]) for home in homes.values()]
    assert group.nbgrader(*handing_out, *fetching) == [0] * 5, group.log.read_text()
    for learner, home in homes.items():
        answer(home / section / f"{section}.ipynb", group.answers[learner])
    handing_in = [
        (home, ["submit", section, f"--student={learner}", *exchange]) for learner, home in homes.items()
    ]
    grading = [
        (root, ["collect", section, *exchange]),
        (root, ["autograde", section]),
        (root, ["generate_feedback", section]),
        (root, ["release_feedback", section, *exchange]),
        (root, ["export", f"--to={root / 'grades.csv'}"]),
    ]
    assert group.nbgrader(*handing_in, *grading) == [0] * 8, group.log.read_text()
    return group


def answer(path: Path, answers: dict[str, str]) -> None:
    """Fill a fetched notebook's answer cells in."""
    notebook: dict[str, Any] = toy.read(path)
    for cell in notebook["cells"]:
        if toy.grade_id(cell) in answers:
            cell["source"] = answers[toy.grade_id(cell)]
    toy.write(path, notebook)


def test_exported_grades_are_right_to_the_point(taught: Class) -> None:
    with (taught.course.root / "grades.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["student_id"]: float(row["score"]) for row in rows} == taught.points
    assert {float(row["max_score"]) for row in rows} == {taught.max_points}


def test_nobody_needs_manual_grading(taught: Class) -> None:
    assert [row for row in toy.scores(taught.course) if row[4]] == []


def test_what_nbgrader_releases_is_what_course_build_releases(taught: Class) -> None:
    assert release.check(taught.course, taught.section) == []


def test_each_learner_gets_feedback_without_hidden_checks(taught: Class) -> None:
    for learner in taught.answers:
        page = (taught.course.feedback(taught.section, learner) / f"{taught.section}.html").read_text()
        assert "HIDDEN TESTS" not in page
        assert "Hidden checks ran here" in page
    sent = list((taught.course.root.parent / "exchange" / COURSE_ID / "feedback").glob("*.html"))
    assert len(sent) == len(taught.answers)


def test_course_grade_grades_what_a_teacher_collected(taught: Class) -> None:
    if taught.section != toy.SECTION:
        pytest.skip("the toy class shows it in a tenth of the time")
    before = toy.scores(taught.course)
    assert grade_section(taught.course, taught.section, student="partly").points == taught.points["partly"]
    assert toy.scores(taught.course) == before


def test_one_copied_cell_does_not_stop_the_class(taught: Class) -> None:
    course, section = taught.course, taught.section
    if section != toy.SECTION:
        pytest.skip("the toy class shows it in a tenth of the time")
    for learner in taught.answers:
        path = course.submitted(section, learner) / f"{section}.ipynb"
        path.chmod(0o644)
        notebook = toy.read(path)
        if learner == sorted(taught.answers)[0]:
            notebook["cells"].append(next(cell for cell in notebook["cells"] if toy.grade_id(cell)))
        toy.write(path, notebook)
    assert taught.nbgrader((course.root, ["autograde", section, "--force"])) == [1]
    graded = [learner for learner in taught.answers if course.autograded(section, learner).exists()]
    assert sorted(graded) == sorted(taught.answers)[1:]
    assert "is there 2 times" in taught.log.read_text()
