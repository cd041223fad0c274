"""`course.grade("s03")`: the last cell of a notebook grades the notebook it is in."""

from __future__ import annotations

import html
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from course.errors import CourseProblem
from course.folders import Course, find_course
from course.grading.environment import clean_environment
from course.grading.executed import notebook_path, unsaved_cells
from course.grading.result import Row, SectionResult, points_text
from course.grading.service import how_to_hand_in
from course.grading.show import stage_text

NBGRADER_VARIABLE = "NBGRADER_EXECUTION"
"""nbgrader sets this while it autogrades or validates."""
SWITCH_OFF_VARIABLE = "COURSE_NO_GRADE"
"""Set to 1 to run a notebook from top to bottom without grading it."""

AUTOSAVE_CHECKS = 24
SECONDS_BETWEEN_CHECKS = 0.5


def grade(section: str) -> None:
    """Grade the notebook this is called from, and show points, first failed checks and where the feedback is.

    The notebook's file is graded, in a process of its own; the kernel and its cloud stay as they are. Does
    nothing but say so while nbgrader runs the notebook, or where COURSE_NO_GRADE=1 is set.
    """
    if os.environ.get(NBGRADER_VARIABLE) or os.environ.get(SWITCH_OFF_VARIABLE) == "1":
        print("Grading is skipped: the notebook is run by a program.")
        return
    display = _Display()
    try:
        path = notebook_path(section)
        course = _course_of(path, section)
        _wait_until_saved(path, display)
        _run(course, section, path, display)
    except CourseProblem as problem:
        display.text(str(problem))


def _course_of(path: Path, section: str) -> Course:
    try:
        course = find_course(path.parent)
    except CourseProblem as problem:
        raise CourseProblem(
            f"This notebook is not in a course's folder. {how_to_hand_in(section)}"
        ) from problem
    for folder in ("source", "release"):
        if path.is_relative_to(course.root / folder):
            raise CourseProblem(
                f"{course.shown(path)} is not a learner's copy and is not graded. Grade your copy in work/."
            )
    return course


def _wait_until_saved(path: Path, display: _Display) -> None:
    """Give JupyterLab's autosave time to write what was executed.

    Counted in checks, not in clock time: the lab can stop the clock of this process.
    """
    for _ in range(AUTOSAVE_CHECKS):
        if not unsaved_cells(path):
            return
        display.text("Waiting for the notebook to be saved …")
        time.sleep(SECONDS_BETWEEN_CHECKS)
    raise CourseProblem(
        "The notebook has changes that are not saved. Save it (Ctrl-S) and run this cell again."
    )


def _run(course: Course, section: str, path: Path, display: _Display) -> None:
    command = [sys.executable, "-m", "course", "grade", section, "--json", "--notebook", str(path)]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        process = subprocess.Popen(
            command,
            cwd=course.root,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        try:
            shown = _listen(process, display)
        except KeyboardInterrupt:
            process.terminate() if sys.platform == "win32" else process.send_signal(signal.SIGINT)
            raise
        finally:
            process.communicate()
        if not shown:
            complaints.seek(0)
            raise CourseProblem(f"Grading stopped without a result. {complaints.read().strip()}")


def _listen(process: subprocess.Popen[str], display: _Display) -> bool:
    """Show what the grading process says. Returns whether there was a result."""
    assert process.stdout is not None
    for line in process.stdout:
        message = json.loads(line)
        if message["event"] == "step":
            display.text(stage_text(message["stage"], message["done"], message["total"]))
        elif message["event"] == "problem":
            raise CourseProblem(message["text"])
        else:
            display.result(SectionResult.from_json(message["result"]))
            return True
    return False


class _Display:
    """One output area that is rewritten as grading goes on, in any front end."""

    def __init__(self) -> None:
        self.handle: Any = None

    def text(self, text: str) -> None:
        self._show({"text/plain": text})

    def result(self, result: SectionResult) -> None:
        self._show({"text/plain": result_text(result), "text/html": result_html(result)})

    def _show(self, bundle: dict[str, str]) -> None:
        from IPython.display import DisplayHandle

        if self.handle is None:
            self.handle = DisplayHandle()
            self.handle.display(bundle, raw=True)
        else:
            self.handle.update(bundle, raw=True)


def result_text(result: SectionResult) -> str:
    """The table as plain text."""
    heading = f"{result.section} {result.title}: {_total(result)}"
    if not result.rows:
        return f"{result.section} {result.title}: {result.reason}"
    width = max(len(row.title) for row in result.rows)
    lines = [f"{row.title:<{width}}  {_points(row):>9}  {row.failed_check}".rstrip() for row in result.rows]
    return "\n".join([heading, "", *lines, "", *_remarks(result)]).rstrip()


def result_html(result: SectionResult) -> str:
    """The table as HTML; every text is escaped."""
    if not result.rows:
        return f"<p>{html.escape(result_text(result))}</p>"
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left'>{html.escape(row.title)}</th>"
        f"<td>{_points(row)}</td>"
        f"<td style='text-align:left'>{html.escape(row.failed_check)}</td></tr>"
        for row in result.rows
    )
    heading = f"{html.escape(result.section)} {html.escape(result.title)}: {_total(result)}"
    remarks = "".join(f"<p>{html.escape(remark)}</p>" for remark in _notes(result)) + _links(result)
    return (
        f"<table><caption style='text-align:left'><strong>{heading}</strong></caption>"
        "<thead><tr><th scope='col' style='text-align:left'>exercise</th><th scope='col'>points</th>"
        "<th scope='col' style='text-align:left'>first failed check</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>{remarks}"
    )


def _total(result: SectionResult) -> str:
    return f"{points_text(result.points)} of {points_text(result.max_points)} points"


def _points(row: Row) -> str:
    return f"{points_text(row.points)} / {points_text(row.max_points)}"


def _notes(result: SectionResult) -> list[str]:
    return [*([result.reason] if result.reason else []), *result.notes]


def _remarks(result: SectionResult) -> list[str]:
    where = [f"Feedback: {_relative(result.feedback)}"] if result.feedback else []
    return [*_notes(result), *where, f"Progress: {_relative(_home())}"]


def _links(result: SectionResult) -> str:
    """Links that open beside the notebook: JupyterLab takes them relative to the notebook's folder."""
    pages = [("All that the checks found", result.feedback), ("Your progress in the course", _home())]
    anchors = [
        f"<a href='{html.escape(Path(os.path.relpath(page)).as_posix())}'>{text}</a> ({_relative(page)})"
        for text, page in pages
        if page is not None
    ]
    return f"<p>{' · '.join(anchors)}</p>"


def _home() -> Path:
    return find_course().work / "home.md"


def _relative(path: Path) -> str:
    try:
        return path.relative_to(find_course().root).as_posix()
    except (ValueError, CourseProblem):
        return str(path)
