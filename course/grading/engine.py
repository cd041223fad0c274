"""What a grading engine must offer. Everything else in `course.grading` is the same for all engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from course.folders import Course


class Status(StrEnum):
    """How the grading of one submission ended."""

    GRADED = "graded"
    TIMED_OUT = "timed out"
    """Graded, but at least one cell was stopped at the time limit."""
    FAILED = "failed"
    """No score was recorded; the reason says why."""


@dataclass(frozen=True)
class CellScore:
    """Score of one graded cell, as the gradebook has it."""

    points: float
    max_points: float


@dataclass(frozen=True)
class Outcome:
    """What became of one submission. `seconds` is wall time; the mappings are by nbgrader's grade id."""

    status: Status
    reason: str
    seconds: float
    scores: Mapping[str, CellScore] = field(default_factory=dict)
    unanswered: frozenset[str] = frozenset()
    """Answer cells that are still as they were released."""


@dataclass(frozen=True)
class Step:
    """Progress: which stage, and how many of how many cells within it (0 of 0 where that means nothing)."""

    stage: str
    done: int = 0
    total: int = 0


Report = Callable[[Step], None]


@dataclass(frozen=True)
class Job:
    """One submission to grade: it is in `course.submitted(section, student)`.

    `restart`: where the gradebook holds grades of a version of the section with other exercises, keep a copy
    of the gradebook and begin afresh. Without it such a job is refused.
    """

    course: Course
    section: str
    student: str
    restart: bool = False


class Engine(Protocol):
    """Grades one submission."""

    def grade(self, job: Job, report: Report) -> Outcome:
        """Score a submission, recording it in the gradebook, `autograded/` and `feedback/`.

        The folders are replaced whole, and only when the new ones are complete. Being stopped at any moment
        leaves nothing that another call does not put right. Raises CourseProblem for a job that cannot be
        begun.
        """
        ...
