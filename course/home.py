"""The course home: the page that JupyterLab opens, with all sections, points, time and the next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from course.folders import Course, write_text
from course.grading.engine import CellScore
from course.grading.result import exercise_points, points_text
from course.syllabus import Section, Syllabus

BAR_CELLS = 10
Scores = Mapping[str, Mapping[str, CellScore]]


@dataclass(frozen=True)
class Standing:
    """How far a learner is in one section. `graded` is False while nothing was handed in."""

    section: Section
    points: float
    max_points: float
    graded: bool


def standings(syllabus: Syllabus, scores: Scores) -> tuple[Standing, ...]:
    """A learner's standing in every section that has a notebook."""
    return tuple(_standing(section, scores.get(section.id, {})) for section in syllabus.ready)


def home_page(course: Course, syllabus: Syllabus, scores: Scores) -> str:
    """The page as Markdown. Links are relative to `work/`, where the page is."""
    stands = standings(syllabus, scores)
    points, most = sum(s.points for s in stands), sum(s.max_points for s in stands)
    lines = [
        "# AWS Developer Associate on a mock cloud",
        "",
        "Notes, experiments and graded exercises. Everything runs on this machine against a mock of AWS: "
        "no account, no card, no network.",
        "",
        f"**{points_text(points)} of {points_text(most)} points** {bar(points, most)}",
        "",
        f"**Next:** {_next_step(course, stands)}",
        "",
        "## Sections",
        "",
        "| section | minutes | points | progress |",
        "|---|---|---|---|",
        *[_line(course, section, stands) for section in syllabus.sections],
        "",
    ]
    if course.progress_picture.is_file():
        lines += [f"![{progress_in_words(stands)}](progress.png)", ""]
    lines += [
        "## How to work",
        "",
        "1. Open a section and work through it from top to bottom (Run > Run All Cells works too).",
        "2. Answer the exercises. The checks below each answer say at once what is wrong.",
        "3. Run the last cell, *Grade this section*. It grades the saved notebook, hidden checks included, "
        "as often as you like.",
        "",
        "In a terminal: `course grade s03` grades, `course progress` shows your points by section and by "
        "exam domain. Your notebooks are in `work/`; nothing here ever overwrites them.",
        "",
    ]
    return "\n".join(lines)


def write_home(course: Course, syllabus: Syllabus, scores: Scores) -> None:
    """Write `work/home.md`. Raises CourseProblem where that is not possible."""
    write_text(course.home, home_page(course, syllabus, scores))


def bar(points: float, max_points: float) -> str:
    """A progress bar of ten characters and the share in percent."""
    share = points / max_points if max_points else 0.0
    full = int(share * BAR_CELLS)
    return f"`{'█' * full}{'░' * (BAR_CELLS - full)}` {100 * share:.0f} %"


def progress_in_words(stands: tuple[Standing, ...]) -> str:
    """The points of all sections as one sentence: the picture's alternative text."""
    parts = [f"{s.section.id} {points_text(s.points)} of {points_text(s.max_points)}" for s in stands]
    return f"Points reached by section: {', '.join(parts) or 'none yet'}"


def _standing(section: Section, scores: Mapping[str, CellScore]) -> Standing:
    points = sum(score.points for score in exercise_points(section, scores).values())
    return Standing(section, points, float(section.points), bool(scores))


def _next_step(course: Course, stands: tuple[Standing, ...]) -> str:
    for standing in stands:
        section = standing.section
        link = _link(course, section)
        if not standing.graded:
            return f"work through {link} ({section.minutes} minutes) and grade it."
        if standing.points < standing.max_points:
            missing = points_text(standing.max_points - standing.points)
            return (
                f"earn the {missing} points still open in {link}; run its last cell to see which checks fail."
            )
    return (
        "all sections that exist have full marks. Come back when the next one is ready."
        if stands
        else "no section yet."
    )


def _line(course: Course, section: Section, stands: tuple[Standing, ...]) -> str:
    if section.planned:
        return f"| {section.id} {section.title} | | | planned |"
    standing = next(s for s in stands if s.section == section)
    points = f"{points_text(standing.points)} / {points_text(standing.max_points)}"
    progress = bar(standing.points, standing.max_points) if standing.graded else "not graded yet"
    return f"| {_link(course, section)} | {section.minutes} | {points} | {progress} |"


def _link(course: Course, section: Section) -> str:
    title = f"{section.id} {section.title}"
    return f"[{title}]({section.id}.ipynb)" if course.copy(section.id).is_file() else title
