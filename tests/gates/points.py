"""Gates A and B, the fast way: what the solution and the untouched release earn, exercise by exercise."""

from course.sections import SectionNotebook
from tests.gates.runner import run_exercise
from tests.gates.site import Site


def solution_misses(site: Site) -> list[str]:
    """Gate A: the solution gets every point, and the points are as many as a section has."""
    book = site.source
    findings = (
        [] if book.points == site.demands.points else [f"{book.points:g} points, not {site.demands.points:g}"]
    )
    for exercise in book.exercises:
        run = run_exercise(book, exercise)
        if run.points != exercise.points or run.failed:
            findings.append(
                f"{exercise.id}: the solution gets {run.points:g} of {exercise.points:g}\n{run.feedback}"
            )
    return findings


def untouched_earns(release: SectionNotebook, source: SectionNotebook) -> list[str]:
    """Gate B: the release, graded with the source's tests, gets nothing and is told so in five lines."""
    findings = []
    for exercise in source.exercises:
        untouched = release.by_grade_id.get(exercise.id)
        if untouched is None:
            findings.append(f"{exercise.id}: the release has no such cell")
            continue
        run = run_exercise(source, exercise, untouched.source)
        if run.points:
            findings.append(
                f"{exercise.id}: the untouched release gets {run.points:g} of {exercise.points:g}"
            )
        for cell in run.cells:
            if not cell.teaches:
                findings.append(
                    f"{exercise.id}-{cell.role}: an unanswered exercise shows a traceback: {cell.feedback}"
                )
    return findings
