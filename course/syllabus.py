"""The one list of sections: what each teaches, how long it takes, which exercises and exam skills it has.

`load` reads `syllabus.toml` into frozen dataclasses and refuses anything it does not understand, naming the
place. The page for learners (`course.home`), README's table and `docs/coverage.md` are generated from it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.errors import CourseProblem, WrongUsage

KINDS = ("build", "repair", "calculate", "diagnose", "policy", "choose", "predict")
BLUEPRINTS = ("C02", "C03")
README_START = "<!-- sections:start -->"
README_END = "<!-- sections:end -->"

_SECTION_ID = re.compile(r"s\d\d")
_SKILL_ID = re.compile(r"(\d\.\d)(?:\.(\d+))?")


class SyllabusError(CourseProblem):
    """The syllabus is malformed. The text names the entry and what is wrong with it."""


@dataclass(frozen=True)
class Domain:
    """A content domain of an exam. `weight` is its share of the scored questions, in percent."""

    id: int
    name: str
    weight: int


@dataclass(frozen=True)
class Task:
    """A task statement of an exam, in our words. `skills`: how many it lists; None where not known."""

    id: str
    name: str
    skills: int | None

    @property
    def domain(self) -> int:
        """Number of the domain this task belongs to."""
        return int(self.id[0])


@dataclass(frozen=True)
class Blueprint:
    """One version of the exam's content outline; `period` says when that exam is taken."""

    id: str
    exam: str
    period: str
    source: str
    domains: tuple[Domain, ...]
    tasks: tuple[Task, ...]

    def known(self) -> tuple[str, ...]:
        """Every id that can be covered: skills where the outline numbers them, else tasks."""
        ids: list[str] = []
        for task in self.tasks:
            ids += [task.id] if task.skills is None else [f"{task.id}.{n}" for n in range(1, task.skills + 1)]
        return tuple(ids)


@dataclass(frozen=True)
class Topic:
    """A heading of the notes, and the heading of the notebook that teaches it."""

    notes: str
    notebook: str


@dataclass(frozen=True)
class Exercise:
    """One thing to do, with points. `topic` is the notebook's heading to look at."""

    id: str
    title: str
    kind: str
    points: int
    minutes: int
    topic: str
    skills_c02: tuple[str, ...]
    skills_c03: tuple[str, ...]

    def skills(self, blueprint: str) -> tuple[str, ...]:
        """Ids of one blueprint that this exercise practises."""
        return self.skills_c02 if blueprint == "C02" else self.skills_c03


@dataclass(frozen=True)
class Section:
    """One notebook. A section without exercises is planned."""

    id: str
    title: str
    minutes: int
    needs: tuple[str, ...]
    topics: tuple[Topic, ...]
    skills_c02: tuple[str, ...]
    skills_c03: tuple[str, ...]
    exercises: tuple[Exercise, ...]

    @property
    def planned(self) -> bool:
        """Whether there is no notebook yet."""
        return not self.exercises

    @property
    def points(self) -> int:
        """Points of all exercises together."""
        return sum(exercise.points for exercise in self.exercises)

    def skills(self, blueprint: str) -> tuple[str, ...]:
        """Ids of one blueprint that this section teaches."""
        return self.skills_c02 if blueprint == "C02" else self.skills_c03

    def exercise_of(self, grade_id: str) -> Exercise | None:
        """The exercise that a cell belongs to, by the cell's nbgrader id (`s03-gp2-burst-hidden`)."""
        owners = [e for e in self.exercises if grade_id == e.id or grade_id.startswith(e.id + "-")]
        return max(owners, key=lambda exercise: len(exercise.id), default=None)


@dataclass(frozen=True)
class Syllabus:
    """All sections in teaching order, and the exams they prepare for."""

    sections: tuple[Section, ...]
    blueprints: tuple[Blueprint, ...]

    @property
    def ready(self) -> tuple[Section, ...]:
        """The sections that have a notebook."""
        return tuple(section for section in self.sections if not section.planned)

    def blueprint(self, wanted: str) -> Blueprint:
        """One exam by its short name, "C02" or "C03"."""
        return next(blueprint for blueprint in self.blueprints if blueprint.id == wanted)

    def section(self, wanted: str) -> Section:
        """One section by id, planned or not. Raises WrongUsage for an unknown one."""
        for section in self.sections:
            if section.id == wanted:
                return section
        raise WrongUsage(f"There is no section {wanted!r}. {self._which_exist()}")

    def ready_section(self, wanted: str) -> Section:
        """One section that has a notebook. Raises WrongUsage for an unknown or planned one."""
        section = self.section(wanted)
        if section.planned:
            raise WrongUsage(
                f"{wanted} ({section.title}) is planned; it has no notebook yet. {self._which_exist()}"
            )
        return section

    def _which_exist(self) -> str:
        return f"Ready: {', '.join(section.id for section in self.ready) or 'none'}."


def load(path: Path | None = None) -> Syllabus:
    """Read a syllabus; without a path the course's own.

    Raises SyllabusError for a file that is missing, no TOML, or not a syllabus.
    """
    path = path or Path(__file__).with_name("syllabus.toml")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise SyllabusError(f"Cannot read the syllabus {path}: {problem.strerror}.") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SyllabusError(f"{path.name} is not valid TOML: {problem}.") from problem
    return parse(data)


def parse(data: dict[str, Any]) -> Syllabus:
    """Build a syllabus from TOML's tables. Raises SyllabusError that names the entry at fault."""
    top = _Table(data, "the syllabus")
    blueprints = tuple(_blueprint(name, table) for name, table in top.tables_by_name("blueprints"))
    sections = tuple(_section(table) for table in top.tables("sections"))
    top.done()
    if {blueprint.id for blueprint in blueprints} != set(BLUEPRINTS):
        raise SyllabusError(f"The syllabus must have the blueprints {' and '.join(BLUEPRINTS)}.")
    _unique((section.id for section in sections), "section")
    _unique((exercise.id for section in sections for exercise in section.exercises), "exercise")
    syllabus = Syllabus(sections, blueprints)
    for section in sections:
        _check_references(section, syllabus)
    return syllabus


def _blueprint(name: str, table: _Table) -> Blueprint:
    blueprint = Blueprint(
        id=name,
        exam=table.text("exam"),
        period=table.text("period"),
        source=table.text("source"),
        domains=tuple(_domain(entry) for entry in table.tables("domains")),
        tasks=tuple(_task(entry) for entry in table.tables("tasks")),
    )
    table.done()
    total = sum(domain.weight for domain in blueprint.domains)
    if total != 100:
        raise SyllabusError(f"{table.where}: the domains' weights add up to {total}, not 100.")
    return blueprint


def _domain(table: _Table) -> Domain:
    domain = Domain(table.whole("id"), table.text("name"), table.whole("weight"))
    table.done()
    return domain


def _task(table: _Table) -> Task:
    task = Task(table.text("id"), table.text("name"), table.whole("skills") if table.has("skills") else None)
    table.done()
    return task


def _section(table: _Table) -> Section:
    section_id = table.text("id")
    table.where = f"section {section_id}"
    if not _SECTION_ID.fullmatch(section_id):
        raise SyllabusError(f"Section id {section_id!r} is not of the form s03.")
    exercises = tuple(_exercise(entry, section_id) for entry in table.tables("exercises", optional=True))
    section = Section(
        id=section_id,
        title=table.text("title"),
        minutes=table.whole("minutes") if exercises or table.has("minutes") else 0,
        needs=table.texts("needs"),
        topics=tuple(_topic(entry) for entry in table.tables("topics", optional=True)),
        skills_c02=table.texts("skills_c02"),
        skills_c03=table.texts("skills_c03"),
        exercises=exercises,
    )
    table.done()
    return section


def _topic(table: _Table) -> Topic:
    topic = Topic(table.text("notes"), table.text("notebook"))
    table.done()
    return topic


def _exercise(table: _Table, section: str) -> Exercise:
    exercise_id = table.text("id")
    table.where = f"exercise {exercise_id}"
    exercise = Exercise(
        id=exercise_id,
        title=table.text("title"),
        kind=table.text("kind"),
        points=table.whole("points"),
        minutes=table.whole("minutes"),
        topic=table.text("topic"),
        skills_c02=table.texts("skills_c02"),
        skills_c03=table.texts("skills_c03"),
    )
    table.done()
    if not exercise_id.startswith(section + "-"):
        raise SyllabusError(f"Exercise {exercise_id} must begin with its section's id, {section}-.")
    if exercise.kind not in KINDS:
        raise SyllabusError(
            f"Exercise {exercise_id} has the unknown kind {exercise.kind!r}; known: {', '.join(KINDS)}."
        )
    if exercise.points < 1:
        raise SyllabusError(f"Exercise {exercise_id} must be worth at least one point.")
    return exercise


def _check_references(section: Section, syllabus: Syllabus) -> None:
    ids = [other.id for other in syllabus.sections]
    for need in section.needs:
        if need not in ids:
            raise SyllabusError(f"Section {section.id} needs {need}, which is not in the syllabus.")
        if ids.index(need) >= ids.index(section.id):
            raise SyllabusError(f"Section {section.id} needs {need}, which comes later.")
    headings = {topic.notebook for topic in section.topics}
    for exercise in section.exercises:
        if exercise.topic not in headings:
            raise SyllabusError(
                f"Exercise {exercise.id} names the topic {exercise.topic!r}, which {section.id} lacks."
            )
    for blueprint in syllabus.blueprints:
        known = set(blueprint.known())
        entries = [(f"Section {section.id}", section.skills(blueprint.id))]
        entries += [
            (f"Exercise {exercise.id}", exercise.skills(blueprint.id)) for exercise in section.exercises
        ]
        for who, skills in entries:
            for skill in skills:
                if not _SKILL_ID.fullmatch(skill) or skill not in known:
                    raise SyllabusError(
                        f"{who} names the skill {skill!r}, which {blueprint.id} does not have."
                    )


def _unique(ids: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for entry in ids:
        if entry in seen:
            raise SyllabusError(f"The {what} {entry} is in the syllabus twice.")
        seen.add(entry)


class _Table:
    """A TOML table that is read key by key and complains about what is missing, odd or left over."""

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, dict):
            raise SyllabusError(f"{where}: a table is needed, not {data!r}.")
        self.data = data
        self.where = where
        self.used: set[str] = set()

    def has(self, key: str) -> bool:
        return key in self.data

    def text(self, key: str) -> str:
        return str(
            self._get(key, lambda value: isinstance(value, str) and value.strip() != "", "a non-empty text")
        )

    def whole(self, key: str) -> int:
        return int(self._get(key, lambda value: type(value) is int and value >= 0, "a whole number"))

    def texts(self, key: str) -> tuple[str, ...]:
        if not self.has(key):
            return ()
        return tuple(
            self._get(
                key, lambda v: isinstance(v, list) and all(isinstance(t, str) for t in v), "a list of texts"
            )
        )

    def tables(self, key: str, optional: bool = False) -> list[_Table]:
        if optional and not self.has(key):
            return []
        entries = self._get(key, lambda value: isinstance(value, list), "a list of tables")
        return [_Table(entry, f"{self.where}, {key} {number}") for number, entry in enumerate(entries, 1)]

    def tables_by_name(self, key: str) -> list[tuple[str, _Table]]:
        entries = self._get(key, lambda value: isinstance(value, dict), "a table of tables")
        return [(name, _Table(entry, f"{key} {name}")) for name, entry in entries.items()]

    def done(self) -> None:
        left = sorted(set(self.data) - self.used)
        if left:
            raise SyllabusError(f"{self.where}: unknown entry {left[0]!r}.")

    def _get(self, key: str, fits: Callable[[Any], bool], needed: str) -> Any:
        if key not in self.data:
            raise SyllabusError(f"{self.where}: {key!r} is missing.")
        self.used.add(key)
        value = self.data[key]
        if not fits(value):
            raise SyllabusError(f"{self.where}: {key!r} must be {needed}, not {value!r}.")
        return value


def sections_table(syllabus: Syllabus) -> str:
    """README's table of sections, in Markdown."""
    lines = ["| section | exercises | points | minutes |", "|---|---|---|---|"]
    for section in syllabus.sections:
        title = f"{section.id} {section.title}"
        if section.planned:
            lines.append(f"| {title} | planned | | |")
        else:
            link = f"[{title}](release/{section.id}/{section.id}.ipynb)"
            lines.append(f"| {link} | {len(section.exercises)} | {section.points} | {section.minutes} |")
    return "\n".join(lines) + "\n"


def with_sections_table(readme: str, syllabus: Syllabus) -> str:
    """README's text with a fresh table between its markers. Raises SyllabusError where they are missing."""
    start, end = readme.find(README_START), readme.find(README_END)
    if start < 0 or end < start:
        raise SyllabusError(
            f"README.md needs the lines {README_START} and {README_END} around its table of sections."
        )
    return readme[: start + len(README_START)] + "\n\n" + sections_table(syllabus) + "\n" + readme[end:]


def coverage_page(syllabus: Syllabus) -> str:
    """`docs/coverage.md`: for each exam, which section and exercise covers what, and what nothing covers."""
    parts = [
        "# What the course covers of the exam",
        "",
        "Generated from `course/syllabus.toml` by `course build`; edit that file, not this one.",
        "",
        "*Taught* means that a section that exists teaches it; *planned* that a later section will; "
        "*gap* that no section of the course's notes does.",
    ]
    for blueprint in syllabus.blueprints:
        parts += ["", *_coverage_of(blueprint, syllabus)]
    return "\n".join(parts) + "\n"


def _coverage_of(blueprint: Blueprint, syllabus: Syllabus) -> list[str]:
    taught = _covering(blueprint, syllabus.ready)
    planned = _covering(blueprint, [section for section in syllabus.sections if section.planned])
    ids = blueprint.known()
    gaps = [skill for skill in ids if skill not in taught and skill not in planned]
    unit = "skills" if all(task.skills is not None for task in blueprint.tasks) else "tasks"
    later = [skill for skill in ids if skill in planned and skill not in taught]
    lines = [
        f"## {blueprint.exam} ({blueprint.period})",
        "",
        f"Source: {blueprint.source}",
        "",
        f"{len(ids)} {unit}: {len(taught)} taught, {len(later)} planned, {len(gaps)} in no section.",
    ]
    for domain in blueprint.domains:
        lines += ["", f"### {domain.id}. {domain.name} ({domain.weight} %)", ""]
        lines += [f"| {unit[:-1]} | state | sections | exercises |", "|---|---|---|---|"]
        for task in (task for task in blueprint.tasks if task.domain == domain.id):
            if task.skills is not None:
                lines.append(f"| **{task.id} {task.name}** | | | |")
            for skill in (skill for skill in ids if skill == task.id or skill.startswith(task.id + ".")):
                name = skill if task.skills is not None else f"{skill} {task.name}"
                lines.append(
                    f"| {name} | {_state(skill, taught, planned)} | {_cells(skill, blueprint, syllabus)} |"
                )
    lines += ["", "### Gaps", ""]
    lines.append(f"No section covers: {', '.join(gaps)}." if gaps else "None.")
    return lines


def _covering(blueprint: Blueprint, sections: Iterable[Section]) -> set[str]:
    return {skill for section in sections for skill in _all_skills(section, blueprint.id)}


def _all_skills(section: Section, blueprint: str) -> tuple[str, ...]:
    return section.skills(blueprint) + tuple(
        skill for e in section.exercises for skill in e.skills(blueprint)
    )


def _state(skill: str, taught: set[str], planned: set[str]) -> str:
    return "taught" if skill in taught else "planned" if skill in planned else "gap"


def _cells(skill: str, blueprint: Blueprint, syllabus: Syllabus) -> str:
    sections = [section.id for section in syllabus.sections if skill in _all_skills(section, blueprint.id)]
    exercises = [
        e.id for section in syllabus.sections for e in section.exercises if skill in e.skills(blueprint.id)
    ]
    return f"{', '.join(sections)} | {', '.join(exercises)}"
