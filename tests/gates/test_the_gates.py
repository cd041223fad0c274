"""A gate that cannot fail is no gate: a healthy toy section passes each, and a broken one fails it."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from course.authoring import canonical, lint
from course.sections import read, section_ids
from tests.conftest import ROOT
from tests.gates import execution, killing, leaks, pipeline, points, structure, wrong_answers
from tests.gates.runner import ends_in_value, run_exercise
from tests.gates.site import Demands, Site

TOY = ROOT / "tests" / "fixtures" / "gate_section"
DEMANDS = Demands(points=4, exercises=3, kinds=3, wrong_answers=1)

COST = "s90-storage-cost"
VOLUME = "s90-make-volume"
PICK = "s90-pick-type"


@pytest.fixture
def toy(tmp_path: Path) -> Site:
    """A copy of the healthy toy section that a test may break."""
    shutil.copytree(TOY, tmp_path / "course")
    return Site(tmp_path / "course", "s90", DEMANDS)


def change(path: Path, grade_id: str, edit: Callable[[str], str]) -> None:
    """Rewrite the source of one cell; every edit must change something."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["id"] == grade_id)
    before = "".join(cell["source"])
    cell["source"] = edit(before)
    assert cell["source"] != before
    path.write_text(canonical(notebook), encoding="utf-8")


def replace(path: Path, grade_id: str, old: str, new: str) -> None:
    """Rewrite a part of one cell."""
    change(path, grade_id, lambda source: source.replace(old, new))


def change_metadata(path: Path, cell_id: str, values: dict[str, Any]) -> None:
    """Set keys of nbgrader's metadata of one cell."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["id"] == cell_id)
    cell["metadata"]["nbgrader"].update(values)
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def rewrite(path: Path, old: str, new: str) -> None:
    """Rewrite a part of a text file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def one(findings: list[str], phrase: str) -> None:
    """At least one finding, and one that says what is wrong."""
    assert any(phrase in finding for finding in findings), findings


# --- A and B


def test_a_a_healthy_section_gets_every_point(toy: Site) -> None:
    assert points.solution_misses(toy) == []


def test_a_a_solution_that_fails_its_own_checks_is_found(toy: Site) -> None:
    replace(toy.source_path, COST, "size_gib * usd", "size_gib + usd")
    one(points.solution_misses(toy), "s90-storage-cost: the solution gets 0 of 2")


def test_a_a_cell_without_points_that_fails_is_found(toy: Site) -> None:
    replace(toy.source_path, f"{PICK}-visible", "dict", "list")
    one(points.solution_misses(toy), "the solution gets 1 of 1")


def test_a_a_warning_in_a_graded_cell_is_found(toy: Site) -> None:
    change(toy.source_path, f"{COST}-visible", lambda s: f"import warnings\nwarnings.warn('old')\n{s}")
    one(points.solution_misses(toy), "UserWarning: old")


def test_a_another_sum_of_points_is_found(toy: Site) -> None:
    change_metadata(toy.source_path, f"{COST}-visible", {"points": 2})
    one(points.solution_misses(toy), "5 points, not 4")


def test_b_a_healthy_release_gets_nothing(toy: Site) -> None:
    assert points.untouched_earns(toy.release, toy.source) == []


def test_b_points_for_nothing_are_found(toy: Site) -> None:
    change(toy.source_path, f"{COST}-visible", lambda _: "from course import checks")
    one(points.untouched_earns(toy.release, toy.source), "the untouched release gets 1 of 2")


def test_b_a_traceback_for_an_unanswered_exercise_is_found(toy: Site) -> None:
    change(toy.source_path, f"{COST}-visible", lambda s: f"storage_cost(1, 1)\n{s}")
    one(points.untouched_earns(toy.release, toy.source), "shows a traceback: NotImplementedError")


def test_b_an_answer_that_the_release_lacks_is_found(toy: Site) -> None:
    rewrite(toy.release_path, f'"grade_id": "{COST}"', '"grade_id": "s90-other"')
    one(points.untouched_earns(toy.release, toy.source), "has no such cell")


# --- C


def wrong(site: Site, name: str) -> Path:
    return site.wrong_answers / name


def test_c_healthy_wrong_answers_are_dealt_with(toy: Site) -> None:
    assert len(wrong_answers.files(toy)) == 4
    assert wrong_answers.survivors(toy) == []


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("# Points: 1", "# Points: 0", "gets 1 points, should get 0"),
        ("# Points: 1", "# Points: 2", "is not a loss"),
        ("# Fails: hidden", "# Fails: visible, hidden", "fails hidden, should fail visible, hidden"),
        ("# Fails: hidden", "# Fails: invisible", "Fails names graded cells"),
        ("must not become a bill", "costs money", "does not say"),
        ("# Misconception: whoever", "# Whoever", "the header lacks"),
        ("def storage_cost", "1 / 0\ndef storage_cost", "the answer's own cell raises ZeroDivisionError"),
        (
            "return size_gib",
            "if size_gib < 0:\n        raise ValueError\n    return size_gib",
            "should get 1",
        ),
    ],
)
def test_c_a_wrong_answer_that_is_not_what_it_says_is_found(
    toy: Site, old: str, new: str, finding: str
) -> None:
    rewrite(wrong(toy, "storage-cost/negative_bill.py"), old, new)
    one(wrong_answers.survivors(toy), finding)


def test_c_a_wrong_answer_to_no_exercise_is_found(toy: Site) -> None:
    shutil.move(wrong(toy, "pick-type"), wrong(toy, "pick-another"))
    one(wrong_answers.survivors(toy), "has no exercise s90-pick-another")


def test_c_a_traceback_or_a_cut_line_in_the_feedback_is_found(toy: Site) -> None:
    replace(toy.source_path, f"{PICK}-hidden", "those IOPS", "those IOPS, " + "very " * 40 + "much")
    one(wrong_answers.survivors(toy), "too long")
    change(toy.source_path, f"{PICK}-hidden", lambda _: "assert pick_type()['logs'] == 'st1'")
    one(wrong_answers.survivors(toy), "traceback instead of five lines")


# --- D


def test_d_the_toys_mutants_are_caught(toy: Site) -> None:
    toll = killing.kill(toy)
    assert (toll.killed, toll.survivors, toll.problems) == (toll.total, [], [])
    assert toll.total >= 10
    assert f"{toll.total} of {toll.total} mutants caught" in toll.report("s90")


def test_d_checks_that_notice_too_little_are_found(toy: Site) -> None:
    replace(toy.source_path, f"{COST}-hidden", "check.raises(", "len(")
    change(
        toy.source_path, f"{COST}-hidden", lambda s: "\n".join(x for x in s.splitlines() if "len(" not in x)
    )
    problems = killing.kill(toy).problems
    one(problems, "survives: s90-storage-cost: raise ValueError('size_gib must not be negative')  =>  pass")


def test_d_a_mutant_listed_as_equivalent_needs_a_reason_and_must_pass(toy: Site) -> None:
    replace(toy.source_path, VOLUME, 'VolumeType="gp3"', 'VolumeType="gp3", MultiAttachEnabled=False')
    (survivor,) = {
        what for _, what in killing.kill(toy).survivors if "MultiAttachEnabled" not in what.split("=>")[1]
    }
    entry = f"[[equivalent]]\nexercise = '{VOLUME}'\nmutant = '''{survivor}'''\n"
    toy.equivalents.write_text(entry + 'reason = "False is what AWS takes by itself."\n', encoding="utf-8")
    toll = killing.kill(toy)
    assert (VOLUME, survivor) in toll.equivalent
    assert (VOLUME, survivor) not in toll.survivors
    toy.equivalents.write_text(entry + 'reason = " "\n', encoding="utf-8")
    with pytest.raises(ValueError, match="reason"):
        killing.kill(toy)
    stale = entry.replace(survivor, "a  =>  b") + 'reason = "It was so once."\n'
    toy.equivalents.write_text(stale, encoding="utf-8")
    one(killing.kill(toy).problems, "there is no such mutant")


def test_d_an_endless_mutant_is_stopped_and_counts_as_caught(toy: Site) -> None:
    book = toy.source
    endless = "def storage_cost(a, b):\n    while True:\n        pass"
    began = time.monotonic()
    run = run_exercise(book, book.exercise(COST), endless, first_failure_only=True, time_limit_s=0.2)
    assert run.failed == ["visible"]
    assert time.monotonic() - began < 3


# --- F


@pytest.mark.slow
def test_f_the_toys_release_is_what_nbgrader_generates(tmp_path: Path) -> None:
    generated = pipeline.generate_release(tmp_path / "course", TOY / "source" / "s90" / "s90.ipynb")
    assert pipeline.difference(generated, TOY / "release" / "s90") == []


def test_f_any_difference_is_found(toy: Site, tmp_path: Path) -> None:
    committed = toy.release_path.parent
    shutil.copytree(committed, tmp_path / "generated")
    rewrite(toy.release_path, "AWS bills", "AWS  bills")
    (committed / "notes.txt").write_text("x")
    one(pipeline.difference(tmp_path / "generated", committed), "s90.ipynb differs")
    one(pipeline.difference(tmp_path / "generated", committed), "notes.txt is not what nbgrader generates")
    toy.release_path.unlink()
    one(pipeline.difference(tmp_path / "generated", committed), "s90.ipynb is missing")


@pytest.mark.slow
def test_f_a_source_that_nbgrader_refuses_is_reported(toy: Site, tmp_path: Path) -> None:
    replace(toy.source_path, COST, "### END SOLUTION", "")
    with pytest.raises(AssertionError, match="generate_assignment s90 failed"):
        pipeline.generate_release(tmp_path / "generated", toy.source_path)


# --- G


def test_g_a_healthy_section_agrees_with_its_syllabus(toy: Site) -> None:
    assert structure.disagreements(toy) == []


@pytest.mark.parametrize(
    ("grade_id", "old", "new", "finding"),
    [
        (f"{COST}-task", "(2 points)", "(3 points)", "the heading says 3 points, the graded cells have 2"),
        (
            f"{COST}-task",
            "### Exercise: price a month (2 points)",
            "### Price (2)",
            "must begin with a heading",
        ),
        (f"{COST}-task", "### Exercise", "## Exercise", "must begin with a heading"),
        (COST, "### BEGIN SOLUTION", "# here", "no lines between nbgrader's solution marks"),
        (
            f"{COST}-hidden",
            "### BEGIN HIDDEN TESTS",
            "# here",
            "no lines between nbgrader's hidden-test marks",
        ),
        (f"{COST}-hidden", "### BEGIN", "x = 1\n### BEGIN", "has code outside of the hidden-test marks"),
        (f"{COST}-visible", "check.done()", "check.call(storage_cost, 1, 1)", "may end in a value"),
        (f"{COST}-visible", "s90-storage-cost", "s90-other", "its checks call themselves 's90-other'"),
        (f"{COST}-visible", "Price what you provision", "Elsewhere", "look_at='Elsewhere' is no heading"),
        (f"{VOLUME}-task", "### Exercise: make", "### Exercise: mend", ""),
    ],
)
def test_g_what_does_not_agree_inside_the_notebook_is_found(
    toy: Site, grade_id: str, old: str, new: str, finding: str
) -> None:
    replace(toy.source_path, grade_id, old, new)
    if finding:
        one(structure.disagreements(toy), finding)
    else:
        assert structure.disagreements(toy) == []


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("points = 2", "points = 3", "3 points in the syllabus, 2 in the notebook"),
        ('kind = "choose"', 'kind = "build"', "2 kinds of exercises, at least 3"),
        ("s90-pick-type", "s90-pick-volume", "differ: s90-pick-type, s90-pick-volume"),
        ('"Pick a type"', '"Pick another type"', "is taught under 'Pick another type', which is no heading"),
        ('"4.3.7"', '"4.3.6"', "the opening's skills for DVA-C02 are 4.3.7; the syllabus has 4.3.6"),
        ('id = "s90"', 'id = "s91"', ""),
    ],
)
def test_g_what_does_not_agree_with_the_syllabus_is_found(
    toy: Site, old: str, new: str, finding: str
) -> None:
    syllabus = toy.root / "syllabus.toml"
    rewrite(syllabus, old, new)
    if new == 'id = "s91"':
        rewrite(syllabus, '"s90-', '"s91-')
        finding = "the syllabus has no section s90"
    one(structure.disagreements(toy), finding)


def test_g_the_order_of_the_syllabus_and_of_the_cells_counts(toy: Site) -> None:
    notebook = json.loads(toy.source_path.read_text(encoding="utf-8"))
    ids = [cell["id"] for cell in notebook["cells"]]
    here, there = ids.index(f"{COST}-hidden"), ids.index(f"{COST}-visible")
    notebook["cells"][here], notebook["cells"][there] = notebook["cells"][there], notebook["cells"][here]
    toy.source_path.write_text(canonical(notebook), encoding="utf-8")
    one(structure.disagreements(toy), "must stand in the order task, given, answer")


@pytest.mark.parametrize(
    ("keep", "finding"),
    [
        (lambda cell: cell["id"] != f"{COST}-hidden", "the cell s90-storage-cost-hidden is missing"),
        (lambda cell: "Try it: storage_cost" not in "".join(cell["source"]), "a free code cell is missing"),
        (lambda cell: cell["id"] != "s90-setup", "the first code cell must be s90-setup"),
        (lambda cell: cell["id"] != "s90-grade", "the last code cell must be s90-grade"),
        (lambda cell: not cell["id"].startswith(PICK), "2 exercises, at least 3"),
        (lambda cell: "Exam skills" not in "".join(cell["source"]), "names no **Exam skills.**"),
    ],
)
def test_g_a_missing_cell_is_found(toy: Site, keep: Callable[[dict[str, Any]], bool], finding: str) -> None:
    notebook = json.loads(toy.source_path.read_text(encoding="utf-8"))
    notebook["cells"] = [cell for cell in notebook["cells"] if keep(cell)]
    toy.source_path.write_text(canonical(notebook), encoding="utf-8")
    one(structure.disagreements(toy), finding)


@pytest.mark.parametrize(
    ("grade_id", "values", "finding"),
    [
        (f"{COST}-visible", {"locked": False}, "must be locked"),
        (f"{COST}-visible", {"grade_id": f"{COST}-test"}, "the cell s90-storage-cost-visible is missing"),
        (f"{COST}-visible", {"grade_id": f"{COST}-test"}, "s90-storage-cost-test: belongs to no exercise"),
        (f"{COST}-visible", {"grade_id": "s90-other-visible"}, "belongs to no exercise"),
        (f"{COST}-visible", {"grade_id": f"{COST}-hidden"}, "the id stands there more than once"),
        (f"{COST}-visible", {"grade": False}, "is not a graded cell"),
        (f"{COST}-visible", {"schema_version": 2}, "schema_version must be 3"),
        (f"{COST}-task", {"task": True}, "manually graded task cells are not used"),
        (COST, {"grade": True, "points": 1}, "the answer must be a solution cell without points"),
        (f"{VOLUME}-hidden", {"points": 2}, "the heading says 1 points, the graded cells have 2"),
    ],
)
def test_g_metadata_that_is_not_as_agreed_is_found(
    toy: Site, grade_id: str, values: dict[str, Any], finding: str
) -> None:
    change_metadata(toy.source_path, grade_id, values)
    one(structure.disagreements(toy), finding)


def test_g_a_graded_cell_that_rebinds_what_the_notebook_reads_is_found(toy: Site) -> None:
    change(toy.source_path, f"{COST}-visible", lambda source: f"storage_cost = storage_cost\n{source}")
    change(toy.source_path, f"{PICK}", lambda source: f"storage_cost\n{source}")
    one(structure.disagreements(toy), "binds storage_cost, which cells that are not graded read")


def test_g_too_few_wrong_answers_or_some_of_no_exercise_are_found(toy: Site) -> None:
    shutil.move(wrong(toy, "pick-type"), wrong(toy, "pick-another"))
    one(structure.disagreements(toy), "s90-pick-type: 0 wrong answers, at least 1")
    one(structure.disagreements(toy), "wrong answers for s90-pick-another, which is no exercise")


@pytest.mark.parametrize(
    ("source", "shows"),
    [
        ("check.done()", False),
        ("x = check.call(f)", False),
        ("check.call(f)", True),
        ("print(1)", False),
        ("1 + 1", True),
        ("f()", True),
        ("# nothing", False),
        ("with a:\n    f()", False),
        ("other.done()", True),
    ],
)
def test_g_a_last_statement_with_a_value_is_told_from_one_without(source: str, shows: bool) -> None:
    assert ends_in_value(source) is shows


# --- H


def test_h_a_healthy_release_leaks_nothing(toy: Site) -> None:
    assert leaks.leaks(toy) == []


@pytest.mark.parametrize(
    ("leak", "finding"),
    [
        (
            "return size_gib * usd_per_gib_month",
            "a line of the solution: return size_gib * usd_per_gib_month",
        ),
        ('checked="a month of 70 GiB",', "a line of the hidden tests"),
        ("    return size_gib * 1.073741824 * usd_per_gib_month", "a line of a wrong answer"),
        ("### BEGIN SOLUTION", "nbgrader's mark BEGIN SOLUTION"),
        ("### END HIDDEN TESTS", "nbgrader's mark END HIDDEN TESTS"),
    ],
)
@pytest.mark.parametrize("where", ["notebook", "beside"])
def test_h_whatever_leaks_is_found(toy: Site, leak: str, finding: str, where: str) -> None:
    if where == "notebook":
        change(toy.release_path, f"{COST}-task", lambda source: f"{source}\n\n{leak}")
    else:
        (toy.release_path.parent / "help.py").write_text(leak)
    one(leaks.leaks(toy), finding)


def test_h_a_stray_file_an_output_a_kept_answer_and_kept_tests_are_found(toy: Site) -> None:
    (toy.release_path.parent / "notes.txt").write_text("x")
    one(leaks.leaks(toy), "release/s90/notes.txt is not in source/s90")
    source = json.loads(toy.source_path.read_text(encoding="utf-8"))
    source["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "8.0"}]
    toy.release_path.write_text(json.dumps(source), encoding="utf-8")
    findings = leaks.leaks(toy)
    one(findings, "the release has outputs")
    one(findings, "s90-storage-cost: the release has no stub in place of the answer")
    one(findings, "s90-storage-cost-hidden: the hidden checks are in the release")


# --- I


def test_i_the_toy_is_canonical_and_accessible(toy: Site) -> None:
    for path in (toy.source_path, toy.release_path):
        text = path.read_text(encoding="utf-8")
        assert canonical(json.loads(text)) == text
    assert lint(toy.source) == []


# --- E, and the fast runner against nbgrader


@pytest.fixture(scope="module")
def healthy_runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, execution.RunAll]:
    """Run All of the toy's source and release, once for this module."""
    return {
        which: execution.run_all(TOY / which / "s90" / "s90.ipynb", tmp_path_factory.mktemp(which), ROOT)
        for which in ("source", "release")
    }


@pytest.mark.slow
def test_e_a_healthy_section_runs(healthy_runs: dict[str, execution.RunAll]) -> None:
    assert execution.troubles(healthy_runs["source"], answered=True) == []
    assert execution.troubles(healthy_runs["release"], answered=False) == []


@pytest.mark.slow
def test_e_unanswered_checks_are_forgiven_in_a_release_only(
    healthy_runs: dict[str, execution.RunAll],
) -> None:
    one(execution.troubles(healthy_runs["release"], answered=True), "raises CheckFailed")


@pytest.mark.slow
def test_e_whatever_goes_wrong_is_found(toy: Site, tmp_path: Path) -> None:
    notebook = json.loads(toy.source_path.read_text(encoding="utf-8"))
    sources = {
        "plain-error": "1 / 0",
        "stderr": "import sys\nprint('x', file=sys.stderr)",
        "network": (
            "import socket\n"
            "try:\n    socket.create_connection(('192.0.2.1', 80), timeout=1)\n"
            "except Exception:\n    print('swallowed')"
        ),
        "names": "import socket\ntry:\n    socket.getaddrinfo('a.example', 1)\nexcept Exception:\n    pass",
        "home": "import socket\nsocket.getaddrinfo('localhost', 80)[0][0].name",
    }
    notebook["cells"] = [
        {
            "id": name,
            "cell_type": "code",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for name, source in sources.items()
    ]
    graded = json.loads(toy.source_path.read_text(encoding="utf-8"))["cells"]
    shows = next(cell for cell in graded if cell["id"] == f"{PICK}-visible")
    notebook["cells"].append({**shows, "source": "0.5"})
    path = tmp_path / "broken.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    run = execution.run_all(path, tmp_path / "run", ROOT)
    findings = execution.troubles(run, answered=False)
    one(findings, "plain-error: raises ZeroDivisionError")
    one(findings, "stderr: writes to stderr: x")
    one(findings, "something tried to reach 192.0.2.1")
    one(findings, "something tried to reach a.example")
    one(findings, f"{PICK}-visible: a graded cell shows a value")
    assert len(findings) == 5
    for wall, cpu in ((40, 31), (130, 3)):
        slow = execution.RunAll(run.notebook, wall, cpu, ())
        one(execution.troubles(slow, answered=False), f"Run All took {wall}.0 s")


@pytest.mark.slow
def test_the_fast_runner_and_nbgrader_agree(toy: Site, tmp_path: Path) -> None:
    """On the solution, on the release and on a notebook full of wrong answers, cell by cell."""
    mistaken = tmp_path / "mistaken.ipynb"
    shutil.copy2(toy.source_path, mistaken)
    for name in ("storage-cost/negative_bill.py", "make-volume/plain.py", "pick-type/fast_is_good.py"):
        answer = wrong_answers.read_wrong_answer(wrong(toy, name), "s90")
        change(mistaken, answer.exercise, lambda _, source=answer.source: source)
    paths = {"solution": toy.source_path, "untouched": toy.release_path, "mistaken": mistaken}
    texts = {student: path.read_text(encoding="utf-8") for student, path in paths.items()}
    outcomes = pipeline.autograde(tmp_path / "graded", toy.source_path, texts)
    fast = {student: scores_in_process(toy, read(path)) for student, path in paths.items()}
    assert {student: pipeline.scores(outcome) for student, outcome in outcomes.items()} == fast
    assert [sum(scores.values()) for scores in fast.values()] == [4, 0, 1]


def scores_in_process(site: Site, submitted: Any) -> dict[str, float]:
    book = site.source
    return {
        f"{exercise.id}-{cell.role}": cell.points
        for exercise in book.exercises
        for cell in run_exercise(book, exercise, submitted.by_grade_id[exercise.id].source).cells
    }


# --- the choice of sections


def test_sections_are_the_folders_of_source(tmp_path: Path) -> None:
    assert section_ids(TOY) == ["s90"]
    assert section_ids(tmp_path) == []


def test_the_gates_run_for_the_section_that_is_asked_for(tmp_path: Path) -> None:
    shutil.copytree(TOY / "source", tmp_path / "source")
    (tmp_path / "source" / "s91").mkdir()
    (tmp_path / "tests").mkdir()
    shutil.copy2(ROOT / "tests" / "conftest.py", tmp_path / "tests")
    (tmp_path / "tests" / "test_it.py").write_text("def test_it(section):\n    assert section == 's90'\n")

    def outcome(*options: str) -> str:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", *options]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return run.stdout.strip().splitlines()[-1]

    assert outcome().startswith("1 failed, 1 passed")
    assert outcome("--section", "s90").startswith("1 passed")
