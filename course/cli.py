"""The `course` command.

Exit status: 0 done, 1 something is wrong with the learner's work or the course's files, 2 wrong usage.
Imports stand inside the commands: `course --help` must be quick.
"""

from __future__ import annotations

import io
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from course.errors import CourseProblem

if TYPE_CHECKING:
    from rich.console import Console

    from course.folders import Course
    from course.home import Scores
    from course.syllabus import Syllabus

EXIT_STATUS = "Exit status: 0 done, 1 a problem in your work or the course's files, 2 wrong usage."

INTERRUPTED = 130
"""Typer's exit status after Ctrl-C, as shells have it."""

app = typer.Typer(
    name="course",
    help=f"An AWS Developer Associate course on a mock cloud. Start with `course lab`.\n\n{EXIT_STATUS}",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
prices_app = typer.Typer(
    help="The list prices that the calculators use.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(prices_app, name="prices")

Sections = Annotated[list[str] | None, typer.Argument(help="Sections such as s03.", show_default=False)]


def main() -> NoReturn:
    """Run the command line. Problems become one sentence on stderr; --debug adds the traceback."""
    debug = "--debug" in sys.argv
    _replace_what_cannot_be_printed()
    try:
        app(args=[argument for argument in sys.argv[1:] if argument != "--debug"], standalone_mode=True)
    except CourseProblem as problem:
        if debug:
            traceback.print_exc()
        print(f"course: {problem}", file=sys.stderr)
        sys.exit(problem.exit_code)
    except PermissionError as problem:
        if debug:
            traceback.print_exc()
        print(f"course: Cannot open {problem.filename}: you have no permission to.", file=sys.stderr)
        sys.exit(1)
    except SystemExit as ending:
        if ending.code == INTERRUPTED:
            print("course: stopped. Run the same command again to finish.", file=sys.stderr)
        raise
    except Exception as problem:
        if debug:
            traceback.print_exc()
        text = f"course: unexpected {type(problem).__name__}: {problem}. Add --debug to see where."
        print(text, file=sys.stderr)
        sys.exit(1)
    sys.exit(0)


def _replace_what_cannot_be_printed() -> None:
    """A terminal or pipe of an old encoding shows a question mark where it lacks a character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Options for every command."""


@app.command()
def lab(
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address, open no browser.")
    ] = False,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on.", show_default="first free from 8888")
    ] = None,
) -> None:
    """Make your copies of the notebooks in work/ and open JupyterLab on the course home."""
    from course import home, jupyterlab, terminal, work

    course, syllabus = _course_and_syllabus()
    console = terminal.make_console()
    for copy in work.make_copies(course, syllabus):
        if copy.message(course):
            console.print(copy.message(course), soft_wrap=True, highlight=False)
    jupyterlab.end_on_signals()
    server = jupyterlab.start(course, port)
    try:
        with terminal.busy(console, "Starting JupyterLab …"):
            home.write_home(course, syllabus, _scores_or_none(course, console))
            server.wait_until_ready()
        if no_browser or not jupyterlab.has_display() or not jupyterlab.show(server.address):
            console.print("Open this address in a browser (it holds your access token):", highlight=False)
        console.print(server.address, soft_wrap=True, highlight=False, markup=False)
        console.print("Stop with Ctrl-C. Your notebooks are saved as you work.", highlight=False)
        status = server.wait()
    finally:
        server.stop()
    console.print("JupyterLab has stopped.", highlight=False)
    raise typer.Exit(1 if status else 0)


@app.command()
def grade(
    sections: Sections = None,
    student: Annotated[
        str, typer.Option(help="Whose work: you, or a student whose work was collected.")
    ] = "me",
    notebook: Annotated[
        Path | None, typer.Option(help="Grade this file instead of the copy in work/.")
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Begin afresh where the gradebook holds an older version with other exercises."
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line: steps, then results.")
    ] = False,
) -> None:
    """Grade sections (by default all that have a copy in work/); show points and first failed checks."""
    from course import terminal
    from course.errors import WrongUsage
    from course.grading.service import grade_section

    course, syllabus = _course_and_syllabus()
    chosen = list(dict.fromkeys(sections or _copied_sections(course, syllabus)))
    if not chosen:
        raise CourseProblem(_nothing_to_grade(course))
    if notebook is not None and len(chosen) != 1:
        raise WrongUsage("--notebook grades one section: name it, as in `course grade s03 --notebook FILE`.")
    file = notebook.absolute() if notebook is not None else None
    failed = False
    for section in chosen:
        with terminal.grading_progress(as_json) as report:
            try:
                result = grade_section(course, section, student, file, force, report)
            except CourseProblem as problem:
                if len(chosen) == 1 and not as_json:
                    raise
                failed = True
                terminal.show_problem(problem, as_json)
                continue
        failed = failed or result.status == "failed"
        terminal.show_result(course, result, as_json)
    if student == "me":
        _refresh_home(course, syllabus)
    raise typer.Exit(1 if failed else 0)


@app.command()
def progress() -> None:
    """Show your points by section and by exam domain, and draw work/progress.png."""
    from course import home, terminal
    from course import progress as progress_module
    from course.grading.gradebook import scores_of
    from course.grading.lock import unfinished_section

    course, syllabus = _course_and_syllabus()
    console = terminal.make_console()
    with terminal.busy(console, "Reading the gradebook …"):
        scores = scores_of(course, "me")
    terminal.show_progress(console, syllabus, scores)
    section = unfinished_section(course)
    if section:
        text = (
            f"The last grading of {section} has not ended or was stopped: its points may be a mixture of two "
            f"runs. Run `course grade {section}`."
        )
        console.print(text, soft_wrap=True, highlight=False, markup=False)
    with terminal.busy(console, "Drawing them …"):
        progress_module.draw(course, syllabus, scores)
        home.write_home(course, syllabus, scores)
    console.print(f"The same as a picture: {course.shown(course.progress_picture)}", highlight=False)


@app.command()
def build(
    sections: Sections = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 where something would.")
    ] = False,
) -> None:
    """Make release/ from source/ with nbgrader, and the tables in README.md and docs/coverage.md."""
    from course import terminal
    from course.grading import release

    course, syllabus = _course_and_syllabus()
    console = terminal.make_console()
    chosen = sections or [section.id for section in syllabus.ready if course.source(section.id).is_file()]
    stale = False
    for section in chosen:
        syllabus.ready_section(section)
        with terminal.busy(console, f"Building {section} …"):
            changed = release.check(course, section) if check else release.build(course, section)
        state = "up to date" if not changed else "differs from its source" if check else "rebuilt"
        console.print(f"release/{section}: {state} {', '.join(changed)}".rstrip(), highlight=False)
        stale = stale or bool(changed)
    for name, text in _generated_pages(course, syllabus).items():
        stale = _update_page(course, name, text, check, console) or stale
    raise typer.Exit(1 if check and stale else 0)


@app.command()
def new(section: Annotated[str, typer.Argument(help="The new section's id, such as s04.")]) -> None:
    """Make the skeleton of a new section."""
    from course.authoring import new_section

    new_section(section)


@app.command()
def fmt(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 where something would.")
    ] = False,
) -> None:
    """Bring the notebooks in source/ into canonical form."""
    from course.authoring import format_notebooks

    changed = format_notebooks(check)
    raise typer.Exit(1 if check and changed else 0)


@app.command()
def gates(
    section: Annotated[
        str | None, typer.Argument(help="One section; all where none.", show_default=False)
    ] = None,
) -> None:
    """Run the gates of one section alone."""
    from course.authoring import run_gates

    raise typer.Exit(1 if run_gates(section) else 0)


@prices_app.command("refresh")
def prices_refresh(
    source: Annotated[
        str | None,
        typer.Argument(help="A price file or a folder of them, or an address.", show_default="AWS's own"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only; write nothing.")] = False,
    accept_large_changes: Annotated[
        bool, typer.Option("--accept-large-changes", help="Take prices that changed by more than a fifth.")
    ] = False,
) -> None:
    """Update the packaged prices from AWS's public price files."""
    from course.prices import refresh

    try:
        refresh.refresh(
            source or refresh.BULK_ROOT, dry_run=dry_run, accept_large_changes=accept_large_changes
        )
    except refresh.RefreshError as problem:
        raise CourseProblem(str(problem)) from problem


def _course_and_syllabus() -> tuple[Course, Syllabus]:
    from course.folders import find_course
    from course.syllabus import load

    course = find_course()
    return course, load(course.syllabus_file)


def _copied_sections(course: Course, syllabus: Syllabus) -> list[str]:
    return [section.id for section in syllabus.ready if course.copy(section.id).is_file()]


def _nothing_to_grade(course: Course) -> str:
    others = sorted(path.name for path in course.work.glob("*.ipynb"))
    if others:
        return (
            "No notebook in work/ has the name of a section, such as s03.ipynb; "
            f"there is {', '.join(others)}. "
            "Rename yours, or grade it with `course grade SECTION --notebook FILE`."
        )
    return "There is nothing to grade in work/. Run `course lab` to get your copies of the notebooks."


def _scores_or_none(course: Course, console: Console) -> Scores:
    """Scores for the home page; a gradebook that cannot be read must not keep anyone from studying."""
    from course.grading.gradebook import scores_of

    try:
        return scores_of(course, "me")
    except CourseProblem as problem:
        console.print(str(problem), soft_wrap=True, highlight=False, markup=False)
        return {}


def _refresh_home(course: Course, syllabus: Syllabus) -> None:
    from course.grading.gradebook import scores_of
    from course.home import write_home

    if course.work.is_dir():
        write_home(course, syllabus, scores_of(course, "me"))


def _generated_pages(course: Course, syllabus: Syllabus) -> dict[str, str]:
    from course.syllabus import coverage_page, with_sections_table

    pages = {"docs/coverage.md": coverage_page(syllabus)}
    readme = course.root / "README.md"
    if readme.is_file():
        pages["README.md"] = with_sections_table(readme.read_text(encoding="utf-8"), syllabus)
    return pages


def _update_page(course: Course, name: str, text: str, check: bool, console: Console) -> bool:
    """Write a generated page where it is out of date. Returns whether it was."""
    from course.folders import write_text

    path = course.root / name
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    if not check:
        write_text(path, text)
    console.print(f"{name}: {'out of date' if check else 'rewritten'}", highlight=False)
    return True
