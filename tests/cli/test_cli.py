"""The `course` command as people use it: exit status, one sentence for each problem, tables, JupyterLab."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from course import cli
from course.folders import Course
from tests.grading import toy
from tests.grading.toy import SECTION

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process; returns exit status, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(course.root)
        monkeypatch.setattr(sys, "argv", ["course", *arguments])
        with pytest.raises(SystemExit) as ending:
            cli.main()
        out, err = capsys.readouterr()
        return int(ending.value.code or 0), out, err

    return run


def test_help_is_quick_and_names_the_exit_statuses(course: Course) -> None:
    code = "import sys; import course.cli; print(sorted(m for m in sys.modules if m in sys.argv[1:]))"
    heavy = ["nbgrader", "nbformat", "pandas", "matplotlib", "boto3", "moto", "numpy", "sqlalchemy", "rich"]
    loaded = subprocess.run(
        [sys.executable, "-c", code, *heavy],
        env=toy.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "[]"
    done = toy.course_command(course, "--help")
    assert done.returncode == 0
    assert "Exit status: 0 done, 1 a problem" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["grade", "--nonsense"], ["grade", "s77"], ["grade", "s02"]]
)
def test_wrong_usage_is_exit_status_2(run: Run, arguments: list[str]) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert "Traceback" not in err


def test_a_problem_is_one_sentence_on_stderr_and_exit_status_1(run: Run) -> None:
    assert run("grade", SECTION) == (
        1,
        "",
        "course: There is no work/s01.ipynb. Run `course lab` to get a copy of the section.\n",
    )


def test_debug_shows_the_traceback(run: Run) -> None:
    _, _, err = run("--debug", "grade", SECTION)
    assert "Traceback" in err


def test_a_bug_is_one_sentence_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course.grading.service.grade_section", lambda *_: 1 / 0)
    status, _, err = run("grade", SECTION)
    assert status == 1
    assert err == "course: unexpected ZeroDivisionError: division by zero. Add --debug to see where.\n"


def test_a_file_without_permission_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "work/s01.ipynb")

    monkeypatch.setattr("course.grading.service.grade_section", refuse)
    status, _, err = run("grade", SECTION)
    assert (status, err) == (1, "course: Cannot open work/s01.ipynb: you have no permission to.\n")


def test_progress_is_shown_where_work_cannot_be_written(run: Run, course: Course) -> None:
    course.work.write_text("a file where a folder should be")
    status, out, err = run("progress")
    assert status == 1
    assert "Points by section" in out
    assert "Cannot write" in err


def test_an_interrupt_says_how_to_go_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("course.grading.service.grade_section", interrupt)
    status, _, err = run("grade", SECTION)
    assert (status, err) == (130, "course: stopped. Run the same command again to finish.\n")


def test_nothing_to_grade(run: Run) -> None:
    status, _, err = run("grade")
    assert status == 1
    assert "There is nothing to grade in work/." in err


def test_a_section_named_twice_is_graded_once(run: Run) -> None:
    assert run("grade", SECTION, SECTION)[2].count("There is no work/s01.ipynb.") == 1


def test_a_renamed_notebook_is_named(run: Run, course: Course) -> None:
    toy.hand_in(course, toy.RIGHT).rename(course.work / "mine.ipynb")
    status, _, err = run("grade")
    assert status == 1
    assert "No notebook in work/ has the name of a section, such as s03.ipynb; there is mine.ipynb." in err


def test_a_grading_that_was_stopped_is_told_with_the_progress(run: Run, course: Course) -> None:
    assert "a mixture" not in run("progress")[1]
    course.state.mkdir(exist_ok=True)
    note = {"section": SECTION, "pid": 1, "since": "10:00:00"}
    (course.state / "grading.json").write_text(json.dumps(note))
    status, out, _ = run("progress")
    assert status == 0
    assert "The last grading of s01 has not ended or was stopped" in out
    assert "Run `course grade s01`." in out


def test_output_that_cannot_show_every_character(course: Course) -> None:
    old = {**toy.environment(), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "course", "progress"],
        cwd=course.root,
        env=old,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Points by section" in done.stdout


def test_a_notebook_needs_one_section(run: Run) -> None:
    assert run("grade", "--notebook", "x.ipynb")[0] == 1  # no section can be chosen without copies
    status, _, err = run("grade", "s01", "s02", "--notebook", "x.ipynb")
    assert status == 2
    assert "--notebook grades one section" in err


def test_json_carries_problems_as_well(run: Run) -> None:
    status, out, err = run("grade", SECTION, "--json")
    assert (status, err) == (1, "")
    messages = [json.loads(line) for line in out.splitlines()]
    assert messages[0] == {"event": "step", "stage": "collect", "done": 0, "total": 0}
    assert messages[-1]["event"] == "problem"


@pytest.mark.slow
def test_grade_then_progress(run: Run, course: Course) -> None:
    toy.hand_in(course, toy.PARTLY)
    status, out, err = run("grade")
    assert (status, err) == (0, "")
    assert re.search(r"Double a number +│ +1 / 2 +│ a negative fraction", out)
    assert re.search(r"total +│ +4 / 5", out)
    assert "Feedback: feedback/me/s01/s01.html" in out
    assert "4 / 5" in course.home.read_text()
    status, out, _ = run("progress")
    assert status == 0
    assert re.search(r"s01 Counting +│ +4 / 5", out)
    assert re.search(r"Development with AWS Services +│ +60 % +│ +2.5 / 3.5", out)
    assert course.progress_picture.is_file()


def test_build_check_finds_what_build_mends(run: Run, course: Course) -> None:
    (course.root / "README.md").write_text("# Toy\n\n<!-- sections:start -->\n<!-- sections:end -->\n")
    course.release(SECTION).write_text("edited by hand")
    (course.release(SECTION).parent / "left-over.txt").write_text("")
    status, out, _ = run("build", "--check")
    assert status == 1
    assert "release/s01: differs from its source left-over.txt, s01.ipynb" in out
    assert "README.md: out of date" in out
    assert course.release(SECTION).read_text() == "edited by hand"
    assert run("build")[0] == 0
    assert "[s01 Counting]" in (course.root / "README.md").read_text()
    status, out, _ = run("build", "--check")
    assert (status, out.count("up to date")) == (0, 1)
    assert not (course.release(SECTION).parent / "left-over.txt").exists()


def test_build_says_what_nbgrader_cannot_release(run: Run, course: Course) -> None:
    before = course.release(SECTION).read_bytes()
    source = toy.read(course.source(SECTION))
    source["cells"][0]["source"] = "### BEGIN SOLUTION"
    toy.write(course.source(SECTION), source)
    status, _, err = run("build", SECTION)
    assert status == 1
    assert "nbgrader cannot make a release of s01: RuntimeError: no end solution statement found." in err
    assert course.release(SECTION).read_bytes() == before


class RunningLab:
    """`course lab --no-browser` in a process of its own, up to the moment it has printed its address."""

    def __init__(self, course: Course, *options: str) -> None:
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "course", "lab", "--no-browser", *options],
            cwd=course.root,
            env=toy.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        self.printed = ""
        for line in self.process.stdout:
            self.printed += line
            if line.startswith("Stop with"):
                break
        self.seconds = time.monotonic() - began

    @property
    def address(self) -> str:
        return next(word for word in self.printed.split() if word.startswith("http://"))

    def stop(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        self.printed += self.process.communicate(timeout=30)[0]
        return self.process.returncode


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send Ctrl-C to one process")
def test_lab_makes_copies_prints_an_address_that_works_and_ends_cleanly(course: Course) -> None:
    shutil.rmtree(course.root / "source")
    lab = RunningLab(course)
    try:
        assert "work/s01.ipynb is your copy of s01." in lab.printed
        with urllib.request.urlopen(lab.address, timeout=10) as page:
            assert page.status == 200
        root, token = lab.address.split("/lab/")[0], lab.address.split("token=")[1]
        settings = f"{root}/lab/api/settings/@jupyterlab/docmanager-extension:plugin?token={token}"
        with urllib.request.urlopen(settings, timeout=10) as answer:
            known = json.load(answer)["schema"]["properties"]
        assert known["defaultViewers"]["default"] == {"markdown": "Markdown Preview"}
        assert known["autosaveInterval"]["default"] == 5
        assert course.home.is_file()
        log = (course.state / "jupyterlab.log").read_text()
        assert token not in log.replace("token=...", "")
    finally:
        status = lab.stop(signal.SIGINT)
    assert status == 0
    assert "JupyterLab has stopped." in lab.printed
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(lab.address.split(":")[2].split("/")[0]))) != 0


def test_lab_refuses_a_port_that_is_taken(run: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        status, _, err = run("lab", "--no-browser", "--port", str(port))
    assert status == 2
    assert f"Port {port} is in use by another program." in err
    assert run("lab", "--no-browser", "--port", "80")[0] == 2


def test_lab_tells_why_jupyterlab_did_not_start(
    run: Run, course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "jupyterlab.py").write_text("raise SystemExit('no JupyterLab here')")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(broken), str(toy.REPOSITORY)]))
    status, _, err = run("lab", "--no-browser")
    assert status == 1
    assert "JupyterLab did not start." in err
    assert "no JupyterLab here" in err
