"""Gate H: nothing that grading keeps to itself can be found in what learners get."""

import ast
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from course.sections import SectionNotebook, hidden_lines, solution_lines
from tests.gates.site import Site
from tests.gates.wrong_answers import files

MARKS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN MARK SCHEME")
SHORTEST_SECRET = 16  # characters; a shorter line (`return total`, `else:`) tells nothing


def leaks(site: Site) -> list[str]:
    """Every finding as a sentence: in the release's notebook and in all that lies beside it."""
    source, release = site.source, site.release
    public = _public_lines(source)
    secrets = {
        "a line of the solution": _secret(_lines(source, solution_lines), public),
        "a line of the hidden tests": _secret(_lines(source, hidden_lines), public),
        "a line of a wrong answer": _secret(_wrong_lines(site), public),
    }
    findings = [*_hidden_cells(release), *_outputs(site.release_path)]
    for path in sorted(site.release_path.parent.rglob("*")):
        if path.is_file():
            findings += _found_in(path, secrets)
            if path != site.release_path and not (site.source_path.parent / path.name).is_file():
                findings.append(f"release/{site.section}/{path.name} is not in source/{site.section}")
    return findings


def _found_in(path: Path, secrets: dict[str, set[str]]) -> Iterable[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    for mark in MARKS:
        if mark in text:
            yield f"{path.name} has nbgrader's mark {mark}"
    lines = _text_of(path, text)
    for what, secret in secrets.items():
        for line in sorted(secret):
            if any(line in candidate for candidate in lines):
                yield f"{path.name} has {what}: {line}"


def _text_of(path: Path, text: str) -> list[str]:
    """A notebook's text as people see it, not as JSON escapes it."""
    if path.suffix != ".ipynb":
        return text.splitlines()
    strings: list[str] = []

    def collect(value: object) -> None:
        if isinstance(value, str):
            strings.extend(value.splitlines())
        elif isinstance(value, dict):
            for inner in value.values():
                collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    collect(json.loads(text))
    return strings


def _hidden_cells(release: SectionNotebook) -> Iterable[str]:
    for exercise in release.exercises:
        if exercise.hidden is not None and ast.parse(exercise.hidden.source).body:
            yield f"{exercise.hidden.grade_id}: the hidden checks are in the release"
        if "NotImplementedError" not in exercise.answer.source:
            yield f"{exercise.id}: the release has no stub in place of the answer"


def _outputs(path: Path) -> Iterable[str]:
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell.get("outputs"):
            yield f"{cell['id']}: the release has outputs"


def _public_lines(book: SectionNotebook) -> set[str]:
    """What every learner may read: all lines but those between nbgrader's marks."""
    return {
        line.strip()
        for cell in book.cells
        for number, line in enumerate(cell.source.splitlines(), 1)
        if number not in solution_lines(cell.source) | hidden_lines(cell.source)
    }


def _secret(lines: set[str], public: set[str]) -> set[str]:
    """Those that stand in no public line, not even as a part."""
    return {line for line in lines if not any(line in other for other in public)}


def _lines(book: SectionNotebook, numbers_of: Callable[[str], set[int]]) -> set[str]:
    return {
        line.strip()
        for cell in book.cells
        for number, line in enumerate(cell.source.splitlines(), 1)
        if number in numbers_of(cell.source) and len(line.strip()) >= SHORTEST_SECRET
    }


def _wrong_lines(site: Site) -> set[str]:
    return {
        line.strip()
        for path in files(site)
        for line in path.read_text(encoding="utf-8").splitlines()
        if len(line.strip()) >= SHORTEST_SECRET
    }
