"""Run several nbgrader commands in one process: importing nbgrader takes longer than most of them.

Usage: python -m tests.grading.nbgrader_commands < commands.json
Input: a list of [folder, [arguments]]. Output: the list of exit statuses. nbgrader's log goes to stderr.
"""

from __future__ import annotations

import json
import os
import sys

from jupyter_core.application import NoStart
from nbgrader.apps.nbgraderapp import NbGraderApp


def run(folder: str, arguments: list[str]) -> int:
    """One command, as `nbgrader ARGUMENTS` in a folder would run it."""
    os.chdir(folder)
    app = NbGraderApp.instance()
    try:
        app.initialize(arguments)
        app.start()
    except NoStart:  # the subcommand has run
        return 0
    except SystemExit as ending:
        return int(ending.code or 0)
    finally:
        app.reset()
    return 0


if __name__ == "__main__":
    print(json.dumps([run(folder, arguments) for folder, arguments in json.load(sys.stdin)]))
