"""What a learner's feedback shows of a hidden graded cell that failed."""

from __future__ import annotations

from typing import Any

from nbformat.v4 import new_code_cell, new_output

from course.checks import CheckFailed
from course.grading.preprocessors import HIDDEN_NOTE, HideTests


def hidden_cell(name: str, value: str, traceback: list[str]) -> Any:
    """A graded cell with hidden tests, and the error that it ended in."""
    cell = new_code_cell("### BEGIN HIDDEN TESTS\nsecret = 7\n### END HIDDEN TESTS")
    cell.metadata["nbgrader"] = {"grade": True, "grade_id": "s01-x-hidden", "points": 1}
    cell.outputs = [new_output("error", ename=name, evalue=value, traceback=traceback)]
    return cell


def shown(cell: Any) -> str:
    """The text of the cell's error in the feedback."""
    after, _ = HideTests().preprocess_cell(cell, {}, 0)
    assert after.source == HIDDEN_NOTE
    return "\n".join(after.outputs[0].traceback)


def test_all_lines_of_a_failed_check_are_shown() -> None:
    failure = CheckFailed("size of the volume", "10 GiB", "20 GiB", "it would be full", "Volumes")
    assert shown(hidden_cell("CheckFailed", str(failure), list(failure.lines))) == failure.text


def test_nothing_but_a_checks_own_lines_is_shown_under_its_name() -> None:
    traceback = ["---> 2 secret = 7", "Checked: the sum", "      3 assert answer == secret"]
    assert shown(hidden_cell("CheckFailed", "Checked: the sum", traceback)) == "Checked: the sum"


def test_other_errors_are_shown_without_the_code_around_them() -> None:
    assert shown(hidden_cell("KeyError", "'a'", ["---> 2 secret = 7", "KeyError: 'a'"])) == "KeyError: 'a'"
