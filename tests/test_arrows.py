"""Imports point one way, as docs/architecture.md says."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# What the modules of a part may import from the course, besides the part itself.
ALLOWED = {
    "prices": (),
    "lab": (),
    "charts": (),
    "checks": (),
    "sections": (),
    "services": ("prices",),
    "scenarios": ("lab", "services"),
    "authoring": ("errors", "folders", "grading", "sections"),
}


def imported(path: Path) -> Iterator[str]:
    """Dotted names inside of `course` that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("course."))
        elif isinstance(node, ast.ImportFrom) and node.module == "course":
            yield from (f"course.{name.name}" for name in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("course."):
            yield str(node.module)


def modules(part: str) -> list[Path]:
    """The files of a part: a package or a single module."""
    single = ROOT / "course" / f"{part}.py"
    return [single] if single.is_file() else sorted((ROOT / "course" / part).rglob("*.py"))


@pytest.mark.parametrize("part", ALLOWED)
def test_a_part_imports_what_it_may(part: str) -> None:
    files = modules(part)
    assert files
    for path in files:
        parts = {name.split(".")[1] for name in imported(path)}
        assert parts <= {part, *ALLOWED[part]}, path


def test_nothing_imports_the_command_line() -> None:
    entry = ROOT / "course" / "__main__.py"
    for path in sorted((ROOT / "course").rglob("*.py")):
        if path != entry:
            assert "course.cli" not in set(imported(path)), path
