"""What all tests share: the gates' sections and reports, hypothesis's settings, a course to try."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from course.folders import Course
from course.sections import section_ids

ROOT = Path(__file__).parents[1]
REPORT = "gate report"

# Deterministic and without a deadline: the machine may be slow, and a failure must be the same everywhere.
settings.register_profile("course", deadline=None, derandomize=True, max_examples=50, print_blob=True)
settings.load_profile("course")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--section", action="append", metavar="sNN", help="run the gates of this section only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `section` runs once for every folder in source/."""
    if "section" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--section")
        metafunc.parametrize("section", [one for one in section_ids(ROOT) if not chosen or one in chosen])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --section only the gates run, without the tests of the gates themselves."""
    if not config.getoption("--section"):
        return
    gates = [item for item in items if "section" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in gates])
    items[:] = gates


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the gates have to say beyond passed and failed."""
    reports = [
        text
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, text in report.user_properties
        if name == REPORT
    ]
    if reports:
        terminalreporter.section("gates")
        terminalreporter.line("\n".join(str(text) for text in reports))


@pytest.fixture
def course_copy(tmp_path: Path) -> Callable[..., Course]:
    """Make a course folder for the test: configuration, and the sections asked for (all by default)."""

    def copy(*sections: str, release: bool = True) -> Course:
        folder = tmp_path / "course"
        folder.mkdir()
        shutil.copy2(ROOT / "nbgrader_config.py", folder)
        for section in sections or section_ids(ROOT):
            for name in ("source", "release") if release else ("source",):
                if (ROOT / name / section).is_dir():
                    shutil.copytree(ROOT / name / section, folder / name / section)
        return Course(folder)

    return copy
