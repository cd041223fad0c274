"""What the `course` command writes to the terminal: tables, progress, problems, and JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from course.errors import CourseProblem
from course.folders import Course
from course.grading.engine import Report, Step
from course.grading.result import SectionResult, points_text
from course.grading.show import stage_text
from course.home import Scores, standings
from course.progress import domain_standings
from course.syllabus import Syllabus


def make_console(stderr: bool = False) -> Console:
    return Console(stderr=stderr)


@contextmanager
def busy(console: Console, text: str) -> Iterator[None]:
    if console.is_terminal:
        with console.status(text):
            yield
    else:
        console.print(text, highlight=False)
        yield


@contextmanager
def grading_progress(as_json: bool) -> Iterator[Report]:
    if as_json:

        def tell(step: Step) -> None:
            print(json.dumps({"event": "step", **vars(step)}), flush=True)

        yield tell
        return

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = make_console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Grading …", total=None)

        def show(step: Step) -> None:
            text = stage_text(step.stage, step.done, step.total)
            bar.update(task, description=text, completed=step.done, total=step.total or None)

        yield show


def show_result(course: Course, result: SectionResult, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"event": "result", "result": result.to_json()}), flush=True)
        return
    console = make_console()
    if result.rows:
        table = Table(title=f"{result.section} {result.title}", title_justify="left", show_footer=True)
        table.add_column("exercise", footer="total")
        table.add_column(
            "points",
            justify="right",
            footer=f"{points_text(result.points)} / {points_text(result.max_points)}",
        )
        table.add_column("first failed check")
        for row in result.rows:
            points = f"{points_text(row.points)} / {points_text(row.max_points)}"
            table.add_row(Text(row.title), points, Text(row.failed_check))
        console.print(table)
    for remark in [result.reason, *result.notes]:
        if remark:
            console.print(remark, soft_wrap=True, highlight=False, markup=False)
    if result.feedback:
        where = f"Feedback: {course.shown(result.feedback)} ({result.seconds:.1f} s)"
        console.print(where, soft_wrap=True, highlight=False, markup=False)


def show_problem(problem: CourseProblem, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"event": "problem", "text": str(problem)}), flush=True)
    else:
        make_console(stderr=True).print(f"course: {problem}", soft_wrap=True, markup=False, highlight=False)


def show_progress(console: Console, syllabus: Syllabus, scores: Scores) -> None:
    table = Table(title="Points by section", title_justify="left")
    for heading in ("section", "points"):
        table.add_column(heading, justify="left" if heading == "section" else "right")
    for standing in standings(syllabus, scores):
        points = f"{points_text(standing.points)} / {points_text(standing.max_points)}"
        table.add_row(f"{standing.section.id} {standing.section.title}", points)
    console.print(table)
    for blueprint in syllabus.blueprints:
        table = Table(title=f"Points by domain: {blueprint.exam}", title_justify="left")
        table.add_column("domain")
        table.add_column("weight", justify="right")
        table.add_column("points", justify="right")
        for domain in domain_standings(syllabus, blueprint, scores):
            points = (
                f"{domain.points:.3g} / {domain.max_points:.3g}" if domain.max_points else "no exercises yet"
            )
            table.add_row(domain.domain.name, f"{domain.domain.weight} %", points)
        console.print(table)
