"""The learner's own copies in `work/`: made from `release/`, never overwritten."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from course.folders import Course, make_folder, write_bytes, write_text
from course.syllabus import Syllabus

RECORD_NAME = ".course.json"


class Copied(StrEnum):
    """What happened to one section's copy."""

    MADE = "made"
    KEPT = "kept"
    NEWER_BESIDE = "newer beside"
    """The release changed since the copy was made; the new one was put beside it."""
    NEWER_KEPT = "newer kept"
    """The release changed, and a file of the new one's name is there already."""
    NOT_RELEASED = "not released"


@dataclass(frozen=True)
class Copy:
    """One section's copy. `beside` is the new release next to it, where there is one."""

    section: str
    path: Path
    what: Copied
    beside: Path | None = None

    def message(self, course: Course) -> str:
        """What to tell the learner; empty where nothing happened."""
        path = course.shown(self.path)
        if self.what is Copied.MADE:
            return f"{path} is your copy of {self.section}."
        if self.what is Copied.NEWER_BESIDE and self.beside is not None:
            return (
                f"{self.section} has a newer version: it is in {course.shown(self.beside)}. "
                f"Your {path} is unchanged. To move on, copy your answers over and rename the files."
            )
        if self.what is Copied.NEWER_KEPT and self.beside is not None:
            return (
                f"{self.section} has a newer version, but {course.shown(self.beside)} is there already "
                "and was kept. Rename or remove it, and run `course lab` again to get the new one."
            )
        if self.what is Copied.NOT_RELEASED:
            return f"{self.section} has no notebook in release/ yet."
        return ""


def make_copies(course: Course, syllabus: Syllabus) -> tuple[Copy, ...]:
    """Make the copies that are missing and put newer releases beside those that exist.

    `work/.course.json` keeps, for each section, the hash of the release that the copy came from and of the
    one that was last put beside it. Raises CourseProblem where `work/` cannot be written.
    """
    make_folder(course.work)
    record = _read_record(course)
    copies = tuple(_copy(course, section.id, record) for section in syllabus.ready)
    write_text(course.work / RECORD_NAME, json.dumps(record, indent=1, sort_keys=True) + "\n")
    return copies


def _copy(course: Course, section: str, record: dict[str, dict[str, str]]) -> Copy:
    release, path = course.release(section), course.copy(section)
    if not release.is_file():
        return Copy(section, path, Copied.NOT_RELEASED)
    data = release.read_bytes()
    version = hashlib.sha256(data).hexdigest()
    known = record.setdefault(section, {})
    if not path.exists():
        write_bytes(path, data)
        record[section] = {"copied": version}
        return Copy(section, path, Copied.MADE)
    if "copied" not in known:
        known["copied"] = version  # a copy that someone put there by hand: take it for the present version
    beside = path.with_name(f"{section}.new.ipynb")
    if version == known["copied"]:
        return Copy(section, path, Copied.KEPT)
    if version == known.get("beside"):
        return Copy(section, path, Copied.KEPT, beside if beside.exists() else None)
    if beside.exists():
        return Copy(section, path, Copied.NEWER_KEPT, beside)
    write_bytes(beside, data)
    known["beside"] = version
    return Copy(section, path, Copied.NEWER_BESIDE, beside)


def _read_record(course: Course) -> dict[str, dict[str, str]]:
    """The record; a damaged one counts as none, since the copies themselves are what matters."""
    try:
        found = json.loads((course.work / RECORD_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        str(section): {str(k): str(v) for k, v in entry.items()}
        for section, entry in found.items()
        if isinstance(entry, dict)
    }
