"""Run one exercise in this process, in milliseconds, with the verdicts that nbgrader would give.

A fresh namespace, a clean cloud, then the cells in the notebook's order: set-up, given, the answer, visible,
hidden. As in a kernel, an error ends its own cell only. A graded cell earns its points when it raises nothing
and writes nothing to stderr. `tests/gates/test_run_all.py` compares the verdicts with nbgrader's own.
"""

import ast
import contextlib
import functools
import io
import os
import signal
import sys
import traceback
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3

from course import lab
from course.checks import CheckFailed
from course.sections import Cell, Exercise, SectionNotebook

TIME_LIMIT_S = 5.0


class OutOfTimeError(BaseException):
    """The cells took longer than the limit. Not an Exception, so that few answers swallow it."""


@dataclass(frozen=True)
class CellRun:
    """What became of one graded cell. `feedback` is what a learner reads; empty where it passed."""

    role: str
    points: float
    max_points: float
    passed: bool
    feedback: str = ""
    error: str = ""

    @property
    def teaches(self) -> bool:
        """A failure is one of `course.checks`, not a traceback."""
        return self.passed or self.error == CheckFailed.__name__


@dataclass(frozen=True)
class ExerciseRun:
    """What became of one exercise. `answer_error` is what the answer's own cell raised, if it did."""

    cells: tuple[CellRun, ...]
    answer_error: str = ""

    @property
    def points(self) -> float:
        """Points earned."""
        return sum(cell.points for cell in self.cells)

    @property
    def failed(self) -> list[str]:
        """The graded cells that failed, by role."""
        return [cell.role for cell in self.cells if not cell.passed]

    @property
    def feedback(self) -> str:
        """All that the learner reads."""
        return "\n".join(cell.feedback for cell in self.cells if cell.feedback)


def run_exercise(
    notebook: SectionNotebook,
    exercise: Exercise,
    answer: str | None = None,
    *,
    first_failure_only: bool = False,
    time_limit_s: float = TIME_LIMIT_S,
) -> ExerciseRun:
    """Run `exercise` with `answer` in place of its answer cell (None: as the notebook has it).

    first_failure_only: leave out what follows the first graded cell that fails.
    """
    module = types.ModuleType("__main__")
    given = [cell.source for cell in (notebook.setup, exercise.given) if cell is not None]
    with quiet_lab(), _as_main(module):
        for source in given:
            _, error = run_cell(source, module.__dict__, "given", time_limit_s)
            if error is not None:
                raise AssertionError(
                    f"{exercise.id}: a cell that is given to the learner fails: {error!r}"
                ) from error
        source = exercise.answer.source if answer is None else answer
        _, answer_error = run_cell(source, module.__dict__, exercise.id, time_limit_s)
        runs: list[CellRun] = []
        for cell in exercise.graded:
            runs.append(_graded(cell, module.__dict__, time_limit_s))
            if first_failure_only and not runs[-1].passed:
                break
    return ExerciseRun(tuple(runs), error_text(answer_error) if answer_error else "")


def _graded(cell: Cell, namespace: dict[str, Any], time_limit_s: float) -> CellRun:
    role = cell.grade_id.rpartition("-")[2]
    stderr, error = run_cell(cell.source, namespace, cell.grade_id, time_limit_s)
    if error is None and not stderr:
        return CellRun(role, cell.points, cell.points, True)
    feedback = stderr if error is None else error_text(error)
    return CellRun(role, 0.0, cell.points, False, feedback, type(error).__name__ if error else "stderr")


def run_cell(
    source: str, namespace: dict[str, Any], name: str, time_limit_s: float
) -> tuple[str, BaseException | None]:
    """Execute one cell; (what it wrote to stderr, what it raised)."""
    stderr = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(stderr), _warnings_to_stderr():
        try:
            code = compile(source, f"<{name}>", "exec")
            with time_limit(time_limit_s):
                exec(code, namespace)
        except (Exception, SystemExit, OutOfTimeError) as error:
            return stderr.getvalue(), error
    return stderr.getvalue(), None


def error_text(error: BaseException) -> str:
    """What nbgrader's feedback shows of an error."""
    if isinstance(error, CheckFailed):
        return error.text
    return "".join(traceback.format_exception_only(error)).strip()


def ends_in_value(source: str) -> bool:
    """Whether a cell's last statement may show a value, which nbgrader reads as partial credit.

    A call of one of a check's methods other than `call` gives None.
    """
    body = ast.parse(source).body
    if not body or not isinstance(body[-1], ast.Expr):
        return False
    value = body[-1].value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        owner = value.func.value
        return not (isinstance(owner, ast.Name) and owner.id == "check" and value.func.attr != "call")
    return not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name) or value.func.id != "print"


@contextlib.contextmanager
def quiet_lab() -> Iterator[None]:
    """A clean cloud for the block, without the banner."""
    with contextlib.redirect_stdout(io.StringIO()):
        lab.start()
        lab.reset()
    make_client, boto3.client = boto3.client, _shared_client
    try:
        yield
    finally:
        boto3.client = make_client
        lab.reset()


def _shared_client(service_name: str, region_name: str | None = None, **options: Any) -> Any:
    """Clients keep nothing of the cloud, and making one for EC2 takes longer than most exercises."""
    if options or region_name == "":
        return boto3.session.Session().client(service_name, region_name=region_name, **options)
    return _client(service_name, os.environ["AWS_DEFAULT_REGION"] if region_name is None else region_name)


@functools.cache
def _client(service_name: str, region_name: str) -> Any:
    return boto3.session.Session().client(service_name, region_name=region_name)


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTimeError in this thread after `seconds`, again and again until the block is left.

    Where the platform has no interval timers (Windows), nothing limits the time.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise OutOfTimeError(f"took longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    outer, _ = signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, outer)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _as_main(module: types.ModuleType) -> Iterator[None]:
    """A notebook's names live in ``__main__``; dataclasses and the like look for their module there."""
    before = sys.modules["__main__"]
    sys.modules["__main__"] = module
    try:
        yield
    finally:
        sys.modules["__main__"] = before


@contextlib.contextmanager
def _warnings_to_stderr() -> Iterator[None]:
    """Warnings as a kernel shows them, whatever the test run does with its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = lambda message, category, filename, lineno, file=None, line=None: print(
            warnings.formatwarning(message, category, filename, lineno, line), file=sys.stderr
        )
        yield
