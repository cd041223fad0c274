"""Make .venv and install the course into it from requirements.lock.

Run by `make` with any Python >= 3.11; uses the standard library only. Does nothing when nothing has changed
since the last time. Notices an install that was interrupted and a folder that was moved, and starts afresh.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TextIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
UNFINISHED = VENV / "course-install-unfinished"
READY = VENV / "course-install-ready"
NEWEST_LOCKED = (3, 14)
PACKAGE_LINE = re.compile(
    r"(?:Collecting|Processing|Requirement already satisfied:) (?:\S*/)?([A-Za-z0-9._]+)"
)


def main() -> int:
    wanted = fingerprint()
    if is_ready(wanted):
        return 0
    try:
        with LOCK.open(encoding="utf-8") as lock:
            wait_for_other_setup(lock)
            if not is_ready(wanted):
                set_up(wanted)
    except OSError as error:
        return stop(f"Could not write the environment: {error}")
    except subprocess.CalledProcessError:
        return stop("The install did not finish; the lines above say why.")
    except KeyboardInterrupt:
        return stop("Interrupted: nothing is lost.")
    return 0


def set_up(wanted: str) -> None:
    if not reusable():
        make_venv()
    UNFINISHED.touch()
    READY.unlink(missing_ok=True)
    install()
    READY.write_text(wanted, encoding="utf-8")
    UNFINISHED.unlink()


def wait_for_other_setup(lock: TextIO) -> None:
    """Let a set-up that was started in another window finish first. The lock goes when its holder ends."""
    if fcntl is None:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another set-up of this folder is running: waiting for it.")
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError:
        return  # a file system without locks


def fingerprint() -> str:
    """What an install depends on: the lock, the project's metadata and the folder it stands in."""
    digest = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return f"{digest} {VENV}\n"


def is_ready(wanted: str) -> bool:
    return READY.is_file() and READY.read_text(encoding="utf-8") == wanted and interpreter_runs()


def reusable() -> bool:
    """Whether packages can be added to the .venv that is there (a changed lock, or a venv made by hand)."""
    if not VENV.exists():
        return False
    if UNFINISHED.exists():
        say("An earlier install was not finished: starting again.")
        return False
    if READY.is_file() and not READY.read_text(encoding="utf-8").endswith(f" {VENV}\n"):
        say("The folder was moved since .venv was made: making it anew.")
        return False
    if not (interpreter_runs() and succeeds(python(), "-m", "pip", "--version")):
        say("The .venv that is here does not work: making it anew.")
        return False
    return True


def make_venv() -> None:
    if sys.version_info[:2] > NEWEST_LOCKED:
        say("This Python is newer than the lock was made for (3.11 to 3.14): packages may need a compiler.")
    say(f"Making .venv with Python {sys.version.split()[0]} ({sys.executable})")
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    UNFINISHED.touch()
    run(sys.executable, "-m", "venv", str(VENV))


def install() -> None:
    started = time.monotonic()
    pins = set(re.findall(r"^([A-Za-z0-9._-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    say(f"Installing about {len(pins)} packages from requirements.lock (a few minutes the first time)")
    pip_with_progress(len(pins), "--require-hashes", "-r", str(LOCK))
    say("Installing the course itself")
    run(*pip("--quiet", "--no-deps", "--no-build-isolation", "-e", str(ROOT)))
    say(f"Installed in {time.monotonic() - started:.0f} s")


def pip_with_progress(total: int, *arguments: str) -> None:
    """Run pip with one line of progress in place of its several hundred; show its last lines if it fails."""
    log = VENV / "course-install.log"
    seen: set[str] = set()
    with log.open("w", encoding="utf-8") as record:
        process = subprocess.Popen(
            pip("--progress-bar", "off", *arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                record.write(line)
                found = PACKAGE_LINE.match(line)
                if found and found[1] not in seen:
                    seen.add(found[1])
                    progress(len(seen), total, found[1])
                elif line.startswith("Installing collected packages"):
                    progress_ends()
                    say("Unpacking them")
            status = process.wait()
        except BaseException:
            process.kill()  # so that the next start finds nobody writing into .venv
            process.wait()
            raise
    progress_ends()
    if status:
        sys.stderr.write("".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[-12:]))
        raise subprocess.CalledProcessError(status, "pip")


def progress(count: int, total: int, name: str) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\033[K  {count} of {total}: {name}")
        sys.stdout.flush()
    elif count % 25 == 0:
        say(f"  {count} of {total}")


def progress_ends() -> None:
    if sys.stdout.isatty():
        sys.stdout.write("\r\033[K")
        sys.stdout.flush()


def interpreter_runs() -> bool:
    return succeeds(python(), "-c", "import sys; sys.exit(sys.version_info < (3, 11))")


def succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def run(*command: str) -> None:
    subprocess.run(command, check=True)


def python() -> str:
    return str(VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def pip(*arguments: str) -> list[str]:
    return [python(), "-m", "pip", "--disable-pip-version-check", "install", *arguments]


def say(text: str) -> None:
    print(text, flush=True)


def stop(reason: str) -> int:
    progress_ends()
    print(f"{reason} Give the same command again to go on.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
