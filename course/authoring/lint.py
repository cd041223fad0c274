"""What a notebook must have so that everyone can read it: found in its cells, before anyone opens it."""

from __future__ import annotations

import ast
import itertools
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from course.sections import Cell, SectionNotebook, read

VAGUE_LINKS = {"click here", "here", "link", "more", "read more", "this", "this link", "this page", "details"}
SHORTEST_ALT = 15
_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\([^)]*\)")
_BARE_ADDRESS = re.compile(r"(?<![(<\"'`\w/])https?://\S+")
_HTML = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(\s[^<>]*)?/?>|<!--")
_FENCE = re.compile(r"^(```+|~~~+)[^\n]*\n.*?^\1\s*$", re.MULTILINE | re.DOTALL)
_INLINE_CODE = re.compile(r"(`+).+?\1", re.DOTALL)
_MERMAID = re.compile(r"^```mermaid\s*\n.*?^```\s*$\n?(?P<after>.*)", re.MULTILINE | re.DOTALL)


def lint(notebook: SectionNotebook | Path) -> list[str]:
    """Every finding as a sentence that names the cell; empty where all is well."""
    book = read(notebook) if isinstance(notebook, Path) else notebook
    findings = list(_headings(book))
    for index, cell in enumerate(book.cells):
        if cell.kind == "markdown":
            following = book.cells[index + 1] if index + 1 < len(book.cells) else None
            problems = [*_markdown(cell), *_mermaid(cell, following)]
        else:
            problems = list(_code(cell))
        problems += _emoji(cell)
        findings += [f"{cell.id}: {problem}" for problem in problems]
    return findings


def _headings(book: SectionNotebook) -> Iterable[str]:
    levels = [(level, text) for level, text in book.headings]
    titles = [text for level, text in levels if level == 1]
    if len(titles) != 1:
        yield f"{book.path.name}: one title (H1) is needed, {len(titles)} found"
    if levels and levels[0][0] != 1:
        yield f"{book.path.name}: the first heading is not the title"
    for (above, _), (level, text) in itertools.pairwise(levels):
        if level > above + 1:
            yield f"{book.path.name}: the heading {text!r} goes down from level {above} to {level}"
    for _, text in levels:
        if not text.strip("#* "):
            yield f"{book.path.name}: an empty heading"
    for _, text in {heading: heading for heading in levels if levels.count(heading) > 1}:
        yield f"{book.path.name}: the heading {text!r} stands there more than once"


def _markdown(cell: Cell) -> Iterable[str]:
    prose = _INLINE_CODE.sub("``", _FENCE.sub("", cell.source))
    for match in _IMAGE.finditer(prose):
        if len(match["alt"].strip()) < SHORTEST_ALT:
            yield f"the image {match[0]} needs alternative text that says what it shows"
    for match in _LINK.finditer(prose):
        text = match["text"].strip().strip("*_`").lower()
        if text in VAGUE_LINKS or not text or text.startswith(("http://", "https://")):
            yield f"the link {match[0]} needs a text that names its target"
    for match in _BARE_ADDRESS.finditer(prose):
        yield f"the bare address {match[0]} should be a link with a text"
    for match in _HTML.finditer(re.sub(r"<https?://[^>]*>", "", prose)):
        yield f"raw HTML: {match[0]}"


def _mermaid(cell: Cell, following: Cell | None) -> Iterable[str]:
    """A diagram is pictures to some and nothing to others: a line under it says what it shows."""
    for match in _MERMAID.finditer(cell.source):
        after = match["after"].strip()
        if not after and following is not None and following.kind == "markdown":
            after = following.source.strip()
        first = after.splitlines()[0] if after else ""
        if len(first) < SHORTEST_ALT or first.startswith(("#", "|", "-", "```")):
            yield "a mermaid diagram needs a one-line description under it"


def _code(cell: Cell) -> Iterable[str]:
    """Every plot goes through `charts.show(…, alt=…)`, which gives it text and its numbers."""
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:
        if not cell.source.lstrip().startswith(("%", "!")):
            yield "the code cannot be parsed"
        return
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func)
        if name in ("charts.show", "charts.what_if") and not _says_enough(call):
            yield f"{name} needs alt= with a sentence that says what the figure shows"
        if name in ("plt.show", "fig.show", "figure.show") or name.endswith((".plot.line", ".plot.bar")):
            yield f"{name} shows a figure without alternative text: use charts.show(…, alt=…)"
        if name in ("time.sleep", "sleep"):
            yield f"{name} makes every reader wait: lab.clock.advance moves the time"
        if name in ("HTML", "display.HTML", "IPython.display.HTML", "Image", "display.Image"):
            yield f"{name} displays something without alternative text: use charts"


def _says_enough(call: ast.Call) -> bool:
    alt = next((keyword.value for keyword in call.keywords if keyword.arg == "alt"), None)
    if isinstance(alt, ast.Constant):
        return isinstance(alt.value, str) and len(alt.value.strip()) >= SHORTEST_ALT
    return alt is not None


def _emoji(cell: Cell) -> Iterable[str]:
    found = {char for char in cell.source if ord(char) > 0x2190 and unicodedata.category(char) == "So"}
    if found:
        yield f"emoji or picture characters: {' '.join(sorted(found))}"
