"""Points by section and by exam domain: as tables, and as a picture."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from typing import Any

from course.folders import Course, write_bytes
from course.grading.result import exercise_points
from course.home import Scores, standings
from course.syllabus import Blueprint, Domain, Exercise, Syllabus


@dataclass(frozen=True)
class DomainStanding:
    """Points reached and possible in one domain of one exam, so far as the course has exercises for it."""

    domain: Domain
    points: float
    max_points: float


def domain_standings(syllabus: Syllabus, blueprint: Blueprint, scores: Scores) -> tuple[DomainStanding, ...]:
    """A learner's points by domain of one exam.

    An exercise counts for the domains of its skills; one with skills in several is shared out by their
    number.
    """
    reached: Counter[int] = Counter()
    possible: Counter[int] = Counter()
    for section in syllabus.ready:
        by_exercise = exercise_points(section, scores.get(section.id, {}))
        for exercise in section.exercises:
            for domain, share in shares(exercise, blueprint.id).items():
                reached[domain] += share * by_exercise[exercise.id].points  # type: ignore[assignment]
                possible[domain] += share * exercise.points  # type: ignore[assignment]
    return tuple(DomainStanding(d, float(reached[d.id]), float(possible[d.id])) for d in blueprint.domains)


def shares(exercise: Exercise, blueprint: str) -> dict[int, float]:
    """Which domains an exercise counts for, and with what share; they add up to 1 (or there are none)."""
    domains = Counter(int(skill[0]) for skill in exercise.skills(blueprint))
    return {domain: number / domains.total() for domain, number in domains.items()}


def draw(course: Course, syllabus: Syllabus, scores: Scores) -> None:
    """Draw `work/progress.png`. Raises CourseProblem where it cannot be written."""
    from course import charts

    panels = _panels(syllabus, scores)
    heights = [0.5 + 0.35 * len(standing) for standing in panels.values()]
    with charts.style():
        all_axes = charts.axes(rows=len(panels), height=sum(heights))
        all_axes[0].get_gridspec().set_height_ratios(heights)
        for ax, (title, standing) in zip(all_axes, panels.items(), strict=True):
            _draw_panel(ax, title, standing)
        picture = io.BytesIO()
        all_axes[0].get_figure().savefig(picture, format="png", metadata={"Software": None})
    write_bytes(course.progress_picture, picture.getvalue())


def _panels(syllabus: Syllabus, scores: Scores) -> dict[str, dict[str, tuple[float, float]]]:
    """{title of a panel: {name of a bar: (points reached, points possible)}}."""
    sections = {
        f"{s.section.id} {s.section.title}": (s.points, s.max_points) for s in standings(syllabus, scores)
    }
    domains = {
        f"Points by domain of {blueprint.exam}": {
            f"{d.domain.name} ({d.domain.weight} %)": (d.points, d.max_points)
            for d in domain_standings(syllabus, blueprint, scores)
        }
        for blueprint in syllabus.blueprints
    }
    return {"Points by section": sections, **domains}


def _draw_panel(ax: Any, title: str, standing: dict[str, tuple[float, float]]) -> None:
    """Horizontal bars: filled what was reached, hatched what is open; the numbers stand beside them."""
    from course import charts

    look = charts.series_style(0)
    names = list(standing)
    reached = [points for points, _ in standing.values()]
    still_open = [most - points for points, most in standing.values()]
    ax.barh(names, reached, color=look.colour, height=0.6)
    ax.barh(names, still_open, left=reached, color="white", edgecolor=look.colour, hatch="//", height=0.6)
    for row, (points, most) in enumerate(standing.values()):
        text = f"{points:.3g} of {most:.3g}" if most else "no exercises yet"
        ax.annotate(text, (most, row), (4, 0), textcoords="offset points", va="center")
    ax.set_title(title, loc="left")
    ax.set_xlim(0, 1.25 * max((most for _, most in standing.values()), default=1) or 1)
    ax.invert_yaxis()
    ax.grid(visible=False)
    ax.tick_params(left=False, bottom=False, labelbottom=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
