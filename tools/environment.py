"""Write environment.yml (conda and Binder) with the versions of requirements.lock.

    python tools/environment.py       `make lock` runs it too

pip takes no hashes from environment.yml, so the versions are the same and the hashes are left out.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST = ("jupyterlab", "nbgrader", "matplotlib", "pandas", "boto3", "moto")
HEAD = """\
# Generated from requirements.lock by tools/environment.py; change pyproject.toml and run `make lock` instead.
name: aws-developer-course
channels:
  - conda-forge
dependencies:
  - python=3.12
  - pip
  - pip:
"""


def write_environment() -> None:
    (ROOT / "environment.yml").write_text(environment_text(), encoding="utf-8", newline="\n")


def environment_text() -> str:
    """The whole file: the six packages that the course is built on, then the rest in the lock's order."""
    pins = locked_pins((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    first = [pin for name in FIRST for pin in pins if pin.startswith(f"{name}==")]
    rest = [pin for pin in pins if pin not in first]
    return HEAD + "".join(f"      - {quoted(pin)}\n" for pin in [*first, *rest, "-e ."])


def locked_pins(lock: str) -> list[str]:
    """Each requirement as `name==version` and its marker: `numpy==2.4.6 ; python_full_version < '3.12'`."""
    return re.findall(r"^([a-z0-9][^\s]*==[^\\\n]*?) *\\?$", lock, re.MULTILINE)


def quoted(pin: str) -> str:
    return f'"{pin}"' if " ; " in pin else pin


if __name__ == "__main__":
    write_environment()
