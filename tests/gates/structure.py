"""Gate G: syllabus, headings, ids, points, kinds and skills agree; cells stand in the guide's order."""

import ast
import re
import symtable
from collections.abc import Iterable

from course.sections import EXERCISE_ID, ROLES, Exercise, SectionNotebook, hidden_lines, solution_lines
from course.syllabus import KINDS, Section
from tests.gates.runner import ends_in_value
from tests.gates.site import Site

TASK_HEADING = re.compile(r"Exercise: (?P<title>.+) \((?P<points>\d+(\.5)?) points?\)")
ID_ROLES = ("setup", "grade")
NBGRADER_SCHEMA = 3


def disagreements(site: Site) -> list[str]:
    """Every finding as a sentence."""
    book, entry = site.source, site.entry
    findings = [*_cells(book), *_names(book), *_amounts(site, book), *_wrong_answer_folders(site, book)]
    for exercise in book.exercises:
        findings += [f"{exercise.id}: {problem}" for problem in _exercise(book, exercise)]
    if entry is None:
        return [*findings, f"the syllabus has no section {site.section}"]
    return findings + list(_syllabus(site, book, entry))


def _cells(book: SectionNotebook) -> Iterable[str]:
    """Ids have one grammar, and each stands there once."""
    ids = [cell.grade_id for cell in book.cells if cell.grade_id]
    known = {exercise.id for exercise in book.exercises}
    for grade_id in sorted({one for one in ids if ids.count(one) > 1}):
        yield f"{grade_id}: the id stands there more than once"
    for cell in (cell for cell in book.cells if cell.grade_id):
        stem, _, role = cell.grade_id.rpartition("-")
        fits = (
            cell.grade_id in known
            or (stem in known and role in ROLES)
            or (stem == book.section and role in ID_ROLES)
        )
        if not fits or not EXERCISE_ID.fullmatch(cell.grade_id) or not cell.grade_id.startswith(book.section):
            yield f"{cell.grade_id}: belongs to no exercise and is neither {book.section}-setup nor -grade"
        if cell.metadata["nbgrader"].get("schema_version") != NBGRADER_SCHEMA:
            yield f"{cell.grade_id}: nbgrader's schema_version must be {NBGRADER_SCHEMA}"
        if cell.metadata["nbgrader"].get("task"):
            yield f"{cell.grade_id}: nbgrader's manually graded task cells are not used"
        if not cell.solution and not cell.locked:
            yield f"{cell.grade_id}: must be locked"
    code = [cell for cell in book.cells if cell.kind == "code"]
    if book.setup is None or not code or code[0] is not book.setup:
        yield f"the first code cell must be {book.section}-setup"
    if not code or code[-1].grade_id != f"{book.section}-grade":
        yield f"the last code cell must be {book.section}-grade"


def _names(book: SectionNotebook) -> Iterable[str]:
    """A graded cell runs in the learner's kernel too: it must not rebind what the other cells read."""
    code = [cell for cell in book.cells if cell.kind == "code"]
    taught: set[str] = set()
    for cell in (cell for cell in code if not cell.grade):
        read, bound, imported = _globals_of(cell.source)
        taught |= read - bound - imported
    for cell in (cell for cell in code if cell.grade):
        _, bound, _ = _globals_of(cell.source)
        for name in sorted(bound & taught):
            yield f"{cell.grade_id}: binds {name}, which cells that are not graded read; use another name"


def _globals_of(source: str) -> tuple[set[str], set[str], set[str]]:
    """The global names that a cell reads, assigns and imports."""
    read: set[str] = set()
    module = symtable.symtable(source, "cell", "exec")
    tables = [module]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        read |= {
            one.get_name()
            for one in table.get_symbols()
            if one.is_referenced() and (table is module or one.is_global())
        }
    bound = {one.get_name() for one in module.get_symbols() if one.is_assigned()}
    return read, bound, {one.get_name() for one in module.get_symbols() if one.is_imported()}


def _exercise(book: SectionNotebook, exercise: Exercise) -> Iterable[str]:
    order = [exercise.task, exercise.given, exercise.answer, exercise.visible, exercise.hidden]
    places = [book.cells.index(cell) for cell in order if cell is not None]
    for role in ("task", "visible", "hidden"):
        if getattr(exercise, role) is None:
            yield f"the cell {exercise.id}-{role} is missing"
    if places != sorted(places):
        yield "the cells must stand in the order task, given, answer, try it, visible, hidden"
    elif exercise.visible is not None:
        between = book.cells[book.cells.index(exercise.answer) + 1 : book.cells.index(exercise.visible)]
        if not any(cell.kind == "code" and not cell.grade_id for cell in between):
            yield "between answer and visible checks a free code cell is missing"
    if exercise.answer.grade or exercise.answer.kind != "code":
        yield "the answer must be a solution cell without points of its own"
    if not solution_lines(exercise.answer.source):
        yield "the answer has no lines between nbgrader's solution marks"
    yield from _heading(exercise)
    for cell in exercise.graded:
        if not cell.grade:
            yield f"{cell.grade_id} is not a graded cell"
        elif ends_in_value(cell.source):
            yield f"{cell.grade_id} may end in a value, which nbgrader takes for partial credit"
    if exercise.hidden is not None:
        yield from (f"{exercise.hidden.grade_id} {problem}" for problem in _hidden(exercise.hidden.source))


def _heading(exercise: Exercise) -> Iterable[str]:
    if exercise.task is None:
        return
    headings = exercise.task.headings
    match = TASK_HEADING.fullmatch(headings[0][1]) if headings else None
    if match is None or headings[0][0] != 3:
        yield "the task must begin with a heading like ### Exercise: price a month (2 points)"
    elif float(match["points"]) != exercise.points:
        yield f"the heading says {match['points']} points, the graded cells have {exercise.points:g}"


def _hidden(source: str) -> Iterable[str]:
    inside = hidden_lines(source)
    if not inside:
        yield "has no lines between nbgrader's hidden-test marks"
    lines = source.splitlines()
    outside = "\n".join(line for number, line in enumerate(lines, 1) if number not in inside)
    if ast.parse(outside).body:
        yield "has code outside of the hidden-test marks"


def _amounts(site: Site, book: SectionNotebook) -> Iterable[str]:
    if book.points != site.demands.points:
        yield f"{book.points:g} points, not {site.demands.points:g}"
    if len(book.exercises) < site.demands.exercises:
        yield f"{len(book.exercises)} exercises, at least {site.demands.exercises} are needed"


def _wrong_answer_folders(site: Site, book: SectionNotebook) -> Iterable[str]:
    folders = {path.name: path for path in site.wrong_answers.glob("*") if path.is_dir()}
    for exercise in book.exercises:
        count = len(list(folders.pop(exercise.folder).glob("*.py"))) if exercise.folder in folders else 0
        if count < site.demands.wrong_answers:
            yield f"{exercise.id}: {count} wrong answers, at least {site.demands.wrong_answers} are needed"
    for name in sorted(folders):
        if list(folders[name].glob("*.py")):
            yield f"wrong answers for {site.section}-{name}, which is no exercise"


def _syllabus(site: Site, book: SectionNotebook, entry: Section) -> Iterable[str]:
    headings = {text for _, text in book.headings}
    in_book, in_list = [one.id for one in book.exercises], [one.id for one in entry.exercises]
    if sorted(in_book) != sorted(in_list):
        different = ", ".join(sorted(set(in_book) ^ set(in_list)))
        yield f"exercises of the notebook and of the syllabus differ: {different}"
    elif in_book != in_list:
        yield "the syllabus lists the exercises in another order than the notebook"
    for listed in entry.exercises:
        if listed.id in in_book and listed.points != book.exercise(listed.id).points:
            points = book.exercise(listed.id).points
            yield f"{listed.id}: {listed.points:g} points in the syllabus, {points:g} in the notebook"
        if listed.topic not in headings:
            yield f"{listed.id}: its topic {listed.topic!r} is no heading of the notebook"
        if listed.kind not in KINDS:
            yield f"{listed.id}: {listed.kind!r} is no kind of exercise"
        yield from _look_at(book, listed.id, headings)
    kinds = {listed.kind for listed in entry.exercises}
    if len(kinds) < site.demands.kinds:
        yield f"{len(kinds)} kinds of exercises, at least {site.demands.kinds} are needed"
    if not entry.topics:
        yield "the syllabus lists no topics of the notes"
    for topic in entry.topics:
        if topic.notebook not in headings:
            where = f"is taught under {topic.notebook!r}, which is no heading of the notebook"
            yield f"the topic {topic.notes!r} {where}"
    yield from _skills(book, entry)


def _look_at(book: SectionNotebook, exercise_id: str, headings: set[str]) -> Iterable[str]:
    """Where a failed check sends the learner must exist, and the checks must belong to this exercise."""
    if exercise_id not in {exercise.id for exercise in book.exercises}:
        return
    for cell in book.exercise(exercise_id).graded:
        for call in (node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)):
            if ast.unparse(call.func) != "checks.Exercise":
                continue
            named = ast.literal_eval(call.args[0]) if call.args else ""
            if named != exercise_id:
                yield f"{cell.grade_id}: its checks call themselves {named!r}"
            looks = (ast.literal_eval(word.value) for word in call.keywords if word.arg == "look_at")
            look_at = next(looks, "")
            if look_at not in headings:
                yield f"{cell.grade_id}: look_at={look_at!r} is no heading of the notebook"


def _skills(book: SectionNotebook, entry: Section) -> Iterable[str]:
    """The skills that the notebook's opening names are the syllabus's."""
    opening = next((cell.source for cell in book.cells if "**Exam skills.**" in cell.source), "")
    if not opening:
        yield "the opening names no **Exam skills.**"
        return
    named = opening.partition("**Exam skills.**")[2]
    c02, _, c03 = named.partition("DVA-C03")
    for blueprint, text in (("C02", c02), ("C03", c03)):
        found = set(re.findall(r"\b\d\.\d+(?:\.\d+)?\b", text))
        wanted = set(entry.skills(blueprint))
        if found != wanted:
            here, there = ", ".join(sorted(found)) or "none", ", ".join(sorted(wanted)) or "none"
            yield f"the opening's skills for DVA-{blueprint} are {here}; the syllabus has {there}"
    for exercise in entry.exercises:
        for blueprint in ("C02", "C03"):
            extra = set(exercise.skills(blueprint)) - set(entry.skills(blueprint))
            if extra:
                yield f"{exercise.id}: the section does not teach DVA-{blueprint} {', '.join(sorted(extra))}"
