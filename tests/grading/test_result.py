"""The first failed check, told in one line."""

from __future__ import annotations

from typing import Any

import pytest

from course.grading.notebook import result_html, result_text
from course.grading.result import NOT_ANSWERED, Row, SectionResult, failure_of


def error(name: str, message: str) -> dict[str, Any]:
    return {
        "output_type": "error",
        "ename": name,
        "evalue": message,
        "traceback": ["source line of a hidden test"],
    }


FAILURES = [
    ([], ""),
    ([{"output_type": "stream", "name": "stdout", "text": "hello"}], ""),
    ([error("CheckFailed", "Checked: the burst\nSaw: 3\nNeeded: seconds")], "the burst"),
    ([error("AssertionError", "\x1b[31mChecked: colours\x1b[0m")], "colours"),
    ([error("AssertionError", "")], "AssertionError"),
    ([error("NameError", "name 'double' is not defined\nmore")], "NameError: name 'double' is not defined"),
    ([error("NotImplementedError", "")], NOT_ANSWERED),
    ([error("CellTimeoutError", "")], "ran longer than the time limit of a cell"),
    (
        [{"output_type": "stream", "name": "stderr", "text": ["a warning\n", "x"]}],
        "wrote to stderr: a warning",
    ),
]


@pytest.mark.parametrize(("outputs", "line"), FAILURES)
def test_the_line_for_each_kind_of_output(outputs: list[dict[str, Any]], line: str) -> None:
    assert failure_of({"outputs": outputs}) == line


def test_texts_of_the_learner_are_escaped_in_html() -> None:
    row = Row("s01-x", "<b>title</b>", 0.5, 2, "<script>alert(1)</script>")
    result = SectionResult("s01", "Counting", "me", "graded", "", 1.0, (row,), ("a < b",), None)
    page = result_html(result)
    assert "<script>" not in page
    assert "<b>title" not in page
    assert "&lt;script&gt;" in page
    assert "0.5 / 2" in page
    assert "<b>title</b>    0.5 / 2  <script>" in result_text(result)
