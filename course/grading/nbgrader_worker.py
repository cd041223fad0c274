"""The process that grades one submission with nbgrader's converters.

Input: one line of JSON (see `nbgrader_engine`), then nothing until the parent closes the pipe or dies, which
ends this process too. Output: one JSON object a line: steps, and at the end a result or a refusal. The log
goes to stderr.

nbgrader writes into a scratch folder; finished folders are moved into their places at the end.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sqlite3
import sys
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from course.errors import CourseProblem
from course.folders import COURSE_ID, Course, replace_folder
from course.grading import gradebook as gradebooks
from course.grading.engine import Status

gradebooks.skip_slow_import()

import nbformat  # noqa: E402
from nbgrader.api import Gradebook, MissingEntry  # noqa: E402
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback  # noqa: E402
from nbgrader.converters.base import BaseConverter, NbGraderException  # noqa: E402
from nbgrader.coursedir import CourseDirectory  # noqa: E402
from nbgrader.preprocessors import (  # noqa: E402
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    Execute,
    LockCells,
)
from traitlets.config import Config  # noqa: E402
from traitlets.log import get_logger  # noqa: E402


def main() -> None:
    """Grade the one submission that the parent asks for."""
    answers = _take_over_stdout()
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    errors = _log_to_stderr()
    grading = Grading(order, answers, errors)
    try:
        result = grading.run()
    except CourseProblem as problem:
        result = {"event": "refused", "reason": str(problem)}
    _tell(answers, result)


class Grading:
    """One submission on its way through nbgrader."""

    def __init__(self, order: dict[str, Any], answers: TextIO, errors: ErrorLog) -> None:
        self.course = Course(Path(order["root"]))
        self.section: str = order["section"]
        self.student: str = order["student"]
        self.restart: bool = order["restart"]
        self.scratch = Path(order["scratch"])
        self.answers = answers
        self.errors = errors
        self.config = gradebooks.load_config(self.course)
        self.url = gradebooks.url_of(self.course, self.config)

    def run(self) -> dict[str, Any]:
        """Prepare the assignment, autograde, make feedback, publish. Returns the result message."""
        self._step("prepare")
        gradebooks.check(self.course, self.url)
        self._make_gradebook()
        self._prepare_assignment()
        autograde = self._converter(Autograde, student_id=self.student)
        autograde.autograde_preprocessors = [
            _reporting_execute(self) if _is_execute(step) else step
            for step in autograde.autograde_preprocessors
        ]
        if not self._convert(autograde):
            return _result(Status.FAILED, self.errors.reason())
        self._step("feedback")
        if not self._convert(self._converter(GenerateFeedback, student_id=self.student)):
            return _result(Status.FAILED, self.errors.reason())
        for step in ("autograded", "feedback"):
            made = self.scratch / step / self.student / self.section
            replace_folder(made, self.course.root / step / self.student / self.section, self.scratch)
        return self._read_scores()

    def executing(self, done: int, total: int) -> None:
        """Cell number `done` of `total` has run."""
        self._step("score" if done == total else "run", done, total)

    def _make_gradebook(self) -> None:
        """nbgrader sets up a database in several steps; a new file appears only when all are done."""
        file = gradebooks.sqlite_file(self.url)
        if file is None or (file.exists() and file.stat().st_size > 0):
            return
        new = self.scratch / "gradebook.db"
        Gradebook(f"{gradebooks.SQLITE}{new}", COURSE_ID).close()
        os.replace(new, file)

    def _prepare_assignment(self) -> None:
        """See to it that the gradebook knows the section as the source has it now."""
        wanted, known = self._cells_in_source(), self._cells_in_gradebook()
        if wanted == known:
            return
        if known and wanted.keys() != known.keys() and self._has_submissions():
            self._start_afresh()
        # nbgrader writes a release along with its records; it goes to the scratch folder, not to release/.
        if not self._convert(self._converter(GenerateAssignment)):
            raise CourseProblem(
                f"nbgrader cannot make the assignment {self.section} from its source: {self.errors.reason()}"
            )

    def _cells_in_source(self) -> dict[str, tuple[str, float]]:
        """{grade id: (checksum, points)} as nbgrader would record them."""
        notebook = nbformat.read(self.course.source(self.section), as_version=4)
        resources: dict[str, Any] = {}
        for step in (LockCells, ClearSolutions, ClearOutput, ComputeChecksums):
            notebook, resources = step(config=self.config).preprocess(notebook, resources)
        cells = {}
        for cell in notebook.cells:
            meta = cell.metadata.get("nbgrader", {})
            if any(meta.get(flag) for flag in ("grade", "solution", "locked")):
                points = float(meta["points"]) if meta.get("grade") else 0.0
                cells[meta["grade_id"]] = (meta["checksum"], points)
        return cells

    def _cells_in_gradebook(self) -> dict[str, tuple[str, float]]:
        with Gradebook(self.url, COURSE_ID) as gradebook:
            try:
                notebook = gradebook.find_notebook(self.section, self.section)
            except MissingEntry:
                return {}
            points = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
            return {cell.name: (cell.checksum, points.get(cell.name, 0.0)) for cell in notebook.source_cells}

    def _has_submissions(self) -> bool:
        with Gradebook(self.url, COURSE_ID) as gradebook:
            return bool(gradebook.find_assignment(self.section).submissions)

    def _start_afresh(self) -> None:
        """Drop a section's records of an older version, keeping a copy of the whole gradebook."""
        file = gradebooks.sqlite_file(self.url)
        if not self.restart or file is None:
            raise CourseProblem(
                f"The gradebook holds grades for an earlier version of {self.section} with other exercises, "
                f"and nbgrader cannot mix the two. {self._how_to_start_afresh(can_copy=file is not None)}"
            )
        copy = file.with_name(f"{file.name}.{datetime.now():%Y%m%d-%H%M%S}")
        with closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(copy)) as new:
            old.backup(new)
        with Gradebook(self.url, COURSE_ID) as gradebook:
            gradebook.remove_assignment(self.section)

    def _how_to_start_afresh(self, can_copy: bool) -> str:
        if can_copy:
            return (
                f"Run `course grade {self.section} --force`: it keeps a copy of the gradebook "
                "and begins this section's grades afresh."
            )
        command = f"nbgrader db assignment remove {self.section} --force"
        return f"Back the database up, run `{command}`, and grade again."

    def _converter(self, kind: type[BaseConverter], student_id: str = "*") -> Any:
        scratch = self.scratch.relative_to(self.course.root).as_posix()
        places = Config(
            {
                "CourseDirectory": {
                    "release_directory": f"{scratch}/release",
                    "autograded_directory": f"{scratch}/autograded",
                    "feedback_directory": f"{scratch}/feedback",
                    "assignment_id": self.section,
                    "student_id": student_id,
                    "db_url": self.url,
                }
            }
        )
        config = self.config.copy()
        config.merge(places)
        return kind(coursedir=CourseDirectory(config=config), config=config, force=True)

    def _convert(self, converter: Any) -> bool:
        try:
            converter.start()
        except NbGraderException:
            return False
        return True

    def _read_scores(self) -> dict[str, Any]:
        with Gradebook(self.url, COURSE_ID) as gradebook:
            submission = gradebook.find_submission_notebook(self.section, self.section, self.student)
            scores = {
                grade.name: (float(grade.score or 0), float(grade.max_score)) for grade in submission.grades
            }
            unanswered = [c.name for c in submission.comments if c.auto_comment == "No response."]
        slow = _cells_out_of_time(
            self.course.autograded(self.section, self.student) / f"{self.section}.ipynb"
        )
        if slow:
            limit = self.config.Execute.get("timeout", Execute.timeout.default_value)
            reason = f"Stopped at the limit of {limit} s a cell: {', '.join(slow)}."
            return _result(Status.TIMED_OUT, reason, scores, unanswered)
        return _result(Status.GRADED, "", scores, unanswered)

    def _step(self, stage: str, done: int = 0, total: int = 0) -> None:
        _tell(self.answers, {"event": "step", "stage": stage, "done": done, "total": total})


class ErrorLog(logging.Handler):
    """Remembers the last error that nbgrader logged, for a reason that a person can read."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.last_exception = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line of a logged traceback that names the last exception; its text may have more lines."""
        text = record.getMessage().strip()
        if text.startswith("Traceback"):
            lines = text.splitlines()
            named = [line for line in lines if re.match(r"[\w.]+(Error|Exception|Timeout)\b", line)]
            self.last_exception = (named or lines)[-1]

    def reason(self) -> str:
        """Why nbgrader gave up."""
        if "DeadKernelError" in self.last_exception:
            return (
                "The notebook's kernel died while a cell ran: out of memory, a crash in compiled code, "
                "or os._exit. Run all cells from a fresh kernel to find the cell."
            )
        why = self.last_exception or "no reason given"
        return f"nbgrader gave up: {why}. Details are in .course/grading.log."


def _reporting_execute(grading: Grading) -> type[Execute]:
    class ReportingExecute(Execute):
        """nbgrader's own Execute that says how far it is."""

        def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
            done = super().preprocess_cell(cell, resources, index)
            grading.executing(index + 1, len(self.nb.cells))
            return done

    ReportingExecute.__name__ = Execute.__name__
    return ReportingExecute


def _is_execute(step: Any) -> bool:
    return step is Execute or step == "nbgrader.preprocessors.Execute"


def _cells_out_of_time(autograded: Path) -> list[str]:
    notebook = json.loads(autograded.read_text(encoding="utf-8"))
    return [
        cell["metadata"].get("nbgrader", {}).get("grade_id", cell.get("id", "a cell without id"))
        for cell in notebook["cells"]
        if any(output.get("ename") == "CellTimeoutError" for output in cell.get("outputs", []))
    ]


def _result(
    status: Status,
    reason: str,
    scores: dict[str, tuple[float, float]] | None = None,
    unanswered: list[str] | None = None,
) -> dict[str, Any]:
    return {
        "event": "result",
        "status": status,
        "reason": reason,
        "scores": scores or {},
        "unanswered": unanswered or [],
    }


def _take_over_stdout() -> TextIO:
    """Keep stdout for the messages; whatever anyone prints goes to the log."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    return answers


def _tell(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def _end_with_parent() -> None:
    """Wait for the end of input. A kernel notices by itself that its parent is gone."""
    while os.read(0, 1024):
        pass
    os._exit(0)


def _log_to_stderr() -> ErrorLog:
    errors = ErrorLog()
    logger: Any = get_logger()
    logger.setLevel(logging.INFO)
    logger.addHandler(errors)
    logger.addHandler(logging.StreamHandler(sys.stderr))
    return errors


if __name__ == "__main__":
    main()
