"""What a learner sees of a grading: one row for each exercise, from scores and the executed notebook."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from course.grading.engine import CellScore, Outcome
from course.syllabus import Exercise, Section

NOT_ANSWERED = "not answered yet"
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Row:
    """One exercise. `failed_check` is what the first failing check was about; empty when all passed."""

    exercise: str
    title: str
    points: float
    max_points: float
    failed_check: str


@dataclass(frozen=True)
class SectionResult:
    """The grading of one section. `feedback` is None where nothing could be graded."""

    section: str
    title: str
    student: str
    status: str
    reason: str
    seconds: float
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    feedback: Path | None

    @property
    def points(self) -> float:
        """Points reached."""
        return sum(row.points for row in self.rows)

    @property
    def max_points(self) -> float:
        """Points that could be reached."""
        return sum(row.max_points for row in self.rows)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, with the totals."""
        return {
            **asdict(self),
            "feedback": str(self.feedback) if self.feedback else None,
            "points": self.points,
            "max_points": self.max_points,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SectionResult:
        """The reverse of `to_json`."""
        plain = {key: data[key] for key in ("section", "title", "student", "status", "reason", "seconds")}
        return cls(
            **plain,
            rows=tuple(Row(**row) for row in data["rows"]),
            notes=tuple(data["notes"]),
            feedback=Path(data["feedback"]) if data["feedback"] else None,
        )


def points_text(points: float) -> str:
    """Points without a needless `.0`."""
    return f"{points:g}"


def rows_of(section: Section, outcome: Outcome, autograded: Path) -> tuple[Row, ...]:
    """One row for each exercise of the syllabus, in its order.

    `autograded` is the executed notebook that the outcome belongs to.
    """
    cells = _graded_cells(autograded)
    return tuple(_row(section, exercise, outcome, cells) for exercise in section.exercises)


def exercise_points(section: Section, scores: Mapping[str, CellScore]) -> dict[str, CellScore]:
    """Scores by exercise: the sum over its graded cells, {} entries of zero where none was graded."""
    totals = {exercise.id: CellScore(0.0, float(exercise.points)) for exercise in section.exercises}
    for grade_id, score in scores.items():
        exercise = section.exercise_of(grade_id)
        if exercise is not None:
            totals[exercise.id] = CellScore(totals[exercise.id].points + score.points, float(exercise.points))
    return totals


def _row(section: Section, exercise: Exercise, outcome: Outcome, cells: Mapping[str, dict[str, Any]]) -> Row:
    own = {
        grade_id: score
        for grade_id, score in outcome.scores.items()
        if section.exercise_of(grade_id) == exercise
    }
    points = sum(score.points for score in own.values())
    most = sum(score.max_points for score in own.values()) or float(exercise.points)
    failed = "" if points >= most else _first_failure(exercise, own, cells, outcome.unanswered)
    return Row(exercise.id, exercise.title, points, most, failed)


def _first_failure(
    exercise: Exercise,
    scores: Mapping[str, CellScore],
    cells: Mapping[str, dict[str, Any]],
    unanswered: frozenset[str],
) -> str:
    if exercise.id in unanswered:
        return NOT_ANSWERED
    for grade_id, cell in cells.items():
        if grade_id in scores:
            failure = failure_of(cell)
            if failure:
                return failure
    return ""


def failure_of(cell: Mapping[str, Any]) -> str:
    """What an executed graded cell complains about, in one line; empty when it passed."""
    for output in cell.get("outputs", []):
        if output["output_type"] == "error":
            return _error_line(output)
        if output["output_type"] == "stream" and output["name"] == "stderr":
            first = "".join(output["text"]).strip().splitlines() or [""]
            return f"wrote to stderr: {first[0]}"
    return ""


def _error_line(output: Mapping[str, Any]) -> str:
    name, message = str(output["ename"]), _ANSI.sub("", str(output["evalue"]))
    if name == "NotImplementedError":
        return NOT_ANSWERED
    if name == "CellTimeoutError":
        return "ran longer than the time limit of a cell"
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    for line in lines:
        if line.startswith("Checked:"):
            return line.removeprefix("Checked:").strip()
    return f"{name}: {lines[0]}" if lines else name


def _graded_cells(autograded: Path) -> dict[str, dict[str, Any]]:
    """Graded cells of an executed notebook by nbgrader id, in the notebook's order."""
    notebook = json.loads(autograded.read_text(encoding="utf-8"))
    metas = [(cell["metadata"].get("nbgrader", {}), cell) for cell in notebook["cells"]]
    return {meta["grade_id"]: cell for meta, cell in metas if meta.get("grade")}
