"""Where the course is on disk, and where each of its files goes.

The course's root is the folder with `nbgrader_config.py`; everything else follows from it.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from course.errors import CourseProblem

CONFIG_NAME = "nbgrader_config.py"
COURSE_ID = "aws-developer-associate"
ME = "me"
"""Student id of a person who learns alone."""


@dataclass(frozen=True)
class Course:
    """The folders of one course. Nothing is created by asking for a path."""

    root: Path

    @property
    def work(self) -> Path:
        """The learner's own copies."""
        return self.root / "work"

    @property
    def state(self) -> Path:
        """Locks, logs and half-finished results; never anything that cannot be made again."""
        return self.root / ".course"

    @property
    def syllabus_file(self) -> Path:
        """This course's own list of sections, or the one that comes with the package."""
        own = self.root / "syllabus.toml"
        return own if own.is_file() else Path(__file__).with_name("syllabus.toml")

    @property
    def gradebook(self) -> Path:
        """nbgrader's database (unless `nbgrader_config.py` names another by `db_url`)."""
        return self.root / "gradebook.db"

    @property
    def home(self) -> Path:
        """The page JupyterLab opens."""
        return self.work / "home.md"

    @property
    def progress_picture(self) -> Path:
        """The picture that `course progress` draws."""
        return self.work / "progress.png"

    def source(self, section: str) -> Path:
        """The instructor's notebook of a section."""
        return self.root / "source" / section / f"{section}.ipynb"

    def release(self, section: str) -> Path:
        """The learner's notebook of a section, as nbgrader made it."""
        return self.root / "release" / section / f"{section}.ipynb"

    def copy(self, section: str) -> Path:
        """The learner's copy of a section."""
        return self.work / f"{section}.ipynb"

    def submitted(self, section: str, student: str) -> Path:
        """Folder of what a student handed in."""
        return self.root / "submitted" / student / section

    def autograded(self, section: str, student: str) -> Path:
        """Folder of the executed and scored submission."""
        return self.root / "autograded" / student / section

    def feedback(self, section: str, student: str) -> Path:
        """Folder of the feedback page."""
        return self.root / "feedback" / student / section

    def shown(self, path: Path) -> str:
        """A path as people say it: relative to the course where that is possible."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return str(path)


def find_course(start: Path | None = None) -> Course:
    """The course that `start` is in. Without `start`: the one around the current folder, else the one that
    this package was installed from.

    Raises CourseProblem where there is none.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / CONFIG_NAME).is_file():
            return Course(folder)
    checkout = Path(__file__).resolve().parents[1]
    if start is None and (checkout / CONFIG_NAME).is_file():
        return Course(checkout)
    raise CourseProblem(
        f"{here} is not inside a course: no {CONFIG_NAME} was found there or in a folder above it. "
        "Change to the course's folder and run the command again."
    )


def make_folder(folder: Path) -> Path:
    """Create a folder if need be. Raises CourseProblem where the file system refuses."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise cannot_write(folder, problem) from problem
    return folder


def state_folder(course: Course) -> Path:
    """`.course/`, made on first use and ignored by git without anyone's help."""
    folder = make_folder(course.state)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        write_text(ignore, "*\n")
    return folder


@contextmanager
def scratch_folder(course: Course, prefix: str) -> Iterator[Path]:
    """A folder under `.course/` for results that are not finished; gone afterwards, whatever happens."""
    parent = state_folder(course)
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{prefix}-", dir=parent))
    except OSError as problem:
        raise cannot_write(parent, problem) from problem
    try:
        yield folder
    finally:
        remove_folder(folder)


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it, also nbgrader's read-only files (which Windows would keep)."""
    for path in folder.rglob("*"):
        with suppress(OSError):
            path.chmod(stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises CourseProblem where the file system refuses."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises CourseProblem where the file system refuses."""
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    except OSError as problem:
        temporary.unlink(missing_ok=True)
        raise cannot_write(path, problem) from problem


def replace_folder(new: Path, old: Path, scratch: Path) -> None:
    """Put folder `new` in the place of `old`, keeping the old one until the new one is there.

    All three are on one file system, so that each step is one rename.
    """
    make_folder(old.parent)
    retired = Path(tempfile.mkdtemp(prefix="retired-", dir=scratch)) / old.name
    try:
        if old.exists():
            os.replace(old, retired)
        os.replace(new, old)
    except OSError as problem:
        if retired.exists() and not old.exists():
            os.replace(retired, old)
        raise cannot_write(old, problem) from problem


def cannot_write(path: Path, problem: OSError) -> CourseProblem:
    """What to tell a person whose folder cannot be written."""
    return CourseProblem(
        f"Cannot write {path}: {problem.strerror or problem}. "
        "Make the folder writable (or move the course to a folder of your own) and run the command again."
    )
