"""Make `release/` from `source/` with nbgrader's own generate_assignment, without touching the gradebook."""

from __future__ import annotations

import contextlib
import filecmp
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course.errors import CourseProblem
from course.folders import Course, replace_folder, scratch_folder
from course.grading.gradebook import load_config, skip_slow_import


@contextlib.contextmanager
def generated(course: Course, section: str) -> Iterator[tuple[Path, Path]]:
    """The freshly generated release folder of a section, and the scratch folder it is in; both go afterwards.

    Raises CourseProblem with nbgrader's own complaint where the source cannot be released.
    """
    if not course.source(section).is_file():
        raise CourseProblem(f"There is no {course.shown(course.source(section))} to make a release from.")
    with scratch_folder(course, "build") as scratch:
        _generate(course, section, scratch)
        yield scratch / "release" / section, scratch


def build(course: Course, section: str) -> list[str]:
    """Replace a section's release by a fresh one, whole. Returns the names of files that changed."""
    with generated(course, section) as (new, scratch):
        changed = differences(new, course.release(section).parent)
        if changed:
            replace_folder(new, course.release(section).parent, scratch)
    return changed


def check(course: Course, section: str) -> list[str]:
    """Names of files in which a section's release differs from what its source gives. Changes nothing."""
    with generated(course, section) as (new, _scratch):
        return differences(new, course.release(section).parent)


def differences(new: Path, old: Path) -> list[str]:
    """Relative names of files that are in only one of two folders, or not the same byte for byte."""
    names = sorted({*_files(new), *_files(old)})
    return [
        name
        for name in names
        if not ((new / name).is_file() and (old / name).is_file())
        or not filecmp.cmp(new / name, old / name, shallow=False)
    ]


def _files(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found}


def _generate(course: Course, section: str, scratch: Path) -> None:
    skip_slow_import()
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config
    from traitlets.log import get_logger

    places = {
        "assignment_id": section,
        "release_directory": f"{scratch.relative_to(course.root).as_posix()}/release",
        "db_url": f"sqlite:///{scratch / 'unused.db'}",
    }
    config = load_config(course)
    config.merge(Config({"CourseDirectory": places}))
    converter = GenerateAssignment(
        coursedir=CourseDirectory(config=config), config=config, force=True, no_database=True
    )
    # What SaveCells records does not change the notebook, and a release needs no records.
    converter.preprocessors = [step for step in converter.preprocessors if not _is_save_cells(step)]
    with _logged_to(get_logger()) as log:
        try:
            converter.start()
        except NbGraderException as problem:
            reason = _last_line_of_error(log.getvalue()) or str(problem)
            raise CourseProblem(f"nbgrader cannot make a release of {section}: {reason}.") from problem


def _is_save_cells(step: Any) -> bool:
    return getattr(step, "__name__", str(step)).rpartition(".")[2] == "SaveCells"


@contextlib.contextmanager
def _logged_to(logger: Any) -> Iterator[io.StringIO]:
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    before = logger.handlers[:], logger.propagate
    logger.handlers[:], logger.propagate = [handler], False
    try:
        yield text
    finally:
        logger.handlers[:], logger.propagate = before


def _last_line_of_error(log: str) -> str:
    lines = [line for line in log.splitlines() if line and not line.startswith(" ")]
    errors = [line for line in lines if "Error" in line.split(":")[0]]
    return errors[-1] if errors else ""
