"""Small changes to a solution's code: mistakes that somebody could make, and that the checks must notice.

`mutants` changes one thing at a time between nbgrader's solution marks: constants (one more, one less, twice,
none, another unit), comparisons, arithmetic, min and max, floor and ceil, and and or, True and False, a raise
left out, an argument of a boto3 call left out, an answer of a choose exercise swapped for another. They come
in the order of the code, so the same source always gives the same mutants.
"""

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from course.sections import solution_lines

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "ceil": "floor", "floor": "ceil"}
LONGEST_STATEMENT = 90
AROUND = 32
UNITS = {1024: 1000, 1000: 1024, 1024**2: 1000**2, 1024**3: 1000**3, 10**6: 2**20, 10**9: 2**30}


@dataclass(frozen=True)
class Mutant:
    """A changed answer cell. `description` holds as long as the changed statement does."""

    description: str
    source: str


def mutants(source: str, choices: bool = False) -> list[Mutant]:
    """All mutants of an answer cell, without those whose text is the same as another's.

    choices: swap texts among the answers, for choose, predict and diagnose exercises.
    """
    tree = ast.parse(source)
    lines = solution_lines(source)
    found: dict[str, str] = {}
    seen: Counter[str] = Counter()
    original = ast.unparse(tree)
    for path, replacement in _changes(tree, lines, _texts(tree, lines) if choices else []):
        changed = copy.deepcopy(tree)
        before, after = _apply(changed, tree, path, replacement)
        text = ast.unparse(changed)
        if text == original or text in found:
            continue
        description = "  =>  ".join(_window(before, after))
        seen[description] += 1
        found[text] = description if seen[description] == 1 else f"{description}  ({seen[description]})"
    return [Mutant(description, text) for text, description in found.items()]


Path = tuple[tuple[str, int | None], ...]


def _changes(tree: ast.Module, lines: set[int], texts: list[str]) -> Iterator[tuple[Path, ast.AST]]:
    """(where, what to put there) for every change to a node on one of `lines`."""
    for path, node, parents in _walk(tree):
        if getattr(node, "lineno", None) not in lines or _is_docstring(node, parents):
            continue
        for replacement in _replacements(node, parents, texts):
            yield path, ast.copy_location(replacement, node)


def _replacements(node: ast.AST, parents: list[ast.AST], texts: list[str]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant):
        in_index = any(isinstance(parent, ast.Subscript | ast.Slice) for parent in parents[-3:])
        yield from _constants(node, in_index, texts)
    elif isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            if type(operator) in COMPARISONS:
                ops = [*node.ops[:index], COMPARISONS[type(operator)](), *node.ops[index + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in ARITHMETIC:
        changed = copy.copy(node)
        changed.op = ARITHMETIC[type(node.op)]()
        yield changed
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.Raise):
        yield ast.Pass()


def _constants(node: ast.Constant, in_index: bool, texts: list[str]) -> Iterator[ast.Constant]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        if in_index:
            yield ast.Constant(value + 1)
            return
        for other in dict.fromkeys((value + 1, value - 1, value * 2, 0, UNITS.get(value, value))):
            if other != value:
                yield ast.Constant(other)
    elif isinstance(value, str) and value in texts:
        yield ast.Constant(texts[(texts.index(value) + 1) % len(texts)])


def _calls(node: ast.Call) -> Iterator[ast.Call]:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in NAMES:
        changed = copy.copy(node)
        changed.func = (
            ast.Attribute(function.value, NAMES[name], ast.Load())
            if isinstance(function, ast.Attribute)
            else ast.Name(NAMES[name], ast.Load())
        )
        yield changed
    if isinstance(function, ast.Attribute) and name != "wait":  # the mock is always done at once
        for keyword in node.keywords:
            if (
                keyword.arg and keyword.arg[0].isupper()
            ):  # boto3's operations, and nothing else, spell them so
                changed = copy.copy(node)
                changed.keywords = [other for other in node.keywords if other is not keyword]
                yield changed


def _texts(tree: ast.Module, lines: set[int]) -> list[str]:
    """The different texts that an answer gives: in dictionaries, lists and tuples, and returned."""
    given: list[ast.AST] = []
    for _, node, _ in _walk(tree):
        if getattr(node, "lineno", None) not in lines:
            continue
        if isinstance(node, ast.Dict):
            given += node.values
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            given += node.elts
        elif isinstance(node, ast.Return) and node.value is not None:
            given.append(node.value)
    texts = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return sorted(dict.fromkeys(texts))


def _walk(tree: ast.Module) -> Iterator[tuple[Path, ast.AST, list[ast.AST]]]:
    """Every node with the way to it and the nodes above it, outermost first."""
    stack: list[tuple[Path, ast.AST, list[ast.AST]]] = [((), tree, [])]
    while stack:
        path, node, parents = stack.pop()
        if path:
            yield path, node, parents
        inner: list[tuple[Path, ast.AST, list[ast.AST]]] = []
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                inner.append(((*path, (name, None)), value, [*parents, node]))
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        inner.append(((*path, (name, index)), item, [*parents, node]))
        stack += reversed(inner)


def _apply(changed: ast.Module, tree: ast.Module, path: Path, replacement: ast.AST) -> tuple[str, str]:
    """Put the replacement into `changed`, a copy of `tree`; the statement's first line before and after."""
    parent: ast.AST = changed
    for step in path[:-1]:
        parent = _child(parent, step)
    name, index = path[-1]
    if index is None:
        setattr(parent, name, replacement)
    else:
        getattr(parent, name)[index] = replacement
    return _statement(tree, path), _statement(changed, path)


def _child(node: ast.AST, step: tuple[str, int | None]) -> ast.AST:
    name, index = step
    value = getattr(node, name)
    return value if index is None else value[index]


def _statement(tree: ast.AST, path: Path) -> str:
    """The innermost statement on the way, one line; of a compound statement its head."""
    node, innermost = tree, tree
    for step in path:
        node = _child(node, step)
        if isinstance(node, ast.stmt):
            innermost = node
    text = ast.unparse(innermost)
    return text.splitlines()[0]


def _window(before: str, after: str) -> tuple[str, str]:
    """Two statements, or of long ones the part in which they differ with a little around it."""
    if max(len(before), len(after)) <= LONGEST_STATEMENT:
        return before, after
    start = _same_at_start(before, after)
    end = _same_at_start(before[start:][::-1], after[start:][::-1])
    first = max(0, start - AROUND)

    def part(text: str) -> str:
        last = len(text) - end + AROUND
        return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"

    return part(before), part(after)


def _same_at_start(one: str, other: str) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _is_docstring(node: ast.AST, parents: list[ast.AST]) -> bool:
    return isinstance(node, ast.Constant) and isinstance(parents[-1], ast.Expr)
