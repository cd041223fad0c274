"""Run All of a section's notebook, solutions included, in a fresh kernel; and the kernel's start alone.

.venv/bin/python bench/run_all.py [section] [rounds]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    section = sys.argv[1] if len(sys.argv) > 1 else "s03"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    notebook = nbformat.read(ROOT / "source" / section / f"{section}.ipynb", as_version=4)
    without_grading = [cell for cell in notebook.cells if not is_grade_cell(cell)]
    whole = statistics.median(run(without_grading) for _ in range(rounds))
    kernel = statistics.median(run([nbformat.v4.new_code_cell("pass")]) for _ in range(rounds))
    print(f"{'seconds, median of ' + str(rounds):36}")
    print(f"{section + ', Run All (grade cell left out)':36}{whole:8.2f}")
    print(f"{'a notebook with one empty cell':36}{kernel:8.2f}")


def is_grade_cell(cell: nbformat.NotebookNode) -> bool:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", "")).endswith("-grade")


def run(cells: list[nbformat.NotebookNode]) -> float:
    """Seconds to run the cells in a kernel of their own. Raises CellExecutionError if one fails."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.from_dict(cell) for cell in cells])
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": folder}})
        client.execute(stderr=subprocess.DEVNULL)
        return time.perf_counter() - begin


if __name__ == "__main__":
    main()
