"""Gate E: Run All in a clean kernel, offline, without an error of ours and without a word on stderr."""

import os
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbclient
import nbformat
from nbgrader.utils import is_grade, is_solution

from course.checks import CheckFailed

TIME_LIMIT_S = 30
NOT_ANSWERED = "NotImplementedError"

# Imported by every Python that starts with this folder on its path, before any notebook code.
OFFLINE = '''
    """Refuse every connection that would leave the machine, and write down that it was tried."""
    import ipaddress, os, socket

    LOG = os.environ["COURSE_GATE_OFFLINE_LOG"]

    def stays_here(host):
        if host in (None, "", "localhost", socket.gethostname()):
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    def refuse(host):
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(f"{host}\\n")
        raise OSError(f"the gate is offline: no connection to {host}")

    def guard(owner, name, host_of):
        real = getattr(owner, name)

        def guarded(*args, **kwargs):
            host = host_of(*args)
            if not stays_here(host):
                refuse(host)
            return real(*args, **kwargs)

        setattr(owner, name, guarded)

    def address(sock, target, *rest):
        return target[0] if sock.family in (socket.AF_INET, socket.AF_INET6) else None

    class Guarded(socket.socket):
        pass

    guard(Guarded, "connect", address)
    guard(Guarded, "connect_ex", address)
    socket.socket = Guarded
    guard(socket, "getaddrinfo", lambda host, *rest: host)
'''


@dataclass(frozen=True)
class RunAll:
    """A notebook after Run All, the time it took, and the hosts that something tried to reach."""

    notebook: Any
    wall_seconds: float
    cpu_seconds: float
    reached_for: tuple[str, ...]

    @property
    def report(self) -> str:
        """Both times, for people."""
        return f"{self.wall_seconds:.1f} s ({self.cpu_seconds:.1f} s of CPU)"


def run_all(notebook: Path, folder: Path, root: Path) -> RunAll:
    """Execute a notebook in a fresh kernel, as if it lay in `folder`; errors do not stop it."""
    guard = folder / ".offline"
    guard.mkdir(parents=True, exist_ok=True)
    log = guard / "log.txt"
    log.write_text("", encoding="utf-8")
    (guard / "sitecustomize.py").write_text(textwrap.dedent(OFFLINE), encoding="utf-8")
    env = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    env |= {
        "PYTHONPATH": os.pathsep.join([str(guard), str(root)]),
        "COURSE_GATE_OFFLINE_LOG": str(log),
        "COURSE_NO_GRADE": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", "")]),
    }
    book = nbformat.read(notebook, as_version=4)
    client = nbclient.NotebookClient(
        book,
        timeout=TIME_LIMIT_S * 4,
        allow_errors=True,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    began, cpu_before = time.monotonic(), _cpu_of_children()
    client.execute(env=env)
    wall, cpu = time.monotonic() - began, _cpu_of_children() - cpu_before
    return RunAll(book, wall, cpu, tuple(log.read_text(encoding="utf-8").split()))


def _cpu_of_children() -> float:
    """CPU seconds of the processes that this one started and that have ended (0 where that is not known)."""
    used = os.times()
    return used.children_user + used.children_system


def troubles(run: RunAll, answered: bool) -> list[str]:
    """What went wrong. answered: False for an untouched release, where checks say what is missing."""
    findings = [f"something tried to reach {host}" for host in sorted(set(run.reached_for))]
    # The limit is for a machine with nothing else to do: tests run side by side, so CPU time stands for it.
    if run.cpu_seconds > TIME_LIMIT_S or run.wall_seconds > TIME_LIMIT_S * 4:
        findings.append(f"Run All took {run.report}, more than {TIME_LIMIT_S} s")
    for cell in run.notebook.cells:
        for output in cell.get("outputs", []):
            findings += [f"{cell.id}: {problem}" for problem in _output_troubles(cell, output, answered)]
    return findings


def _output_troubles(cell: Any, output: Any, answered: bool) -> list[str]:
    if output.output_type == "stream" and output.name == "stderr":
        return [f"writes to stderr: {output.text.strip()[:300]}"]
    if output.output_type == "error" and (answered or not _may_fail(cell, output)):
        return [f"raises {output.ename}: {output.evalue[:300]}"]
    if output.output_type == "execute_result" and is_grade(cell):
        return ["a graded cell shows a value, which nbgrader takes for partial credit"]
    return []


def _may_fail(cell: Any, output: Any) -> bool:
    """In an untouched release: an answer that says it is missing, and checks that say so in five lines."""
    if is_solution(cell):
        return output.ename == NOT_ANSWERED
    return is_grade(cell) and output.ename == CheckFailed.__name__
