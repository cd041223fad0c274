"""Write requirements.lock from pyproject.toml, then environment.yml from the lock.

    make lock                     keep the versions that are locked; add or drop what pyproject.toml changed
    make lock ARGS=--upgrade      take the newest versions that fit pyproject.toml

The lock is universal (Linux, macOS, Windows; Python 3.11 and newer), has a hash for every file, and names no
package index. Needs the package index that pip and uv are set up for.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from environment import write_environment

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [
    "uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11", "--extra", "dev",
    "--generate-hashes", "--no-header", "--output-file", "requirements.lock", "--quiet",
]  # fmt: skip


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--upgrade"]):
        print(__doc__, file=sys.stderr)
        return 2
    command = [str(Path(sys.executable).parent / COMMAND[0]), *COMMAND[1:], *arguments]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    if status == 0:
        write_environment()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
