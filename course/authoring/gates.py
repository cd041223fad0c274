"""Run the gates of one section or of all: `course gates s03`."""

from __future__ import annotations

import subprocess
import sys

from course.errors import CourseProblem, WrongUsage
from course.folders import Course, find_course
from course.sections import section_ids


def run_gates(section: str | None = None, course: Course | None = None, extra: tuple[str, ...] = ()) -> int:
    """Run pytest on tests/gates for `section` (all sections where None); its exit status.

    extra: more arguments for pytest. Raises CourseProblem where the course has no gates (an installed package
    without its repository), WrongUsage for a section that source/ does not have.
    """
    course = course or find_course()
    gates = course.root / "tests" / "gates"
    if not gates.is_dir():
        raise CourseProblem(
            f"{course.root} has no tests/gates: run this in a checkout of the course's repository."
        )
    if section is not None and section not in section_ids(course.root):
        known = ", ".join(section_ids(course.root)) or "none yet"
        raise WrongUsage(
            f"source/ has no section {section}. It has: {known}. `course new {section}` makes one."
        )
    chosen = ["--section", section] if section else []
    command = [sys.executable, "-m", "pytest", "tests/gates", "-q", *chosen, *extra]
    return subprocess.run(command, cwd=course.root, check=False).returncode
