"""Start JupyterLab on the course: the right folder, settings and PATH, one address, a clean end.

The settings are the course's own (`course/jupyter_settings`): nothing is written to the user's or the
machine's.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from course.errors import CourseProblem, WrongUsage
from course.folders import Course, state_folder
from course.grading.environment import programs_folder

HOST = "127.0.0.1"
FIRST_PORT = 8888
PORTS_TRIED = 50
START_LIMIT_S = 60
SETTINGS = Path(__file__).with_name("jupyter_settings")


@dataclass
class Server:
    """A running JupyterLab. `address` holds the token: whoever has it may run code here."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    token: str = field(repr=False)

    @property
    def address(self) -> str:
        """Where the course's home page is."""
        return f"http://{HOST}:{self.port}/lab/tree/work/home.md?token={self.token}"

    def wait_until_ready(self) -> None:
        """Return once the server answers. Raises CourseProblem where it ends or takes too long."""
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise CourseProblem(f"JupyterLab did not start. {_last_lines(self.log)}")
            if _answers(f"http://{HOST}:{self.port}/api"):
                return
            time.sleep(0.05)
        self.stop()
        raise CourseProblem(f"JupyterLab did not answer within {START_LIMIT_S} s. {_last_lines(self.log)}")

    def wait(self) -> int:
        """Wait until the server ends, by Ctrl-C here or File > Shut Down there. Returns its status."""
        try:
            return self.process.wait()
        except KeyboardInterrupt:
            self.stop()
            return 0

    def stop(self) -> None:
        """Shut the server and its kernels down."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def start(course: Course, port: int | None = None) -> Server:
    """Start JupyterLab in the course's root (nbgrader's formgrader needs that). Does not wait for it.

    Raises WrongUsage where the port that was asked for is taken; without one the first free from 8888 is
    used.
    """
    port = _free_port() if port is None else _checked_port(port)
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24)
    log = state_folder(course) / "jupyterlab.log"
    command = [
        sys.executable, "-m", "jupyterlab",
        "--no-browser",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={course.root}",
        f"--LabApp.app_settings_dir={SETTINGS}",
        "--ServerApp.answer_yes=True",
    ]  # fmt: skip
    if _is_root():
        command.append("--ServerApp.allow_root=True")
    path = os.pathsep.join([programs_folder(), os.environ.get("PATH", os.defpath)])
    with log.open("wb") as log_file:
        process = subprocess.Popen(
            command,
            cwd=course.root,
            env={**os.environ, "PATH": path, "JUPYTER_TOKEN": token},
            stdin=subprocess.DEVNULL,
            stdout=log_file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Server(process, port, log, token)


def end_on_signals() -> None:
    """Let a closed terminal or a `kill` end this command as Ctrl-C does, so that the server ends with it."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)


def has_display() -> bool:
    """Whether a browser window can be shown here."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def show(address: str, open_browser: Callable[[str], bool] = webbrowser.open) -> bool:
    """Open the address in the user's browser. Returns whether that worked."""
    try:
        return open_browser(address)
    except webbrowser.Error:
        return False


def _free_port() -> int:
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        if _is_free(port):
            return port
    raise CourseProblem(
        f"All ports from {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1} are in use. "
        "Close other Jupyter servers, or name a free port with --port."
    )


def _checked_port(port: int) -> int:
    if not 1024 <= port <= 65535:
        raise WrongUsage(f"Port {port} cannot be used. Name one from 1024 to 65535, or leave --port out.")
    if not _is_free(port):
        raise WrongUsage(f"Port {port} is in use by another program. Name another, or leave --port out.")
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _last_lines(log: Path) -> str:
    text = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
    return f"Its log {log} ends with: {' / '.join(text) or 'nothing'}"
