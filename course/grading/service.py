"""Grade a section: check what was handed in, collect it, run the engine, build the table for the learner."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from course.errors import CourseProblem, WrongUsage
from course.folders import ME, Course, remove_folder, replace_folder, scratch_folder
from course.grading.engine import Engine, Job, Outcome, Report, Status, Step
from course.grading.gradebook import check as check_gradebook
from course.grading.gradebook import check_writable, load_config, url_of
from course.grading.lock import Held, grading_lock
from course.grading.nbgrader_engine import NbgraderEngine
from course.grading.result import SectionResult, rows_of
from course.grading.submission import BadNotebook, Submission, look_alikes, read_submission
from course.syllabus import Section, load

_STUDENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]*")


def grade_section(
    course: Course,
    section_id: str,
    student: str = ME,
    notebook: Path | None = None,
    force: bool = False,
    progress: Report = lambda step: None,
    engine_for: Callable[[Held], Engine] = lambda held: NbgraderEngine((held.fileno,)),
) -> SectionResult:
    """Grade one section for one student and return the table.

    For the person who learns alone (`student="me"`) the notebook is taken from `work/` (or `notebook`); for
    anyone else what `nbgrader collect` put into `submitted/` is graded, unless `notebook` is given. `force`
    allows grades of an older version of the section to be dropped (see `Job.restart`).

    Raises CourseProblem (WrongUsage for a section that does not exist or is planned) before anything is
    changed: earlier submissions and grades then stay as they are.
    """
    section = load(course.syllabus_file).ready_section(section_id)
    if not _STUDENT_ID.fullmatch(student):
        raise WrongUsage(f"{student!r} cannot be a student's id: letters, digits and . _ @ - only.")
    reference = _instructors_notebook(course, section)
    progress(Step("collect"))
    path = notebook or _default_notebook(course, section.id, student)
    submission = _read(course, section, path, reference)
    url = url_of(course, load_config(course))
    check_gradebook(course, url)
    check_writable(course, url)
    with grading_lock(course, section.id) as held:
        _sweep(course)
        if notebook is not None or student == ME:
            _collect(course, section.id, student, submission)
        outcome = engine_for(held).grade(Job(course, section.id, student, restart=force), progress)
        return _result(course, section, student, outcome, submission, held)


def _instructors_notebook(course: Course, section: Section) -> Path:
    path = course.source(section.id)
    if path.is_file():
        return path
    if not path.parents[1].is_dir():
        raise CourseProblem(
            f"This copy of the course has no source/ folder, so that {section.id} cannot be graded here. "
            + how_to_hand_in(section.id)
        )
    raise CourseProblem(
        f"{course.shown(path)} is missing, so that {section.id} cannot be graded. "
        f"Restore it, for example with `git restore source/{section.id}`."
    )


def how_to_hand_in(section: str) -> str:
    """What a learner in a class does instead of grading."""
    return (
        "In a class your teacher grades: hand the notebook in with nbgrader (Nbgrader > Assignment List, "
        f"or `nbgrader submit {section}`); Validate shows the visible checks at once."
    )


def _default_notebook(course: Course, section: str, student: str) -> Path:
    if student == ME:
        return course.copy(section)
    return course.submitted(section, student) / f"{section}.ipynb"


def _read(course: Course, section: Section, path: Path, reference: Path) -> Submission:
    if not path.exists():
        raise BadNotebook(_where_is_it(course, section.id, path, reference))
    return read_submission(path, section.id, reference, course.shown(path))


def _where_is_it(course: Course, section: str, path: Path, reference: Path) -> str:
    missing = f"There is no {course.shown(path)}."
    renamed = look_alikes(path.parent, section, reference) if path.parent.is_dir() else []
    if renamed:
        other = course.shown(renamed[0])
        return (
            f"{missing} {other} looks like it under another name: rename it to {path.name}, "
            f'or grade it with `course grade {section} --notebook "{other}"`.'
        )
    if path.parent == course.work:
        return f"{missing} Run `course lab` to get a copy of the section."
    if not path.is_relative_to(course.root / "submitted"):
        return missing
    others = [folder.parent.name for folder in (course.root / "submitted").glob(f"*/{section}")]
    near = difflib.get_close_matches(path.parents[1].name, others, n=1)
    return f"{missing} Collect it with `nbgrader collect {section}`, or name a file with --notebook." + (
        f" Did you mean {near[0]}?" if near else ""
    )


def _sweep(course: Course) -> None:
    """Remove what an interrupted run left half finished. The lock is held, so nobody is using it."""
    for folder in course.state.glob("grading-*"):
        if folder.is_dir():
            remove_folder(folder)


def _collect(course: Course, section: str, student: str, submission: Submission) -> None:
    """Put the notebook into `submitted/`, as it is, with the time as nbgrader writes it."""
    with scratch_folder(course, "grading") as scratch:
        made = scratch / section
        made.mkdir()
        (made / f"{section}.ipynb").write_bytes(submission.data)
        (made / "timestamp.txt").write_text(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f} UTC")
        replace_folder(made, course.submitted(section, student), scratch)


def _after_an_interrupt(stopped: str, graded: str) -> str:
    text = f"An earlier grading of {stopped} was interrupted; what it left behind was cleared."
    if stopped == graded:
        return text
    return f"{text} Its points may be a mixture of two runs: grade {stopped} again."


def _result(
    course: Course, section: Section, student: str, outcome: Outcome, submission: Submission, held: Held
) -> SectionResult:
    notes = []
    if held.unfinished:
        notes.append(_after_an_interrupt(held.unfinished, section.id))
    if submission.missing:
        notes.append(
            f"Missing from your notebook, and put back to grade it: {', '.join(submission.missing)}."
        )
    graded = outcome.status is not Status.FAILED
    executed = course.autograded(section.id, student) / f"{section.id}.ipynb"
    return SectionResult(
        section=section.id,
        title=section.title,
        student=student,
        status=outcome.status.value,
        reason=outcome.reason,
        seconds=outcome.seconds,
        rows=rows_of(section, outcome, executed) if graded else (),
        notes=tuple(notes),
        feedback=course.feedback(section.id, student) / f"{section.id}.html" if graded else None,
    )
