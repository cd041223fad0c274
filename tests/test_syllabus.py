"""The syllabus: loading it, refusing a malformed one, and what is generated from it."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from course import syllabus
from course.errors import WrongUsage
from course.syllabus import SyllabusError

REPOSITORY = Path(__file__).resolve().parents[1]
TOY = REPOSITORY / "tests" / "fixtures" / "toy_course" / "syllabus.toml"


@pytest.fixture
def data() -> dict[str, Any]:
    return tomllib.loads(TOY.read_text())


def test_the_course_has_the_fifteen_sections_of_the_notes() -> None:
    course = syllabus.load()
    assert [section.id for section in course.sections] == [f"s{number:02}" for number in range(3, 18)]


def test_every_ready_section_has_twenty_points_over_at_least_five_kinds() -> None:
    for section in syllabus.load().ready:
        assert section.points == 20, section.id
        assert len({exercise.kind for exercise in section.exercises}) >= 4, section.id
        assert sum(exercise.minutes for exercise in section.exercises) <= section.minutes, section.id


def test_both_blueprints_weigh_a_hundred_and_c02_has_its_101_skills() -> None:
    course = syllabus.load()
    assert [d.weight for d in course.blueprint("C02").domains] == [32, 26, 24, 18]
    assert [d.weight for d in course.blueprint("C03").domains] == [30, 26, 22, 22]
    assert len(course.blueprint("C02").known()) == 101


def test_an_exercise_is_found_by_the_longest_id_that_a_cell_begins_with(data: dict[str, Any]) -> None:
    exercises = data["sections"][0]["exercises"]
    exercises.append({**exercises[0], "id": "s01-double-twice"})
    section = syllabus.parse(data).section("s01")
    assert section.exercise_of("s01-double-hidden") == section.exercises[0]
    assert section.exercise_of("s01-double-twice-hidden") == section.exercises[-1]
    assert section.exercise_of("s01-doubles") is None


def test_an_unknown_and_a_planned_section_are_refused_with_what_is_ready() -> None:
    toy = syllabus.load(TOY)
    with pytest.raises(WrongUsage, match=r"no section 's99'. Ready: s01\."):
        toy.ready_section("s99")
    with pytest.raises(WrongUsage, match=r"s02 \(Later\) is planned; it has no notebook yet\. Ready: s01\."):
        toy.ready_section("s02")


def _section(data: dict[str, Any]) -> dict[str, Any]:
    return data["sections"][0]  # type: ignore[no-any-return]


def _exercise(data: dict[str, Any]) -> dict[str, Any]:
    return _section(data)["exercises"][0]  # type: ignore[no-any-return]


MALFORMED = {
    "section 1, title": (lambda d: _section(d).pop("title"), "section s01: 'title' is missing"),
    "unknown entry": (lambda d: _section(d).update(minute=3), "section s01: unknown entry 'minute'"),
    "points as text": (
        lambda d: _exercise(d).update(points="2"),
        "exercise s01-double: 'points' must be a whole",
    ),
    "points as bool": (
        lambda d: _exercise(d).update(points=True),
        "'points' must be a whole number, not True",
    ),
    "no points": (lambda d: _exercise(d).update(points=0), "s01-double must be worth at least one point"),
    "kind": (lambda d: _exercise(d).update(kind="quiz"), "unknown kind 'quiz'"),
    "prefix": (lambda d: _exercise(d).update(id="s02-double"), "must begin with its section's id, s01-"),
    "topic": (lambda d: _exercise(d).update(topic="Nothing"), "names the topic 'Nothing', which s01 lacks"),
    "skill": (
        lambda d: _exercise(d).update(skills_c02=["1.1.9"]),
        "the skill '1.1.9', which C02 does not have",
    ),
    "skill of C03": (lambda d: _section(d).update(skills_c03=["1.1.1"]), "which C03 does not have"),
    "need": (lambda d: _section(d).update(needs=["s09"]), "s01 needs s09, which is not in the syllabus"),
    "need order": (lambda d: _section(d).update(needs=["s02"]), "s01 needs s02, which comes later"),
    "twice": (
        lambda d: d["sections"].append(copy.deepcopy(_section(d))),
        "section s01 is in the syllabus twice",
    ),
    "section id": (lambda d: _section(d).update(id="three"), "Section id 'three' is not of the form s03"),
    "weights": (
        lambda d: d["blueprints"]["C02"]["domains"][0].update(weight=59),
        "blueprints C02: the domains' weights add up to 99",
    ),
    "blueprint": (lambda d: d["blueprints"].pop("C03"), "must have the blueprints C02 and C03"),
    "table": (lambda d: d["sections"].insert(0, "s01"), "sections 1: a table is needed"),
}


@pytest.mark.parametrize(("spoil", "complaint"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_entry_is_named(data: dict[str, Any], spoil: Any, complaint: str) -> None:
    spoil(data)
    with pytest.raises(SyllabusError) as caught:
        syllabus.parse(data)
    assert complaint in str(caught.value)


def test_a_file_that_is_no_toml_or_not_there_is_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "syllabus.toml"
    broken.write_text("[[sections]\n")
    with pytest.raises(SyllabusError, match="is not valid TOML"):
        syllabus.load(broken)
    with pytest.raises(SyllabusError, match="Cannot read the syllabus"):
        syllabus.load(tmp_path / "none.toml")


def test_the_table_for_readme_links_ready_sections_and_marks_planned_ones() -> None:
    table = syllabus.sections_table(syllabus.load(TOY))
    assert "| [s01 Counting](release/s01/s01.ipynb) | 2 | 5 | 10 |" in table
    assert "| s02 Later | planned | | |" in table


def test_the_table_replaces_what_is_between_the_markers_and_nothing_else() -> None:
    toy = syllabus.load(TOY)
    readme = f"before\n{syllabus.README_START}\nold\n{syllabus.README_END}\nafter\n"
    once = syllabus.with_sections_table(readme, toy)
    assert "old" not in once
    assert once.startswith("before\n")
    assert once.endswith(f"{syllabus.README_END}\nafter\n")
    assert syllabus.with_sections_table(once, toy) == once
    with pytest.raises(SyllabusError, match=r"README\.md needs the lines"):
        syllabus.with_sections_table("no markers", toy)


def test_the_coverage_page_counts_taught_planned_and_gaps() -> None:
    page = syllabus.coverage_page(syllabus.load(TOY))
    assert "3 skills: 3 taught, 0 planned, 0 in no section." in page
    assert "| 1.1.1 | taught | s01 | s01-double |" in page
    assert "2 tasks: 1 taught, 0 planned, 1 in no section." in page
    assert "No section covers: 4.3." in page


def test_the_course_says_openly_what_no_section_covers() -> None:
    page = syllabus.coverage_page(syllabus.load())
    gaps = page.split("### Gaps")[1].splitlines()[2]
    assert "1.3.1" in gaps  # DynamoDB keys: the notes have no section on DynamoDB
    assert "4.3.7" not in gaps
