"""An AWS Developer Associate course that runs on a mock cloud.

Notebooks import from here: `from course import lab`, `from course.services import ebs`, `from course import
grade`. Importing the package itself is cheap: everything heavy is imported when it is first used.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course.grading.notebook import grade as grade

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "grade":
        from course.grading.notebook import grade

        return grade
    raise AttributeError(f"module 'course' has no attribute {name!r}")


def _record_executed_cells() -> None:
    """Inside a notebook, remember what was executed, so that `grade` can tell an unsaved notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and getattr(shell, "kernel", None) is not None:
        from course.grading.executed import record

        record(shell)


_record_executed_cells()
