"""Gate E, and gates A and B through nbgrader's own pipeline: whatever needs kernels."""

from pathlib import Path

import pytest

from course.sections import SectionNotebook
from tests.conftest import REPORT, ROOT
from tests.gates import execution, pipeline
from tests.gates.runner import run_exercise
from tests.gates.site import Site

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("time", ["first", "second"])
def test_e_run_all_passes_on_source(site: Site, time: str, tmp_path: Path, record_property) -> None:
    run = execution.run_all(site.source_path, tmp_path, ROOT)
    record_property(REPORT, f"{site.section}: Run All of the source, {time} time: {run.report}")
    assert execution.troubles(run, answered=True) == []


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize("time", ["first", "second"])
def test_e_run_all_passes_on_release(site: Site, time: str, tmp_path: Path, record_property) -> None:
    run = execution.run_all(site.release_path, tmp_path, ROOT)
    record_property(REPORT, f"{site.section}: Run All of the release, {time} time: {run.report}")
    assert execution.troubles(run, answered=False) == []


def test_a_and_b_nbgrader_gives_the_solution_everything_and_the_release_nothing(
    site: Site, release: SectionNotebook, tmp_path: Path
) -> None:
    source = site.source
    submissions = {
        "solution": site.source_path.read_text(encoding="utf-8"),
        "untouched": site.release_path.read_text(encoding="utf-8"),
    }
    outcomes = pipeline.autograde(tmp_path / "course", site.source_path, submissions)
    solution, untouched = (pipeline.scores(outcomes[student]) for student in submissions)
    assert sum(solution.values()) == site.demands.points
    assert sum(untouched.values()) == 0
    for exercise in source.exercises:
        fast = run_exercise(source, exercise)
        blank = run_exercise(source, exercise, release.by_grade_id[exercise.id].source)
        for cell, empty in zip(fast.cells, blank.cells, strict=True):
            grade_id = f"{exercise.id}-{cell.role}"
            assert (solution[grade_id], untouched[grade_id]) == (cell.points, empty.points), grade_id
