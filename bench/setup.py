"""How long the set-up takes: a fresh copy of the course, from `make lab` to the printed address, then again.

python3 bench/setup.py [folder for the copy]

Copies what git knows of (committed or not). Packages that pip has in its cache are not downloaded again.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="course-setup-"))
    try:
        copy = folder / "course"
        copy_course(copy)
        print(f"{'seconds':36}")
        for name in ("make lab, from nothing", "make lab, second start", "make lab, third start"):
            print(f"{name:36}{until_address(copy):8.1f}", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def copy_course(target: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def until_address(course: Path) -> float:
    """Seconds from `make lab` to the line with the address; stops the server afterwards."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        ["make", "lab", "ARGS=--no-browser --port 18765"],
        cwd=course, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
    )  # fmt: skip
    assert process.stdout is not None
    lines = []
    seconds = 0.0
    try:
        for line in process.stdout:
            lines.append(line)
            if "http://" in line:
                seconds = time.perf_counter() - begin
            if seconds and "Ctrl-C" in line:
                time.sleep(1)  # the server is being waited for from now on
                return seconds
    finally:
        stop(process)
    sys.exit("".join(lines[-20:]) + "make lab ended without printing an address")


def stop(process: subprocess.Popen[str]) -> None:
    """End the server as `kill` does: a program in the background may have been told to ignore Ctrl-C."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)
    except ProcessLookupError:
        process.wait()
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    main()
