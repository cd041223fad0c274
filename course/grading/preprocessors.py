"""Preprocessors that `nbgrader_config.py` plugs into nbgrader's own converters."""

from __future__ import annotations

from typing import Any

from nbformat.notebooknode import NotebookNode, from_dict
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade
from traitlets import List

from course.grading.canonical import canonicalize
from course.grading.submission import NBGRADER_SCHEMA, problems_with_cells

HIDDEN_MARK = "BEGIN HIDDEN TESTS"
CHECK_LABELS = ("Checked: ", "Saw: ", "Needed: ", "Why it matters: ", "Look at: ")
HIDDEN_NOTE = "# Hidden checks ran here. Their code is not shown; what they found is below."

Resources = dict[str, Any]


class Canonical(NbGraderPreprocessor):
    """Last step of a release: canonical form, so that the same source always gives the same bytes."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Bring the notebook into canonical form."""
        return from_dict(canonicalize(nb)), resources


class RefuseUngradable(NbGraderPreprocessor):
    """First step of autograding: stop one submission that would otherwise stop the whole class.

    nbgrader ends its run at a cell that was copied together with its id, and blames an old metadata format.
    An ordinary error instead is recorded for this submission, and the others are graded.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Raise ValueError with all that is wrong with the cells."""
        problems = problems_with_cells(nb.cells)
        if problems:
            raise ValueError(" ".join(problems))
        return nb, resources


class PutChecksBack(NbGraderPreprocessor):
    """Before OverwriteCells: graded cells that a learner deleted come back, empty, in their places.

    OverwriteCells then fills them in. Without them nbgrader would keep the points of an earlier grading for
    cells that are no longer there.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Insert each missing graded cell after its exercise's answer, or at the end."""
        known = resources["nbgrader"]
        with Gradebook(known["db_url"]) as gradebook:
            for cell in gradebook.find_notebook(known["notebook"], known["assignment"]).grade_cells:
                if cell.name not in {_grade_id(there) for there in nb.cells if is_grade(there)}:
                    nb.cells.insert(_place(nb.cells, cell.name), _empty_check(cell))
        return nb, resources


def _place(cells: list[NotebookNode], grade_id: str) -> int:
    exercise = grade_id.removesuffix("-hidden").removesuffix("-visible")
    before = {exercise, f"{exercise}-visible"}
    return max((at for at, cell in enumerate(cells, 1) if _grade_id(cell) in before), default=len(cells))


def _empty_check(cell: Any) -> NotebookNode:
    flags = {
        "grade": True,
        "solution": False,
        "locked": True,
        "task": False,
        "schema_version": NBGRADER_SCHEMA,
    }
    meta = {**flags, "grade_id": cell.name, "points": cell.max_score, "cell_type": cell.cell_type}
    return new_code_cell(metadata={"nbgrader": meta})


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


class HideTests(NbGraderPreprocessor):
    """In feedback, keep what hidden checks found and drop their code.

    The code is also in tracebacks: those of hidden cells are cut down to the error's own text.
    """

    display_data_priority = List(NbGraderPreprocessor.display_data_priority.default()).tag(config=True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, cell_index: int
    ) -> tuple[NotebookNode, Resources]:
        """Replace the source of a graded cell with hidden tests by a note."""
        if cell.cell_type == "code" and is_grade(cell) and HIDDEN_MARK in cell.source:
            cell.source = HIDDEN_NOTE
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [error_text(output)]
        return cell, resources


def error_text(output: Any) -> str:
    """An error output as its name and message, without any code around it; of a failed check, its lines."""
    name, message = output["ename"], output["evalue"]
    if name == "CheckFailed":
        lines = [line for line in output["traceback"] if line.startswith(CHECK_LABELS)]
        return "\n".join(lines) or str(message)
    return f"{name}: {message}" if message else str(name)
