"""Canonical notebooks, stable ids, accessibility lint, skeletons, and text as another way to edit."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.authoring import canonical, format_notebooks, lint, name_cells, new_section, run_gates
from course.authoring.canonical import readable, slug
from course.errors import CourseProblem, WrongUsage
from course.folders import Course
from course.sections import read
from tests.conftest import ROOT
from tests.gates import points, structure, wrong_answers
from tests.gates.site import Demands, Site

TOY = ROOT / "tests" / "fixtures" / "gate_section"


def cell(kind: str, source: str, cell_id: str = "", **nbgrader: Any) -> dict[str, Any]:
    metadata = {"nbgrader": nbgrader} if nbgrader else {}
    made = {"cell_type": kind, "metadata": metadata, "source": source, "id": cell_id}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}


def ids(book: dict[str, Any]) -> list[str]:
    return [one["id"] for one in json.loads(canonical(book))["cells"]]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course folder with the toy section."""
    shutil.copytree(TOY, tmp_path / "course")
    shutil.copy2(ROOT / "nbgrader_config.py", tmp_path / "course")
    return Course(tmp_path / "course")


# --- canonical form


def test_outputs_counts_and_meaningless_metadata_go() -> None:
    code = cell("code", "1 + 1\n2", "sum")
    code |= {"execution_count": 7, "outputs": [{"output_type": "stream", "name": "stdout", "text": "2"}]}
    code["metadata"] = {"collapsed": True, "execution": {"a": 1}, "tags": ["hide"], "trusted": True}
    book = notebook(code) | {"metadata": {"widgets": {}, "kernelspec": {"name": "conda-env-x"}}}
    before = json.dumps(book)
    text = canonical(book)
    made = json.loads(text)
    assert made["cells"][0] == {
        "cell_type": "code", "execution_count": None, "id": "sum", "metadata": {"tags": ["hide"]},
        "outputs": [], "source": ["1 + 1\n", "2"],
    }  # fmt: skip
    assert made["metadata"]["kernelspec"]["display_name"] == "Python 3 (ipykernel)"
    assert made["metadata"]["language_info"] == {"name": "python"}
    assert text.endswith("}\n")
    assert json.dumps(book) == before


def test_canonical_text_is_what_nbformat_writes() -> None:
    text = canonical(notebook(cell("markdown", "# Über\n\nText", "title"), cell("code", "", "empty")))
    nbformat.validate(json.loads(text))
    assert nbformat.writes(nbformat.reads(text, as_version=4)) + "\n" == text


@given(
    st.lists(
        st.tuples(st.sampled_from(["code", "markdown", "raw"]), st.text(max_size=40), st.text(max_size=8))
    )
)
def test_the_canonical_form_of_the_canonical_form_is_itself(cells) -> None:
    once = canonical(notebook(*(cell(*one) for one in cells)))
    assert canonical(json.loads(once)) == once
    assert len(set(ids(json.loads(once)))) == len(cells)
    nbformat.validate(json.loads(once))


# --- ids


def test_nbgrader_cells_are_called_by_their_grade_id_and_others_by_their_heading() -> None:
    book = notebook(
        cell("code", "first", "0a1b2c3d"),
        cell("markdown", "# Burst: a bucket of I/O credits\n\ntext", "f4227915"),
        cell("code", "x", "5f3e21f4-e7e3-457c-bd3a-4feffc12ab88"),
        cell("code", "y", "keep-this-name"),
        cell("code", "z", "cell-0c5bb2bd7eeac0f8", grade_id="s03-burst", solution=True),
        cell("markdown", "### Exercise: do (1 point)", "x", grade_id="s03-burst-task"),
        cell("code", "w", ""),
    )
    stem = "burst-a-bucket-of-i-o-credits"
    names = [
        "notebook-1",
        f"{stem}-1",
        f"{stem}-2",
        "keep-this-name",
        "s03-burst",
        "s03-burst-task",
        f"{stem}-3",
    ]
    assert ids(book) == names


def test_inserting_and_moving_cells_renames_none_of_the_others() -> None:
    book = notebook(cell("markdown", "# Title"), cell("code", "a"), cell("code", "b"))
    first = json.loads(canonical(book))
    first["cells"].insert(1, cell("code", "new", "8badf00d"))
    first["cells"].reverse()
    assert ids(first) == ["title-3", "title-2", "notebook-1", "title-1"]


def test_copied_ids_become_different() -> None:
    book = notebook(
        cell("code", "a", "same"),
        cell("code", "b", "same"),
        cell("code", "c", "s03-x"),
        cell("code", "d", grade_id="s03-x"),
    )
    assert ids(book) == ["same", "notebook-1", "notebook-2", "s03-x"]


@pytest.mark.parametrize(
    ("cell_id", "is_readable"),
    [("burst-1", True), ("s03-gp2-burst", True), ("deadbeef", True), ("f4227915", False), ("a b", False),
     ("", False), ("x" * 65, False), ("cell-0c5bb2bd7eeac0f8", False),
     ("5f3e21f4-e7e3-457c-bd3a-4feffc12ab88", False)],
)  # fmt: skip
def test_readable_ids_are_told_from_random_ones(cell_id: str, is_readable: bool) -> None:
    assert readable(cell_id) is is_readable


def test_slugs_are_plain_and_short() -> None:
    assert slug("Prüfe `gp2`: 3 IOPS/GiB!") == "prufe-gp2-3-iops-gib"
    assert slug("…") == "cell"
    assert len(slug("word " * 40)) <= 48


def test_name_cells_works_in_place() -> None:
    book = notebook(cell("markdown", "# Title"))
    name_cells(book)
    assert book["cells"][0]["id"] == "title-1"


def test_format_notebooks_says_what_changes_and_changes_it_unless_asked_not_to(
    course: Course, capsys
) -> None:
    path = course.source("s90")
    wanted = path.read_text(encoding="utf-8")
    path.write_text(json.dumps(json.loads(wanted)), encoding="utf-8")
    assert format_notebooks(check=True, course=course) == [path]
    assert path.read_text(encoding="utf-8") != wanted
    assert "source/s90/s90.ipynb: not canonical" in capsys.readouterr().out
    assert format_notebooks(course=course) == [path]
    assert path.read_text(encoding="utf-8") == wanted
    assert format_notebooks(course=course) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"nbformat": 3, "worksheets": []}'])
def test_what_is_no_notebook_is_refused_and_kept(course: Course, text: str) -> None:
    course.source("s90").write_text(text)
    with pytest.raises(CourseProblem, match="is not a"):
        format_notebooks(course=course)
    assert course.source("s90").read_text() == text


# --- accessibility


def findings(tmp_path: Path, *cells: dict[str, Any]) -> list[str]:
    path = tmp_path / "s90.ipynb"
    path.write_text(canonical(notebook(*cells)), encoding="utf-8")
    return lint(path)


GOOD = [
    "# Title\n\n[Amazon EBS](https://aws.example/ebs), `<b>` in code, 3 < 4, <https://aws.example>",
    "## Topic\n\n```mermaid\nflowchart LR\n```\n\nThe volume is attached to one instance.",
    "```mermaid\nflowchart LR\n```",
    "The picture above shows the same once more.",
    "![A volume between two zones, attached to neither](volume.png)",
    "### Deeper\n\n```html\n<b>shown as code</b>\n# no heading\n```",
]


def test_a_good_notebook_has_no_findings(tmp_path: Path) -> None:
    code = [
        "charts.show(ax, alt='Cost grows with the size of the volume.')",
        "charts.show(ax, alt=text)",
        "%matplotlib inline",
        "lab.clock.advance(hours=1)",
    ]
    cells = [cell("markdown", text) for text in GOOD] + [cell("code", source) for source in code]
    assert findings(tmp_path, *cells) == []


@pytest.mark.parametrize(
    ("source", "finding"),
    [
        ("## No title", "one title (H1) is needed, 0 found"),
        ("# One\n\n# Two", "one title (H1) is needed, 2 found"),
        ("## Before\n\n# Title", "the first heading is not the title"),
        ("# Title\n\n### Too deep", "'Too deep' goes down from level 1 to 3"),
        ("# Title\n\n## Twice\n\n## Twice", "'Twice' stands there more than once"),
        ("# Title\n\n![](x.png)", "needs alternative text"),
        ("# Title\n\n![plot](x.png)", "needs alternative text"),
        ("# Title\n\n[here](https://aws.example)", "needs a text that names its target"),
        ("# Title\n\n[**Click here**](https://aws.example)", "needs a text that names its target"),
        ("# Title\n\n[https://aws.example](https://aws.example)", "needs a text that names its target"),
        ("# Title\n\nSee https://aws.example for more.", "bare address https://aws.example"),
        ("# Title\n\na <br> b", "raw HTML: <br>"),
        ("# Title\n\n<img src='x.png'>", "raw HTML: <img"),
        ("# Title\n\n<!-- secret -->", "raw HTML: <!--"),
        ("# Title\n\n```mermaid\nflowchart LR\n```", "needs a one-line description"),
        ("# Title\n\n```mermaid\nflowchart LR\n```\n\n## Next", "needs a one-line description"),
        ("# Title \N{ROCKET}", "emoji or picture characters"),
    ],
)
def test_markdown_that_shuts_people_out_is_found(tmp_path: Path, source: str, finding: str) -> None:
    assert any(finding in one for one in findings(tmp_path, cell("markdown", source)))


@pytest.mark.parametrize(
    ("source", "finding"),
    [
        ("charts.show(ax)", "charts.show needs alt="),
        ("charts.show(ax, alt='plot')", "charts.show needs alt="),
        ("charts.what_if(draw, size_gib=(1, 2, 1))", "charts.what_if needs alt="),
        ("plt.show()", "without alternative text"),
        ("df.plot.line()", "without alternative text"),
        ("HTML('<b>x</b>')", "without alternative text"),
        ("time.sleep(1)", "lab.clock.advance"),
        ("def f(:", "cannot be parsed"),
    ],
)
def test_code_that_shuts_people_out_is_found(tmp_path: Path, source: str, finding: str) -> None:
    found = findings(tmp_path, cell("markdown", "# Title"), cell("code", source))
    assert len(found) == 1
    assert finding in found[0]
    assert found[0].startswith("title-2: ")


# --- skeletons


def test_a_new_section_has_the_guides_shape_and_says_what_comes_next(course: Course, capsys) -> None:
    written = new_section("s91", course)
    assert [course.shown(path) for path in written] == [
        "source/s91/s91.ipynb",
        "tests/wrong_answers/s91/storage-cost/gb_for_gib.py",
    ]
    said = capsys.readouterr().out
    assert "Wrote source/s91/s91.ipynb." in said
    assert 'id = "s91-storage-cost"' in said
    assert "course build s91" in said
    assert "course gates s91" in said
    book = read(course.source("s91"))
    assert [exercise.id for exercise in book.exercises] == ["s91-storage-cost"]
    headings = [text for _, text in book.headings]
    for closer in ("Warm up", "In practice", "Recap", "Further reading", "Grade this section"):
        assert closer in headings
    assert "s00" not in course.source("s91").read_text(encoding="utf-8")
    assert lint(book) == []
    assert format_notebooks(check=True, course=course) == []


def test_the_gates_say_what_a_new_section_lacks_and_nothing_else(course: Course) -> None:
    new_section("s91", course)
    site = Site(course.root, "s91")
    assert structure.disagreements(site) == [
        "2 points, not 20",
        "1 exercises, at least 10 are needed",
        "s91-storage-cost: 1 wrong answers, at least 3 are needed",
        "the syllabus has no section s91",
    ]
    small = Site(course.root, "s91", Demands(points=2, exercises=1, kinds=1, wrong_answers=1))
    assert points.solution_misses(small) == []
    assert wrong_answers.survivors(small) == []


def test_nothing_that_exists_is_overwritten(course: Course) -> None:
    new_section("s91", course)
    course.source("s91").write_text("mine")
    with pytest.raises(CourseProblem, match="exists already; nothing was changed"):
        new_section("s91", course)
    assert course.source("s91").read_text() == "mine"
    for wrong in ("s9", "section", "s910", "../s91"):
        with pytest.raises(WrongUsage, match="looks like s04"):
            new_section(wrong, course)


def test_gates_are_refused_where_there_are_none(course: Course) -> None:
    with pytest.raises(CourseProblem, match="has no tests/gates"):
        run_gates("s90", course)
    (course.root / "tests" / "gates").mkdir()
    with pytest.raises(WrongUsage, match="no section s92"):
        run_gates("s92", course)


@pytest.mark.slow
def test_gates_run_in_the_course_and_give_pytests_exit_status(course: Course) -> None:
    gates = course.root / "tests" / "gates"
    gates.mkdir()
    shutil.copy2(ROOT / "tests" / "conftest.py", course.root / "tests")
    for verdict, status in (("section == 's90'", 0), ("False", 1)):
        (gates / "test_it.py").write_text(
            f"def test_it(section):\n    assert {verdict}\n\n\ndef test_of_the_gates():\n    assert False\n"
        )
        assert run_gates("s90", course, extra=("-p", "no:cacheprovider")) == status


# --- notebooks as text


@pytest.mark.slow
def test_a_notebook_edited_as_text_keeps_its_ids_and_nbgraders_metadata(course: Course) -> None:
    def sync(path: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "jupytext", "--sync", path],
            cwd=course.root,
            check=True,
            capture_output=True,
        )

    shutil.copy2(ROOT / "jupytext.toml", course.root)
    path = course.source("s90")
    before = path.read_text(encoding="utf-8")
    sync("source/s90/s90.ipynb")
    text = course.root / "text" / "s90" / "s90.py"
    assert '# %% nbgrader={"grade": false, "grade_id": "s90-storage-cost"' in text.read_text(encoding="utf-8")
    text.write_text(
        text.read_text(encoding="utf-8").replace("used or not", "whether used or not"), encoding="utf-8"
    )
    sync("text/s90/s90.py")
    format_notebooks(course=course)
    assert path.read_text(encoding="utf-8") == before.replace("used or not", "whether used or not")
    path.unlink()
    sync("text/s90/s90.py")
    format_notebooks(course=course)
    assert path.read_text(encoding="utf-8") == before.replace("used or not", "whether used or not")
