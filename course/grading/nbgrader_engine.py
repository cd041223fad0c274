"""The engine that runs nbgrader's own converters, in a process of its own with a clean environment."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from course.errors import CourseProblem
from course.folders import scratch_folder, state_folder
from course.grading.engine import CellScore, Job, Outcome, Report, Status, Step
from course.grading.environment import clean_environment


class NbgraderEngine:
    """Starts `course.grading.nbgrader_worker` and listens to it. Its log is `.course/grading.log`."""

    def __init__(self, keep_open: tuple[int, ...] = ()) -> None:
        """`keep_open`: descriptors the worker inherits; a lock lasts as long as anyone works under it."""
        self.keep_open = keep_open

    def grade(self, job: Job, report: Report) -> Outcome:
        """See `Engine.grade`."""
        began = time.monotonic()
        log = state_folder(job.course) / "grading.log"
        with scratch_folder(job.course, "grading") as scratch, log.open("wb") as log_file:
            worker = self._start(scratch, log_file, job)
            try:
                result = _listen(worker, job, scratch, report)
            finally:
                _stop(worker)
        seconds = time.monotonic() - began
        if result is None:
            reason = f"The grading process stopped without an answer. Details are in {job.course.shown(log)}."
            return Outcome(Status.FAILED, reason, seconds)
        return _outcome(result, seconds)

    def _start(self, scratch: Path, log: IO[bytes], job: Job) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "course.grading.nbgrader_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            cwd=job.course.root,
            env=clean_environment(IPYTHONDIR=str(scratch / "ipython")),
            pass_fds=() if sys.platform == "win32" else self.keep_open,
        )


def _listen(worker: subprocess.Popen[str], job: Job, scratch: Path, report: Report) -> dict[str, Any] | None:
    assert worker.stdin is not None
    order = {
        "root": str(job.course.root),
        "section": job.section,
        "student": job.student,
        "restart": job.restart,
        "scratch": str(scratch),
    }
    worker.stdin.write(json.dumps(order) + "\n")
    worker.stdin.flush()
    for message in _messages(worker):
        if message["event"] == "step":
            report(Step(message["stage"], message["done"], message["total"]))
        elif message["event"] == "refused":
            raise CourseProblem(message["reason"])
        else:
            return message
    return None


def _messages(worker: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert worker.stdout is not None
    for line in worker.stdout:
        yield json.loads(line)


def _stop(worker: subprocess.Popen[str]) -> None:
    """The worker ends when its input does; what does not end is made to."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        worker.stdin.close()
    try:
        worker.wait(timeout=10)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
    finally:
        worker.stdout.close()


def _outcome(result: dict[str, Any], seconds: float) -> Outcome:
    return Outcome(
        status=Status(result["status"]),
        reason=result["reason"],
        seconds=seconds,
        scores={grade_id: CellScore(points, most) for grade_id, (points, most) in result["scores"].items()},
        unanswered=frozenset(result["unanswered"]),
    )
