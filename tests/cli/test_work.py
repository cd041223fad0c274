"""Copies in `work/` are made once and never overwritten; the home page and progress follow the gradebook."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from course import home, progress, work
from course.errors import CourseProblem
from course.folders import Course, find_course
from course.grading.engine import CellScore
from course.syllabus import Syllabus, load
from course.work import Copied
from tests.grading.toy import SECTION


@pytest.fixture
def syllabus(course: Course) -> Syllabus:
    return load(course.syllabus_file)


def only_copy(course: Course, syllabus: Syllabus) -> work.Copy:
    (copy,) = work.make_copies(course, syllabus)
    return copy


def test_a_copy_is_made_once_and_kept(course: Course, syllabus: Syllabus) -> None:
    first = only_copy(course, syllabus)
    assert first.what is Copied.MADE
    assert first.message(course) == "work/s01.ipynb is your copy of s01."
    assert course.copy(SECTION).read_bytes() == course.release(SECTION).read_bytes()
    course.copy(SECTION).write_text("my answers")
    again = only_copy(course, syllabus)
    assert (again.what, again.message(course)) == (Copied.KEPT, "")
    assert course.copy(SECTION).read_text() == "my answers"


def test_a_newer_release_goes_beside_the_copy_once(course: Course, syllabus: Syllabus) -> None:
    only_copy(course, syllabus)
    course.copy(SECTION).write_text("my answers")
    course.release(SECTION).write_text("second release")
    newer = only_copy(course, syllabus)
    assert newer.what is Copied.NEWER_BESIDE
    assert (
        "s01 has a newer version: it is in work/s01.new.ipynb. Your work/s01.ipynb is unchanged."
        in newer.message(course)
    )
    beside = course.work / "s01.new.ipynb"
    assert beside.read_text() == "second release"
    beside.unlink()
    assert only_copy(course, syllabus).what is Copied.KEPT
    assert not beside.exists()
    assert course.copy(SECTION).read_text() == "my answers"


def test_a_file_in_the_newer_ones_place_is_kept(course: Course, syllabus: Syllabus) -> None:
    only_copy(course, syllabus)
    beside = course.work / "s01.new.ipynb"
    beside.write_text("something of the learner's")
    course.release(SECTION).write_text("second release")
    assert only_copy(course, syllabus).what is Copied.NEWER_KEPT
    assert beside.read_text() == "something of the learner's"


def test_a_damaged_record_loses_no_copy(course: Course, syllabus: Syllabus) -> None:
    only_copy(course, syllabus)
    (course.work / work.RECORD_NAME).write_text("{")
    course.copy(SECTION).write_text("my answers")
    assert only_copy(course, syllabus).what is Copied.KEPT
    assert course.copy(SECTION).read_text() == "my answers"
    assert json.loads((course.work / work.RECORD_NAME).read_text())["s01"]["copied"]


def test_a_section_without_release_is_said(course: Course, syllabus: Syllabus) -> None:
    course.release(SECTION).unlink()
    assert only_copy(course, syllabus).message(course) == "s01 has no notebook in release/ yet."


def test_a_folder_that_cannot_be_made_is_one_sentence(course: Course, syllabus: Syllabus) -> None:
    course.work.write_text("a file where a folder should be")
    with pytest.raises(CourseProblem, match=r"Cannot write .*work"):
        work.make_copies(course, syllabus)


def test_the_home_page_of_a_beginner(course: Course, syllabus: Syllabus) -> None:
    only_copy(course, syllabus)
    page = home.home_page(course, syllabus, {})
    assert page.count("\n# ") + page.startswith("# ") == 1
    assert "| [s01 Counting](s01.ipynb) | 10 | 0 / 5 | not graded yet |" in page
    assert "| s02 Later | | | planned |" in page
    assert "**Next:** work through [s01 Counting](s01.ipynb) (10 minutes) and grade it." in page
    assert "progress.png" not in page


SOME = {"s01": {"s01-double-visible": CellScore(1, 1), "s01-double-hidden": CellScore(0.5, 1)}}
ALL = {
    "s01": {
        "s01-double-visible": CellScore(1, 1),
        "s01-double-hidden": CellScore(1, 1),
        "s01-largest-hidden": CellScore(3, 3),
    }
}


def test_the_home_page_tells_points_and_the_next_step(course: Course, syllabus: Syllabus) -> None:
    only_copy(course, syllabus)
    page = home.home_page(course, syllabus, SOME)
    assert "**1.5 of 5 points** `███░░░░░░░` 30 %" in page
    assert "earn the 3.5 points still open in [s01 Counting](s01.ipynb)" in page
    assert "all sections that exist have full marks" in home.home_page(course, syllabus, ALL)


def test_points_by_domain_are_shared_by_skills(syllabus: Syllabus) -> None:
    c02 = progress.domain_standings(syllabus, syllabus.blueprint("C02"), ALL)
    assert [(d.points, d.max_points) for d in c02] == [(3.5, 3.5), (1.5, 1.5)]
    c03 = progress.domain_standings(syllabus, syllabus.blueprint("C03"), SOME)
    assert [(d.points, d.max_points) for d in c03] == [(1.5, 5), (0, 0)]


def test_every_point_of_the_course_belongs_to_a_domain() -> None:
    syllabus = load()
    possible = sum(section.points for section in syllabus.ready)
    for blueprint in syllabus.blueprints:
        standing = progress.domain_standings(syllabus, blueprint, {})
        assert sum(d.max_points for d in standing) == pytest.approx(possible)
        assert all(d.points == 0 for d in standing)


def test_the_picture_is_drawn_and_embedded_with_its_numbers_in_words(
    course: Course, syllabus: Syllabus
) -> None:
    progress.draw(course, syllabus, SOME)
    assert course.progress_picture.read_bytes().startswith(b"\x89PNG")
    assert "![Points reached by section: s01 1.5 of 5](progress.png)" in home.home_page(
        course, syllabus, SOME
    )


def test_the_course_is_found_from_any_folder_in_it(course: Course, tmp_path: Path) -> None:
    course.work.mkdir()
    assert find_course(course.work) == course
    assert find_course(course.root / "source" / "s01") == course
    with pytest.raises(CourseProblem, match="is not inside a course"):
        find_course(tmp_path)
