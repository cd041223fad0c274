"""Is this file a notebook of this section that can be graded? Asked before nbgrader sees it.

Reads plain JSON only: nothing of the file is executed or imported, and a broken file gives a sentence, not a
traceback.
"""

from __future__ import annotations

import json
import stat
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.errors import CourseProblem

MAX_BYTES = 20 * 1024 * 1024
"""Largest notebook that is accepted. A section with all its plots has well under 5 MB."""

NBGRADER_SCHEMA = 3
FLAGS = ("grade", "solution", "locked", "task")
FRESH_COPY = "For a fresh copy, rename your notebook, run `course lab`, and copy your answers over."


class BadNotebook(CourseProblem):
    """A notebook that cannot be graded. The text says what is wrong with it and what to do."""


@dataclass(frozen=True)
class Submission:
    """What was handed in: the file, its bytes, and remarks that do not stop it from being graded."""

    path: Path
    data: bytes
    missing: tuple[str, ...]
    """nbgrader ids of graded cells that are no longer in the notebook; grading puts them back."""


def read_submission(path: Path, section: str, reference: Path, shown: str | None = None) -> Submission:
    """Read and judge the notebook at `path` against the section's own (`reference`, source or release).

    `shown` is how messages name the file. Raises BadNotebook.
    """
    name = shown or str(path)
    data = _read_bytes(path, name)
    cells = cells_of(data, name)
    expected = nbgrader_cells(cells_of(reference.read_bytes(), str(reference)))
    found = nbgrader_cells(cells)
    _refuse_other_section(name, section, expected, found)
    problems = problems_with_cells(cells) or _changed_kinds(expected, found)
    if problems:
        raise BadNotebook(f"{name} cannot be graded. {' '.join(problems)} {FRESH_COPY}")
    missing = tuple(name for name, meta in expected.items() if meta.get("grade") and name not in found)
    return Submission(path, data, missing)


def cells_of(data: bytes, name: str) -> list[dict[str, Any]]:
    """The cells of a notebook in nbformat 4, given as the file's bytes. Raises BadNotebook."""
    if not data.strip():
        raise BadNotebook(f"{name} is empty. {FRESH_COPY}")
    encoding = json.detect_encoding(data)
    if encoding != "utf-8":
        kind = "UTF-8 with a byte order mark" if encoding == "utf-8-sig" else encoding.upper()
        raise BadNotebook(
            f"{name} is saved as {kind}; a notebook is plain UTF-8. An editor or a transfer has changed it: "
            "save it again there as UTF-8 without a byte order mark (BOM)."
        )
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError) as problem:
        place = f" (line {problem.lineno})" if isinstance(problem, json.JSONDecodeError) else ""
        raise BadNotebook(
            f"{name} is damaged: it is not valid JSON{place}, perhaps cut off while it was saved. "
            f"JupyterLab keeps a checkpoint: File > Revert Notebook to Checkpoint. {FRESH_COPY}"
        ) from problem
    if not isinstance(notebook, dict) or not isinstance(notebook.get("nbformat"), int):
        raise BadNotebook(f"{name} is not a Jupyter notebook. {FRESH_COPY}")
    if notebook["nbformat"] != 4:
        raise BadNotebook(
            f"{name} is in notebook format {notebook['nbformat']}; the course uses format 4. "
            "Open it in this course's JupyterLab and save it, or start from a fresh copy."
        )
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not all(_is_cell(cell) for cell in cells):
        raise BadNotebook(f"{name} is damaged: its list of cells cannot be read. {FRESH_COPY}")
    return cells


def source_of(cell: Mapping[str, Any]) -> str:
    """A cell's text; the file format stores it as one string or as a list of lines."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def nbgrader_cells(cells: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """nbgrader's metadata of each cell that has a `grade_id`, by that id (the last one wins)."""
    found = {}
    for cell in cells:
        meta = cell["metadata"].get("nbgrader")
        if isinstance(meta, Mapping) and isinstance(meta.get("grade_id"), str):
            found[meta["grade_id"]] = dict(meta)
    return found


def problems_with_cells(cells: Iterable[Mapping[str, Any]]) -> list[str]:
    """What nbgrader cannot take in these cells, as sentences: copied ids, odd or outdated metadata."""
    problems = []
    ids: Counter[str] = Counter()
    for number, cell in enumerate(cells, 1):
        if "nbgrader" not in cell["metadata"]:
            continue
        meta = cell["metadata"]["nbgrader"]
        if not _is_nbgrader_metadata(meta):
            problems.append(f"The nbgrader metadata of cell {number} is damaged.")
            continue
        version = meta.get("schema_version", 0)
        if version != NBGRADER_SCHEMA:
            problems.append(
                f"Cell {meta['grade_id']} has nbgrader metadata of version {version}; "
                f"this course uses version {NBGRADER_SCHEMA}."
            )
        if any(meta.get(flag) for flag in FLAGS):
            ids[meta["grade_id"]] += 1
    for grade_id, times in ids.items():
        if times > 1:
            problems.append(
                f"The cell {grade_id} is there {times} times: a copied cell takes its id along. "
                "Delete the copies (cut the text out of them into a new cell if you need it) and save."
            )
    return problems


def look_alikes(folder: Path, section: str, reference: Path) -> list[Path]:
    """Notebooks in `folder` that hold this section's cells under another name."""
    expected = set(nbgrader_cells(cells_of(reference.read_bytes(), str(reference))))
    found = []
    for path in sorted(folder.glob("*.ipynb")):
        try:
            cells = cells_of(_read_bytes(path, path.name), path.name)
        except BadNotebook:
            continue
        if path.stem != section and expected & set(nbgrader_cells(cells)):
            found.append(path)
    return found


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise BadNotebook(f"Cannot read {name}: it is not a file.")
        size = status.st_size
        if size > MAX_BYTES:
            raise BadNotebook(
                f"{name} has {size / 2**20:.0f} MB; the limit is {MAX_BYTES / 2**20:.0f} MB. "
                "Clear the outputs (Edit > Clear Outputs of All Cells), save, and grade again."
            )
        return path.read_bytes()
    except FileNotFoundError as problem:
        raise BadNotebook(f"There is no {name}. Run `course lab` to get a copy of the section.") from problem
    except OSError as problem:
        raise BadNotebook(f"Cannot read {name}: {problem.strerror or problem}.") from problem


def _is_cell(cell: Any) -> bool:
    return (
        isinstance(cell, dict)
        and cell.get("cell_type") in ("code", "markdown", "raw")
        and isinstance(cell.get("metadata"), dict)
        and (
            isinstance(cell.get("source"), str)
            or (
                isinstance(cell.get("source"), list) and all(isinstance(line, str) for line in cell["source"])
            )
        )
    )


def _is_nbgrader_metadata(meta: Any) -> bool:
    return (
        isinstance(meta, Mapping)
        and isinstance(meta.get("grade_id"), str)
        and isinstance(meta.get("schema_version", 0), int)
        and all(isinstance(meta.get(flag, False), bool) for flag in FLAGS)
        and all(flag in meta for flag in ("grade", "solution", "locked"))
        and (not meta["grade"] or isinstance(meta.get("points"), int | float))
    )


def _refuse_other_section(
    name: str, section: str, expected: Mapping[str, Any], found: Mapping[str, Any]
) -> None:
    if set(expected) & set(found):
        return
    others = sorted({grade_id.split("-")[0] for grade_id in found})
    hint = f"Its cells belong to {', '.join(others)}." if others else "It has none of the section's cells."
    raise BadNotebook(f"{name} is not a notebook of section {section}. {hint} {FRESH_COPY}")


def _changed_kinds(expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    problems = []
    for grade_id in expected.keys() & found.keys():
        for flag in ("grade", "solution"):
            if bool(expected[grade_id].get(flag)) != bool(found[grade_id].get(flag)):
                problems.append(
                    f"The cell {grade_id} is another kind of cell now (its mark {flag!r} was changed)."
                )
    return sorted(problems)
