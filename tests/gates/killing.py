"""Gate D: the checks catch at least 95 % of the solution's mutants that change what was asked for."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from course.sections import SectionNotebook
from tests.gates.runner import run_exercise
from tests.gates.site import Site
from tests.mutants import mutants

NEEDED_SHARE = 0.95
TIME_LIMIT_S = 5.0
WORDED = ("choose", "predict", "diagnose", "repair", "policy")


@dataclass
class Toll:
    """What became of a section's mutants. Survivors and equivalents are (exercise, description)."""

    killed: int = 0
    survivors: list[tuple[str, str]] = field(default_factory=list)
    equivalent: list[tuple[str, str]] = field(default_factory=list)
    stale: list[tuple[str, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Mutants that change something that was asked for."""
        return self.killed + len(self.survivors)

    @property
    def share(self) -> float:
        """Part of them that the checks catch; 1 where there are none."""
        return self.killed / self.total if self.total else 1.0

    @property
    def problems(self) -> list[str]:
        """Why the gate does not hold; empty where it does."""
        found = [
            f"listed as equivalent, but there is no such mutant that passes: {one}" for one in self.stale
        ]
        if self.share < NEEDED_SHARE:
            found.append(f"{self.share:.1%} of the mutants are caught, {NEEDED_SHARE:.0%} are needed")
            found += self.lines
        return found

    @property
    def lines(self) -> list[str]:
        """Every survivor, as the list of equivalents would have it."""
        return [f"  survives: {exercise}: {description}" for exercise, description in self.survivors]

    def report(self, section: str) -> str:
        """Killed of how many, and the survivors, unless `problems` lists them."""
        head = f"{section}: {self.killed} of {self.total} mutants caught ({self.share:.1%}), "
        head += f"{len(self.equivalent)} listed as equivalent"
        return "\n".join([head, *(self.lines if self.share >= NEEDED_SHARE else [])])


def kill(site: Site) -> Toll:
    """Run every mutant of every solution of a section."""
    book, toll = site.source, Toll()
    kinds = {one.id: one.kind for one in site.entry.exercises} if site.entry else {}
    for exercise in book.exercises:
        listed = equivalents(site.equivalents, exercise.id)
        passed = set()
        for mutant in mutants(exercise.answer.source, choices=kinds.get(exercise.id, "choose") in WORDED):
            if _caught(book, exercise.id, mutant.source):
                toll.killed += 1
                continue
            passed.add(mutant.description)
            where = toll.equivalent if mutant.description in listed else toll.survivors
            where.append((exercise.id, mutant.description))
        toll.stale += [(exercise.id, description) for description in listed if description not in passed]
    return toll


def equivalents(path: Path, exercise: str) -> Mapping[str, str]:
    """{mutant's description: reason} of one exercise. Raises ValueError where a reason is missing."""
    if not path.is_file():
        return {}
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("equivalent", [])
    for entry in entries:
        if set(entry) != {"exercise", "mutant", "reason"} or not entry["reason"].strip():
            raise ValueError(f"{path.name}: an entry needs exercise, mutant and reason: {entry}")
    return {entry["mutant"]: entry["reason"] for entry in entries if entry["exercise"] == exercise}


def _caught(book: SectionNotebook, exercise_id: str, answer: str) -> bool:
    run = run_exercise(
        book, book.exercise(exercise_id), answer, first_failure_only=True, time_limit_s=TIME_LIMIT_S
    )
    return bool(run.failed)
