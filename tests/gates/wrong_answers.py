"""Gate C: every wrong answer loses exactly the points it should, and the feedback names its misconception."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from course.sections import Exercise, SectionNotebook
from tests.gates.runner import run_exercise
from tests.gates.site import Site

FIELDS = ("Misconception", "Points", "Fails", "Says")
HEADER = re.compile(r"#\s*(?P<name>[A-Z][a-z]+):\s*(?P<value>.+?)\s*$")


class BadHeaderError(ValueError):
    """A wrong answer whose first lines do not say what it is."""


@dataclass(frozen=True)
class WrongAnswer:
    """One plausible mistake, and what must become of it."""

    name: str
    exercise: str
    misconception: str
    points: float
    fails: tuple[str, ...]
    says: tuple[str, ...]
    source: str


def read_wrong_answer(path: Path, section: str) -> WrongAnswer:
    """Read one file. Raises BadHeaderError that says what its header lacks."""
    text = path.read_text(encoding="utf-8")
    fields: dict[str, list[str]] = {}
    for line in text.splitlines():
        match = HEADER.match(line)
        if match is None or match["name"] not in FIELDS:
            break
        fields.setdefault(match["name"], []).append(match["value"])
    missing = [name for name in FIELDS if name not in fields]
    if missing:
        raise BadHeaderError(f"{path.name}: the header lacks {', '.join(missing)}")
    fails = tuple(part.strip() for part in fields["Fails"][0].split(","))
    if not set(fails) <= {"visible", "hidden"}:
        raise BadHeaderError(
            f"{path.name}: Fails names graded cells (visible, hidden), not {fields['Fails'][0]}"
        )
    says = tuple(value.strip("\"'") for value in fields["Says"])
    exercise = f"{section}-{path.parent.name}"
    points = float(fields["Points"][0])
    return WrongAnswer(path.stem, exercise, fields["Misconception"][0], points, fails, says, text)


def files(site: Site) -> list[Path]:
    """The wrong answers of a section, in order."""
    return sorted(site.wrong_answers.glob("*/*.py"))


def survivors(site: Site) -> list[str]:
    """Every wrong answer that is not dealt with as its header says."""
    book = site.source
    findings = []
    for path in files(site):
        shown = path.relative_to(site.wrong_answers).as_posix()
        try:
            wrong = read_wrong_answer(path, site.section)
            exercise = book.exercise(wrong.exercise)
        except (BadHeaderError, KeyError, ValueError) as problem:
            findings.append(f"{shown}: {problem}")
            continue
        findings += [f"{shown}: {problem}" for problem in judge(book, exercise, wrong)]
    return findings


def judge(book: SectionNotebook, exercise: Exercise, wrong: WrongAnswer) -> Iterable[str]:
    """What is not as it should be when this wrong answer is handed in."""
    run = run_exercise(book, exercise, wrong.source)
    if wrong.points >= exercise.points:
        yield f"Points: {wrong.points:g} of {exercise.points:g} is not a loss"
    if run.points != wrong.points:
        yield f"gets {run.points:g} points, should get {wrong.points:g}\n{run.feedback}"
    if sorted(run.failed) != sorted(wrong.fails):
        failed = ", ".join(run.failed) or "nothing"
        yield f"fails {failed}, should fail {', '.join(wrong.fails)}\n{run.feedback}"
    for cell in run.cells:
        if not cell.teaches:
            yield f"the {cell.role} checks answer with a traceback instead of five lines: {cell.feedback}"
    for phrase in wrong.says:
        if run.failed and phrase.lower() not in run.feedback.lower():
            yield f"the feedback does not say {phrase!r}:\n{run.feedback}"
    for line in run.feedback.splitlines():
        if line.endswith("…") and not line.startswith("Saw"):
            yield f"a line of the feedback is too long: {line}"
    if run.answer_error:
        yield f"the answer's own cell raises {run.answer_error}: an answer that nobody can hand in by mistake"
