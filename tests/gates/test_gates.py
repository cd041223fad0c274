"""The gates of every section in source/. `course gates s03` runs those of one."""

import json
from pathlib import Path

import pytest

from course.authoring import canonical, lint
from course.sections import SectionNotebook
from tests.conftest import REPORT
from tests.gates import killing, leaks, pipeline, points, structure, wrong_answers
from tests.gates.site import Site


def report(findings: list[str]) -> None:
    """Fail with one finding for each line."""
    if findings:
        pytest.fail("\n".join(findings), pytrace=False)


@pytest.mark.slow
def test_a_the_solution_gets_every_point(site: Site) -> None:
    report(points.solution_misses(site))


@pytest.mark.slow
def test_b_the_untouched_release_gets_nothing(site: Site, release: SectionNotebook) -> None:
    report(points.untouched_earns(release, site.source))


@pytest.mark.slow
def test_c_every_wrong_answer_loses_what_it_should(site: Site, record_property) -> None:
    findings = wrong_answers.survivors(site)
    files = wrong_answers.files(site)
    caught = len(files) - len({finding.partition(": ")[0] for finding in findings})
    record_property(
        REPORT, f"{site.section}: {caught} of {len(files)} wrong answers dealt with as they should be"
    )
    report(findings)


@pytest.mark.slow
def test_d_mutants_of_the_solutions_are_caught(site: Site, record_property) -> None:
    toll = killing.kill(site)
    record_property(REPORT, toll.report(site.section))
    report(toll.problems)


@pytest.mark.slow
@pytest.mark.usefixtures("release")
def test_f_the_release_is_what_nbgrader_generates(site: Site, tmp_path: Path) -> None:
    generated = pipeline.generate_release(tmp_path / "course", site.source_path)
    report(pipeline.difference(generated, site.release_path.parent))


def test_g_syllabus_headings_ids_points_and_skills_agree(site: Site) -> None:
    report(structure.disagreements(site))


@pytest.mark.usefixtures("release")
def test_h_nothing_hidden_is_in_the_release(site: Site) -> None:
    report(leaks.leaks(site))


def test_i_the_source_is_canonical(site: Site) -> None:
    report(_not_canonical(site.source_path, "run `course fmt`"))


def test_i_the_release_is_canonical(release: SectionNotebook) -> None:
    report(_not_canonical(release.path, "run `course build`"))


def _not_canonical(path: Path, advice: str) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return [] if canonical(json.loads(text)) == text else [f"{path} is not canonical: {advice}"]


def test_i_the_notebook_is_accessible(site: Site) -> None:
    report(lint(site.source))
