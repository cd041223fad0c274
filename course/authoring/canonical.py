"""The one form in which notebooks are kept in git, and stable, readable ids for their cells."""

from __future__ import annotations

import copy
import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course.errors import CourseProblem
from course.folders import Course, find_course, write_text
from course.grading.canonical import canonicalize
from course.grading.submission import source_of
from course.sections import HEADING

LONGEST_SLUG = 48
_VALID_ID = re.compile(r"[a-zA-Z0-9-_]{1,64}")  # the notebook format's rule
_RANDOM_ID = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # JupyterLab, VS Code
    r"|(?=.*[0-9])[0-9a-f]{6,32}"  # nbformat, JupyterLab
    r"|cell-[0-9a-f]{8,}"  # nbgrader's Create Assignment
)


def format_notebooks(check: bool = False, course: Course | None = None) -> list[Path]:
    """Bring every notebook in source/ into canonical form; say and return which were not in it.

    check: change nothing. Raises CourseProblem for a file that is no notebook.
    """
    course = course or find_course()
    changed = []
    for path in sorted((course.root / "source").glob("*/*.ipynb")):
        text = path.read_text(encoding="utf-8")
        wanted = canonical(_parsed(text, course.shown(path)))
        if wanted != text:
            changed.append(path)
            print(f"{course.shown(path)}: {'not canonical' if check else 'brought into canonical form'}")
            if not check:
                write_text(path, wanted)
    return changed


def canonical(notebook: Mapping[str, Any]) -> str:
    """A notebook's text in canonical form; the notebook itself stays as it is.

    No outputs, no execution counts, only metadata that means something, sorted keys, one source line for each
    JSON line, readable cell ids, a newline at the end. The same as nbformat writes, so that what nbgrader
    generates is in it, too.
    """
    plain = canonicalize(json.loads(json.dumps(notebook)))
    name_cells(plain)
    for cell in plain["cells"]:
        cell["source"] = source_of(cell).splitlines(keepends=True)
    plain["nbformat"], plain["nbformat_minor"] = 4, 5
    return json.dumps(plain, sort_keys=True, indent=1, separators=(",", ": "), ensure_ascii=False) + "\n"


def name_cells(notebook: dict[str, Any]) -> None:
    """Give every cell a readable id, in place: nbgrader's grade id, or ``<nearest heading>-<number>``.

    A readable id is never changed, so that moving or inserting cells renames none of the others.
    """
    cells = notebook["cells"]
    graded = {id(cell): _grade_id(cell) for cell in cells if _grade_id(cell)}
    taken = set(graded.values())
    for cell in cells:
        if id(cell) in graded:
            cell["id"] = graded[id(cell)]
        elif readable(cell.get("id", "")) and cell["id"] not in taken:
            taken.add(cell["id"])
        else:
            cell.pop("id", None)
    slug = "notebook"
    for cell in cells:
        slug = _slug_of(cell) or slug
        if "id" not in cell:
            cell["id"] = _free_id(slug, taken)
            taken.add(cell["id"])


def readable(cell_id: str) -> bool:
    """Whether a person chose this cell id, or `name_cells` did."""
    return bool(_VALID_ID.fullmatch(cell_id)) and not _RANDOM_ID.fullmatch(cell_id)


def slug(text: str) -> str:
    """A heading as an id: ``Burst: a bucket`` is ``burst-a-bucket``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    return words[:LONGEST_SLUG].strip("-") or "cell"


def _grade_id(cell: Mapping[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _slug_of(cell: Mapping[str, Any]) -> str:
    """The slug of a Markdown cell's first heading; empty where it has none."""
    if cell["cell_type"] != "markdown" or _grade_id(cell):
        return ""
    matches = (HEADING.match(line) for line in source_of(cell).splitlines())
    return next((slug(match[2]) for match in matches if match), "")


def _free_id(stem: str, taken: set[str]) -> str:
    number = 1
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def _parsed(text: str, shown: str) -> dict[str, Any]:
    try:
        notebook = json.loads(text)
    except ValueError as problem:
        raise CourseProblem(f"{shown} is not a notebook: {problem}.") from problem
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4 or "cells" not in notebook:
        raise CourseProblem(f"{shown} is not a Jupyter notebook in format 4.")
    return copy.deepcopy(notebook)
