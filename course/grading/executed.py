"""Inside a notebook's kernel: what was executed, so that grading can tell whether the file on disk is behind.

JupyterLab runs cells that it has not saved. Grading reads the file, so the texts are compared first.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.grading.submission import BadNotebook, cells_of, source_of

SESSION_VARIABLE = "JPY_SESSION_NAME"
"""Jupyter's server tells a kernel here which notebook it was started for."""


@dataclass(frozen=True)
class Execution:
    """One executed cell: its text, and the notebook file's modification time (ns) when it ran."""

    text: str
    file_mtime_ns: int


_executions: dict[str, Execution] = {}
_recording: set[int] = set()


def record(shell: Any) -> None:
    """Remember every cell that this IPython shell runs from now on. A second call changes nothing."""
    if id(shell) not in _recording:
        _recording.add(id(shell))
        shell.events.register("pre_run_cell", _remember)


def notebook_path(section: str) -> Path:
    """The notebook this kernel runs: as Jupyter says, else the section's own name, in its folder."""
    here = Path.cwd()
    named = os.environ.get(SESSION_VARIABLE, "")
    if named.endswith(".ipynb") and (here / Path(named).name).is_file():
        return here / Path(named).name
    return here / f"{section}.ipynb"


def unsaved_cells(path: Path, executions: Mapping[str, Execution] | None = None) -> list[str]:
    """Ids of cells whose executed text is newer than the file's.

    A text that differs while the file was saved after the execution is a later edit: then the file is right.
    """
    executions = _executions if executions is None else executions
    try:
        mtime = path.stat().st_mtime_ns
        saved = {cell.get("id"): source_of(cell) for cell in cells_of(path.read_bytes(), path.name)}
    except (OSError, BadNotebook):
        return []
    return [
        cell_id
        for cell_id, done in executions.items()
        if done.file_mtime_ns == mtime and saved.get(cell_id) != done.text
    ]


def _remember(info: Any) -> None:
    cell_id = getattr(info, "cell_id", None)
    if cell_id:
        _executions[cell_id] = Execution(info.raw_cell, _mtime(notebook_path("")))


def _mtime(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
