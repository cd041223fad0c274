"""nbgrader itself: generate a release, and autograde submissions, each in a course folder of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from course.folders import Course
from course.grading.engine import Job, Outcome
from course.grading.nbgrader_engine import NbgraderEngine

REPOSITORY = Path(__file__).parents[2]


def course_folder(folder: Path, source: Path) -> Course:
    """An empty course with one section: the real nbgrader configuration and a copy of source/<section>."""
    (folder / "source").mkdir(parents=True)
    shutil.copytree(source.parent, folder / "source" / source.stem)
    shutil.copy2(REPOSITORY / "nbgrader_config.py", folder)
    return Course(folder)


def generate_release(folder: Path, source: Path) -> Path:
    """Run ``nbgrader generate_assignment`` on one section; the folder release/<section> that it wrote."""
    course = course_folder(folder, source)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", source.stem],
        cwd=course.root,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise AssertionError(f"nbgrader generate_assignment {source.stem} failed:\n{run.stderr[-3000:]}")
    return course.release(source.stem).parent


def autograde(folder: Path, source: Path, submissions: Mapping[str, str]) -> dict[str, Outcome]:
    """Grade notebooks (student → text of the file) with nbgrader's own pipeline."""
    course = course_folder(folder, source)
    outcomes = {}
    for student, text in submissions.items():
        path = course.submitted(source.stem, student) / source.name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        job = Job(course, source.stem, student)
        outcomes[student] = NbgraderEngine().grade(job, lambda step: None)
    return outcomes


def scores(outcome: Outcome) -> dict[str, float]:
    """Points by grade id. Raises AssertionError where the submission could not be graded."""
    if outcome.reason:
        raise AssertionError(outcome.reason)
    return {grade_id: cell.points for grade_id, cell in outcome.scores.items()}


def difference(generated: Path, committed: Path) -> list[str]:
    """Gate F: the files of two release folders that are not the same, byte for byte."""
    names = {path.relative_to(folder) for folder in (generated, committed) for path in folder.rglob("*")}
    findings = []
    for name in sorted(names):
        here, there = generated / name, committed / name
        if here.is_dir() and there.is_dir():
            continue
        if not here.is_file():
            findings.append(f"{committed.name}/{name} is not what nbgrader generates: it should not be there")
        elif not there.is_file():
            findings.append(f"{committed.name}/{name} is missing")
        elif here.read_bytes() != there.read_bytes():
            findings.append(
                f"{committed.name}/{name} differs from what nbgrader generates: run `course build`"
            )
    return findings
