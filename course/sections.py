"""Read a section's notebook: its cells by nbgrader id, its exercises in order, their points.

Reads plain JSON; nothing of the notebook is executed. Gates, authoring helpers and tests share it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROLES = ("task", "given", "visible", "hidden")
EXERCISE_ID = re.compile(r"s\d\d(-[a-z0-9]+)+")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*$")
SOLUTION_START, SOLUTION_END = "### BEGIN SOLUTION", "### END SOLUTION"
HIDDEN_START, HIDDEN_END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"


@dataclass(frozen=True)
class Cell:
    """One cell. `id` is the notebook format's, `grade_id` nbgrader's (empty where it has none)."""

    id: str
    kind: str
    source: str
    grade_id: str = ""
    grade: bool = False
    solution: bool = False
    locked: bool = False
    points: float = 0.0
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def headings(self) -> list[tuple[int, str]]:
        """(level, text) of the headings of a Markdown cell, code blocks left out."""
        if self.kind != "markdown":
            return []
        found = []
        fenced = False
        for line in self.source.splitlines():
            if line.lstrip().startswith(("```", "~~~")):
                fenced = not fenced
            elif not fenced and (match := HEADING.match(line)):
                found.append((len(match[1]), match[2]))
        return found


@dataclass(frozen=True)
class Exercise:
    """The cells of one exercise, by the roles of the ids' grammar; a role that the notebook lacks is None."""

    id: str
    answer: Cell
    task: Cell | None
    given: Cell | None
    visible: Cell | None
    hidden: Cell | None

    @property
    def graded(self) -> tuple[Cell, ...]:
        """The graded cells that exist, in order."""
        return tuple(cell for cell in (self.visible, self.hidden) if cell is not None)

    @property
    def points(self) -> float:
        """Points of all graded cells together."""
        return sum(cell.points for cell in self.graded)

    @property
    def folder(self) -> str:
        """The exercise's name without the section, as folders of wrong answers are called."""
        return self.id.partition("-")[2]


@dataclass(frozen=True)
class SectionNotebook:
    """A section's notebook in source/, release/ or a learner's folder. `section` is the file's name."""

    path: Path
    cells: tuple[Cell, ...]

    @property
    def section(self) -> str:
        """The section's id, as in ``s03``."""
        return self.path.stem

    @property
    def by_grade_id(self) -> dict[str, Cell]:
        """The cells that nbgrader knows."""
        return {cell.grade_id: cell for cell in self.cells if cell.grade_id}

    @property
    def setup(self) -> Cell | None:
        """The cell that starts the lab."""
        return self.by_grade_id.get(f"{self.section}-setup")

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """Every solution cell with the cells that belong to it, in the notebook's order."""
        known = self.by_grade_id
        return tuple(
            Exercise(cell.grade_id, cell, **{role: known.get(f"{cell.grade_id}-{role}") for role in ROLES})
            for cell in self.cells
            if cell.solution
        )

    @property
    def points(self) -> float:
        """Points of all graded cells together."""
        return sum(cell.points for cell in self.cells if cell.grade)

    @property
    def headings(self) -> list[tuple[int, str]]:
        """(level, text) of all headings in order."""
        return [heading for cell in self.cells for heading in cell.headings]

    def exercise(self, exercise_id: str) -> Exercise:
        """One exercise by its id. Raises KeyError with the ids that exist."""
        for exercise in self.exercises:
            if exercise.id == exercise_id:
                return exercise
        known = ", ".join(exercise.id for exercise in self.exercises)
        raise KeyError(f"{self.path.name} has no exercise {exercise_id}; it has {known}")


def read(path: Path) -> SectionNotebook:
    """Read a notebook file. Raises OSError, or ValueError where the file is no notebook in format 4."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        raise ValueError(f"{path} is not a Jupyter notebook in format 4")
    return SectionNotebook(path, tuple(_cell(cell) for cell in notebook["cells"]))


def section_ids(root: Path) -> list[str]:
    """The sections that have a folder in `root`/source, in order."""
    folder = root / "source"
    if not folder.is_dir():
        return []
    return sorted(p.name for p in folder.iterdir() if p.is_dir() and re.fullmatch(r"s\d\d", p.name))


def solution_lines(source: str) -> set[int]:
    """Numbers (from 1) of the lines between nbgrader's solution marks."""
    return _between(source.splitlines(), SOLUTION_START, SOLUTION_END)


def hidden_lines(source: str) -> set[int]:
    """Numbers (from 1) of the lines between nbgrader's hidden-test marks."""
    return _between(source.splitlines(), HIDDEN_START, HIDDEN_END)


def _between(lines: Iterable[str], start: str, end: str) -> set[int]:
    inside, found = False, set()
    for number, line in enumerate(lines, 1):
        if start in line:
            inside = True
        elif end in line:
            inside = False
        elif inside:
            found.add(number)
    return found


def _cell(cell: Mapping[str, Any]) -> Cell:
    source = cell["source"]
    meta = cell.get("metadata", {}).get("nbgrader", {})
    return Cell(
        id=str(cell.get("id", "")),
        kind=cell["cell_type"],
        source=source if isinstance(source, str) else "".join(source),
        grade_id=meta.get("grade_id", ""),
        grade=bool(meta.get("grade")),
        solution=bool(meta.get("solution")),
        locked=bool(meta.get("locked")),
        points=float(meta.get("points", 0)) if meta.get("grade") else 0.0,
        metadata=cell.get("metadata", {}),
    )
