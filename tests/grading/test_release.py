"""A release: canonical, free of solutions and hidden checks, and complete or not there at all."""

from __future__ import annotations

import copy

import nbformat
import pytest

from course.errors import CourseProblem
from course.folders import Course
from course.grading import release
from course.grading.canonical import canonicalize
from tests.grading import toy
from tests.grading.toy import SECTION


def test_solutions_and_hidden_checks_are_gone(template: Course) -> None:
    text = template.release(SECTION).read_text()
    assert "secret_number" not in text
    assert "max(numbers)" not in text
    assert text.count("raise NotImplementedError") == 2


def test_cell_ids_are_kept_and_the_form_is_canonical(template: Course) -> None:
    source, released = toy.read(template.source(SECTION)), toy.read(template.release(SECTION))
    assert [cell["id"] for cell in released["cells"]] == [cell["id"] for cell in source["cells"]]
    assert canonicalize(copy.deepcopy(released)) == released
    nbformat.validate(nbformat.from_dict(released))
    assert template.release(SECTION).read_text().endswith("}\n")


def test_what_is_not_meant_to_be_kept_is_dropped() -> None:
    cell = {"cell_type": "code", "id": "a", "source": "1", "execution_count": 3, "outputs": [{}]}
    notebook = {
        "cells": [{**cell, "metadata": {"collapsed": True, "tags": ["x"]}}],
        "metadata": {"widgets": {}},
    }
    (kept,) = canonicalize(notebook)["cells"]
    assert kept == {**cell, "metadata": {"tags": ["x"]}, "outputs": [], "execution_count": None}
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}


def test_a_section_without_source_is_refused(course: Course) -> None:
    with pytest.raises(CourseProblem, match=r"There is no source/s02/s02\.ipynb"):
        release.build(course, "s02")


def test_building_leaves_no_gradebook_and_no_scratch(course: Course) -> None:
    assert release.build(course, SECTION) == []
    assert not course.gradebook.exists()
    assert toy.files(course) == {".course/.gitignore"}
