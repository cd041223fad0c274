"""One learner's way: from the notebook in `work/` to points, first failed checks, gradebook and feedback."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from course.errors import CourseProblem
from course.folders import Course
from course.grading.engine import CellScore, Job, Outcome, Report, Status, Step
from course.grading.gradebook import scores_of
from course.grading.lock import Busy, Held, grading_lock
from course.grading.result import NOT_ANSWERED, SectionResult
from course.grading.service import grade_section
from tests.grading import toy
from tests.grading.toy import SECTION


@pytest.fixture(scope="module")
def graded(
    template: Course, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Course, SectionResult, list[Step]]:
    """A partly right notebook, graded once for the tests that only look."""
    course = Course(tmp_path_factory.mktemp("graded") / "course")
    shutil.copytree(template.root, course.root)
    toy.hand_in(course, {"s01-double": toy.PARTLY["s01-double"]})
    steps: list[Step] = []
    return course, grade_section(course, SECTION, progress=steps.append), steps


def test_the_table_has_points_and_the_first_failed_check(
    graded: tuple[Course, SectionResult, list[Step]],
) -> None:
    _, result, _ = graded
    rows = [(row.exercise, row.points, row.max_points, row.failed_check) for row in result.rows]
    assert rows == [("s01-double", 1, 2, "a negative fraction"), ("s01-largest", 0, 3, NOT_ANSWERED)]
    assert (result.points, result.max_points, result.status) == (1, 5, "graded")


def test_progress_tells_each_stage_and_every_cell(graded: tuple[Course, SectionResult, list[Step]]) -> None:
    course, _, steps = graded
    stages = list(dict.fromkeys(step.stage for step in steps))
    assert stages == ["collect", "prepare", "run", "score", "feedback"]
    cells = len(toy.read(course.copy(SECTION))["cells"])
    assert [step.done for step in steps if step.total] == list(range(1, cells + 1))


def test_results_are_in_nbgraders_places(graded: tuple[Course, SectionResult, list[Step]]) -> None:
    course, result, _ = graded
    assert toy.files(course) == {
        "submitted/me/s01/s01.ipynb",
        "submitted/me/s01/timestamp.txt",
        "autograded/me/s01/s01.ipynb",
        "autograded/me/s01/timestamp.txt",
        "feedback/me/s01/s01.html",
        "feedback/me/s01/timestamp.txt",
        ".course/.gitignore",
        ".course/grading.lock",
        ".course/grading.log",
    }
    assert result.feedback == course.root / "feedback/me/s01/s01.html"
    assert (course.submitted(SECTION, "me") / "s01.ipynb").read_bytes() == course.copy(SECTION).read_bytes()


def test_feedback_shows_findings_but_no_hidden_check(
    graded: tuple[Course, SectionResult, list[Step]],
) -> None:
    _, result, _ = graded
    assert result.feedback is not None
    page = result.feedback.read_text()
    assert "a negative fraction" in page
    assert "Hidden checks ran here" in page
    assert "secret_number" in toy.FIXTURE.joinpath("source/s01/s01.ipynb").read_text()
    assert "secret_number" not in page
    assert "HIDDEN TESTS" not in page


def test_the_last_cell_does_not_grade_while_nbgrader_runs_it(
    graded: tuple[Course, SectionResult, list[Step]],
) -> None:
    course, _, _ = graded
    executed = toy.read(course.autograded(SECTION, "me") / "s01.ipynb")
    last = next(cell for cell in executed["cells"] if toy.grade_id(cell) == "s01-grade")
    assert "".join(last["outputs"][0]["text"]) == "Grading is skipped: the notebook is run by a program.\n"


def test_scores_are_read_back_from_the_gradebook(graded: tuple[Course, SectionResult, list[Step]]) -> None:
    course, _, _ = graded
    assert scores_of(course, "me") == {
        "s01": {
            "s01-double-visible": CellScore(1, 1),
            "s01-double-hidden": CellScore(0, 1),
            "s01-largest-visible": CellScore(0, 0),
            "s01-largest-hidden": CellScore(0, 3),
        }
    }
    assert scores_of(course, "nobody") == {}


def test_no_gradebook_is_no_scores(course: Course) -> None:
    assert scores_of(course, "me") == {}
    assert not course.gradebook.exists()


def test_release_is_not_touched(graded: tuple[Course, SectionResult, list[Step]], template: Course) -> None:
    course, _, _ = graded
    assert course.release(SECTION).read_bytes() == template.release(SECTION).read_bytes()


def test_a_result_survives_json(graded: tuple[Course, SectionResult, list[Step]]) -> None:
    _, result, _ = graded
    assert SectionResult.from_json(result.to_json()) == result


def test_grading_again_replaces_the_grade_and_a_refusal_keeps_it(
    graded: tuple[Course, SectionResult, list[Step]], tmp_path: Path
) -> None:
    course = Course(tmp_path / "course")
    shutil.copytree(graded[0].root, course.root)
    toy.hand_in(course, toy.RIGHT)
    assert grade_section(course, SECTION).points == 5
    before = toy.scores(course), toy.files(course)
    course.copy(SECTION).write_text("{")
    with pytest.raises(CourseProblem):
        grade_section(course, SECTION)
    assert (toy.scores(course), toy.files(course)) == before


@pytest.mark.slow
def test_a_deleted_check_is_put_back_and_keeps_no_earlier_points(course: Course) -> None:
    toy.hand_in(course, toy.RIGHT)
    assert grade_section(course, SECTION).points == 5
    notebook = toy.answered(course, {**toy.RIGHT, "s01-double": "def double(number):\n    return 0\n"})
    gone = ("s01-double-visible", "s01-double-hidden")
    notebook["cells"] = [cell for cell in notebook["cells"] if toy.grade_id(cell) not in gone]
    toy.write(course.copy(SECTION), notebook)
    result = grade_section(course, SECTION)
    assert result.points == 3
    assert result.notes == (f"Missing from your notebook, and put back to grade it: {', '.join(gone)}.",)
    executed = [
        toy.grade_id(cell) for cell in toy.read(course.autograded(SECTION, "me") / "s01.ipynb")["cells"]
    ]
    answer = executed.index("s01-double")
    assert executed[answer + 1 : answer + 3] == list(gone)


@pytest.mark.slow
def test_a_notebook_that_nbformat_refuses_is_told_by_the_error_itself(course: Course) -> None:
    notebook = toy.answered(course, toy.RIGHT)
    for cell in notebook["cells"]:
        cell.pop("outputs", None)
    toy.write(course.copy(SECTION), notebook)
    result = grade_section(course, SECTION)
    assert result.status == "failed"
    assert "NotebookValidationError: 'outputs' is a required property" in result.reason


@pytest.mark.slow
def test_new_exercises_need_force_and_keep_a_copy_of_the_gradebook(
    graded: tuple[Course, SectionResult, list[Step]], tmp_path: Path
) -> None:
    course = Course(tmp_path / "course")
    shutil.copytree(graded[0].root, course.root)
    source = course.source(SECTION)
    renamed = source.read_text().replace("s01-double-hidden", "s01-double-hidden-2")
    source.write_text(renamed)
    toy.write(course.copy(SECTION), toy.read(source))
    before = toy.scores(course)
    with pytest.raises(CourseProblem, match="course grade s01 --force"):
        grade_section(course, SECTION)
    assert toy.scores(course) == before
    assert grade_section(course, SECTION, force=True).points == 5
    copies = list(course.root.glob("gradebook.db.*"))
    assert len(copies) == 1
    assert {row[1] for row in toy.scores(course)} >= {"s01-double-hidden-2"}


class Fixed:
    """An engine that has its outcome ready."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def grade(self, job: Job, report: Report) -> Outcome:
        return self.outcome


def test_another_engine_plugs_in_and_its_failure_is_told(course: Course) -> None:
    toy.hand_in(course, toy.RIGHT)
    outcome = Outcome(Status.FAILED, "The sandbox could not be made.", 0.1)
    result = grade_section(course, SECTION, engine_for=lambda held: Fixed(outcome))
    assert (result.status, result.reason, result.rows, result.feedback) == (
        "failed",
        "The sandbox could not be made.",
        (),
        None,
    )


def test_two_at_once_are_refused_by_name_and_the_lock_ends_with_its_holder(course: Course) -> None:
    toy.hand_in(course, toy.RIGHT)
    with grading_lock(course, "s01"), pytest.raises(Busy) as caught:
        grade_section(course, SECTION)
    assert f"(section s01, process {os.getpid()}, since " in str(caught.value)
    with grading_lock(course, "s01") as held:
        assert held.unfinished is None


def test_what_an_interrupted_run_left_is_swept_and_mentioned(course: Course) -> None:
    toy.hand_in(course, toy.RIGHT)
    leftover = course.state / "grading-abc123" / "autograded"
    leftover.mkdir(parents=True)
    (course.state / "grading.json").write_text('{"section": "s01", "pid": 1, "since": "10:00:00"}')
    result = grade_section(course, SECTION, engine_for=lambda held: Fixed(Outcome(Status.FAILED, "no", 0)))
    assert not leftover.exists()
    assert result.notes == ("An earlier grading of s01 was interrupted; what it left behind was cleared.",)


def test_an_interrupted_run_of_another_section_is_to_be_graded_again(course: Course) -> None:
    toy.hand_in(course, toy.RIGHT)
    course.state.mkdir(exist_ok=True)
    (course.state / "grading.json").write_text('{"section": "s02", "pid": 1, "since": "10:00:00"}')
    result = grade_section(course, SECTION, engine_for=lambda held: Fixed(Outcome(Status.FAILED, "no", 0)))
    assert result.notes[0].endswith("Its points may be a mixture of two runs: grade s02 again.")


def test_an_engine_inherits_the_lock(course: Course) -> None:
    seen: list[Held] = []

    def engine_for(held: Held) -> Fixed:
        seen.append(held)
        os.fstat(held.fileno)
        return Fixed(Outcome(Status.FAILED, "no", 0))

    toy.hand_in(course, toy.RIGHT)
    grade_section(course, SECTION, engine_for=engine_for)
    assert len(seen) == 1
