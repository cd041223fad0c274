"""Environment variables for processes that grade: what a program needs, nothing of the notebook's cloud."""

from __future__ import annotations

import os
import sys
from pathlib import Path

KEPT = (
    "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "PYTHONPATH", "VIRTUAL_ENV",
    "CONDA_PREFIX", "LD_LIBRARY_PATH", "COLUMNS", "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "WINDIR",
    "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "NUMBER_OF_PROCESSORS",
)  # fmt: skip
KEPT_PREFIXES = ("LC_", "JUPYTER_", "XDG_")


def clean_environment(**extra: str) -> dict[str, str]:
    """The variables to start a grading process with, plus `extra`.

    nbgrader starts `alembic` by its bare name, so this interpreter's own programs come first on PATH.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in KEPT or name.startswith(KEPT_PREFIXES)
    }
    path = os.pathsep.join([programs_folder(), os.environ.get("PATH", os.defpath)])
    return {**kept, "PATH": path, "PYTHONUTF8": "1", **extra}


def programs_folder() -> str:
    """Where this interpreter's `jupyter`, `nbgrader` and `alembic` are."""
    return str(Path(sys.executable).parent)
