"""Start a section: a notebook that already has the guide's shape, one exercise, one wrong answer."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

from course.authoring.canonical import canonical
from course.errors import CourseProblem, WrongUsage
from course.folders import Course, find_course, write_text

TEMPLATE_SECTION = "s00"
WRONG_ANSWER = "storage-cost/gb_for_gib.py"
SYLLABUS_ENTRY = """
[[sections]]
id = "{section}"
title = "…"
minutes = 240
needs = []
skills_c02 = []
skills_c03 = []
topics = [
    {{ notes = "heading of the notes", notebook = "Name the first topic with a verb" }},
]
exercises = [
    {{ id = "{section}-storage-cost", title = "Price a month", kind = "calculate", points = 2, minutes = 10, \
topic = "Name the first topic with a verb", skills_c02 = [], skills_c03 = [] }},
]
"""


def new_section(section: str, course: Course | None = None) -> list[Path]:
    """Write source/<section>/<section>.ipynb and an example of a wrong answer; say what to do next.

    Returns the files written. Nothing that exists is overwritten. Raises WrongUsage for an id of another
    form, CourseProblem where the section's notebook exists already.
    """
    if not re.fullmatch(r"s\d\d", section):
        raise WrongUsage(f"A section's id looks like s04, not {section!r}.")
    course = course or find_course()
    notebook = course.source(section)
    if notebook.exists():
        raise CourseProblem(f"{course.shown(notebook)} exists already; nothing was changed.")
    wrong_answer = course.root / "tests" / "wrong_answers" / section / WRONG_ANSWER
    write_text(notebook, canonical(json.loads(_template("section.ipynb", section))))
    written = [notebook]
    if not wrong_answer.exists():
        write_text(wrong_answer, _template("wrong_answer.py.txt", section))
        written.append(wrong_answer)
    for path in written:
        print(f"Wrote {course.shown(path)}.")
    print(next_steps(section))
    return written


def next_steps(section: str) -> str:
    """What to do after `new_section`, with the entry that the syllabus needs."""
    entry = SYLLABUS_ENTRY.format(section=section)
    return (
        f"Complete the entry of {section} in course/syllabus.toml, or add one, for example:\n{entry}\n"
        f"Then write the notebook, make the learner's with `course build {section}`, and ask "
        f"`course gates {section}` what is missing."
    )


def _template(name: str, section: str) -> str:
    text = files("course.authoring").joinpath("templates", name).read_text(encoding="utf-8")
    return text.replace(TEMPLATE_SECTION, section)
