"""Courses to grade in. nbgrader takes seconds, so what can be made once is copied from a template."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from course.folders import Course
from course.grading import release
from tests.grading import toy


@pytest.fixture(scope="session", autouse=True)
def package_for_subprocesses() -> Iterator[None]:
    """Grading processes and kernels must find this package, installed or not."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(toy.REPOSITORY)
    yield
    os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A toy course with its release built; not to be changed."""
    course = toy.new_course(tmp_path_factory.mktemp("template") / "course")
    release.build(course, toy.SECTION)
    return course


@pytest.fixture
def course(template: Course, tmp_path: Path) -> Course:
    """A toy course of the test's own."""
    shutil.copytree(template.root, tmp_path / "course", ignore=shutil.ignore_patterns(".course"))
    return Course(tmp_path / "course")
