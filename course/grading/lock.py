"""One grading at a time in a course.

The lock is the operating system's, on an open file: it ends with the process that holds it, however that
ends, so that a stale lock cannot exist. What the file says is only for the message, and for noticing an
unfinished run.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from course.errors import CourseProblem
from course.folders import Course, cannot_write, state_folder


class Busy(CourseProblem):
    """Another grading runs in this course."""


@dataclass(frozen=True)
class Held:
    """A lock that is held. `unfinished` names the section of an earlier run that was interrupted, if any."""

    fileno: int
    unfinished: str | None


@contextmanager
def grading_lock(course: Course, section: str) -> Iterator[Held]:
    """Hold the course's grading lock. Raises Busy, naming the other run, instead of waiting."""
    path = state_folder(course) / "grading.lock"
    note = path.with_suffix(".json")
    try:
        file = path.open("a+b")
    except OSError as problem:
        raise cannot_write(path, problem) from problem
    with file:
        if not _try_lock(file):
            raise Busy(_who(note))
        unfinished = _read(note).get("section")
        note.write_text(
            json.dumps({"section": section, "pid": os.getpid(), "since": f"{datetime.now():%H:%M:%S}"})
        )
        try:
            yield Held(file.fileno(), unfinished)
        except Exception:
            note.unlink(missing_ok=True)
            raise
        note.unlink(missing_ok=True)  # an interrupt leaves the note behind: that is how the next run knows


def unfinished_section(course: Course) -> str | None:
    """The section whose grading runs now or was stopped before its end; its scores may be of two runs."""
    return _read(course.state / "grading.json").get("section")


def _who(note: Path) -> str:
    other = _read(note)
    who = f" (section {other['section']}, process {other['pid']}, since {other['since']})" if other else ""
    return f"Another grading is running in this course{who}. Wait until it ends, then run the command again."


def _read(note: Path) -> dict[str, str]:
    try:
        found = json.loads(note.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and {"section", "pid", "since"} <= found.keys() else {}


def _try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
