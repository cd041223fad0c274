"""A learner's way through Section 3 in a real JupyterLab, driven with headless Chromium.

Screenshots of each step go to artefacts/browser/ for a person to look at.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "artefacts" / "browser"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SECOND = 1000
GRADE = 'course.grade("s03")'
COURSE_FILES = ("course", "source", "release", "nbgrader_config.py", "pyproject.toml")


class Lab:
    """The course's JupyterLab on a copy of the course, and the address that `course lab` printed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        home = root.parent / "home"
        home.mkdir()
        surroundings = {
            name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "AWS"))
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "course", "lab", "--no-browser", "--port", str(free_port())],
            cwd=root,
            env=surroundings | {"HOME": str(home), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.printed: list[str] = []
        self.address = self._wait_for_address()
        threading.Thread(target=self._keep_reading, daemon=True).start()

    def _wait_for_address(self) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed.append(line)
            if found := re.search(r"http://\S+", line):
                return found[0]
        raise AssertionError("`course lab` ended without printing an address:\n" + "".join(self.printed))

    def _keep_reading(self) -> None:
        assert self.process.stdout is not None
        self.printed.extend(self.process.stdout)

    def url(self, path: str) -> str:
        """The server's address for `path`; the token was given with the first page and is a cookie now."""
        return re.match(r"http://[^/]+", self.address)[0] + path

    def stop(self) -> None:
        """End `course lab`, its server and the kernels."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGINT)
        _, alive = psutil.wait_procs([*family, self.process], timeout=20)
        for process in alive:
            process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed, and CI must run the browser tests.")
        pytest.skip("Chromium is not installed.")
    root = tmp_path_factory.mktemp("browser") / "course"
    root.mkdir()
    for name in COURSE_FILES:
        origin = ROOT / name
        if origin.is_dir():
            shutil.copytree(
                origin, root / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
            )
        else:
            shutil.copy(origin, root / name)
    started = Lab(root)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def browser_page(lab: Lab) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(60 * SECOND)
        expect.set_options(timeout=60 * SECOND)
        page.goto(lab.address)
        yield page
        browser.close()


def open_notebook(page: Page, lab: Lab) -> None:
    page.goto(lab.url("/lab/tree/work/s03.ipynb?reset"))
    code_cells(page).first.wait_for()
    page.locator("#jp-main-statusbar").get_by_text("Python 3 (ipykernel) | Idle").wait_for()


def code_cells(page: Page) -> Locator:
    return page.locator(".jp-Notebook .jp-CodeCell")


def cell_with(page: Page, text: str) -> Locator:
    return code_cells(page).filter(has=page.locator(".cm-content").filter(has_text=text)).first


def run_cell(page: Page, cell: Locator, seconds: int = 60) -> str:
    """Run one cell with Ctrl-Enter and give back what it printed."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-InputArea-prompt")).to_have_text(
        re.compile(r"\[\d+\]"), timeout=seconds * SECOND
    )
    return cell.locator(".jp-OutputArea").inner_text()


def wait_until_saved(page: Page) -> None:
    """JupyterLab saves by itself every few seconds; a second save at the same moment would collide."""
    expect(page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)


def shoot(page: Page, name: str, of: Locator | None = None) -> None:
    """Keep a picture of the window, scrolled so that `of` is in it."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    if of is not None:
        of.evaluate("element => element.scrollIntoView({block: 'center'})")
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def source_cells() -> list[nbformat.NotebookNode]:
    return nbformat.read(ROOT / "source/s03/s03.ipynb", as_version=4).cells


def solution(grade_id: str) -> str:
    """The solution of an exercise, as a learner would type it: without nbgrader's marks."""
    cell = next(
        cell for cell in source_cells() if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )
    return "\n".join(line for line in cell.source.splitlines() if "### " not in line)


def answer_everything(notebook: Path) -> None:
    """Give the learner's copy every solution, leaving all other cells as they were released."""
    answers = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in source_cells()
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    learners = nbformat.read(notebook, as_version=4)
    for cell in learners.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell.source = solution(grade_id)
    nbformat.write(learners, notebook)


def test_the_home_page_opens_first_and_lists_section_3(browser_page: Page, lab: Lab) -> None:
    page = browser_page
    home = page.locator(".jp-MarkdownViewer")
    expect(home).to_contain_text("EC2 instance storage")
    shoot(page, "1-home")
    home.get_by_role("link", name=re.compile("EC2 instance storage")).first.click()
    expect(page.locator(".jp-Notebook h1").first).to_be_visible()
    code_cells(page).first.wait_for()
    shoot(page, "2-section")


def test_one_answer_is_validated_and_graded_from_the_last_cell(browser_page: Page, lab: Lab) -> None:
    page = browser_page
    open_notebook(page, lab)
    assert "mock cloud" in run_cell(page, code_cells(page).first).lower()

    answer = cell_with(page, "def gp2_drain_seconds")
    answer.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(solution("s03-gp2-burst"))
    run_cell(page, answer)
    visible = cell_with(page, 'Exercise("s03-gp2-burst"')
    assert "visible checks passed" in run_cell(page, visible)
    shoot(page, "3-answered", of=visible.locator(".jp-OutputArea"))
    wait_until_saved(page)

    page.get_by_role("button", name="Validate").first.click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text(re.compile("failed", re.IGNORECASE), timeout=120 * SECOND)
    shoot(page, "4-validate")
    assert 'Exercise("s03-gp2-burst"' not in dialog.inner_text()
    assert 'Exercise("s03-zone-lock"' in dialog.inner_text()
    dialog.get_by_role("button").last.click()

    last = cell_with(page, GRADE)
    table = run_cell(page, last, seconds=180)
    shoot(page, "5-graded", of=last.locator(".jp-OutputArea"))
    assert "2 of 20 points" in table
    assert re.search(r"gp2 bucket is empty\s+2 / 2\b", table), table
    assert re.search(r"what the zone allows\s+0 / 1\b", table), table


def test_run_all_of_an_answered_notebook_shows_no_error_and_all_points(browser_page: Page, lab: Lab) -> None:
    page = browser_page
    answer_everything(lab.root / "work/s03.ipynb")
    open_notebook(page, lab)
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
    last = cell_with(page, GRADE)
    expect(last.locator(".jp-InputArea-prompt")).to_have_text("[*]:")
    expect(page.locator(".jp-InputArea-prompt", has_text="[*]")).to_have_count(0, timeout=240 * SECOND)
    shoot(page, "6-run-all", of=last.locator(".jp-OutputArea"))
    for kind in ("error", "stderr"):
        found = page.locator(f"[data-mime-type='application/vnd.jupyter.{kind}']")
        assert found.all_inner_texts() == []
    expect(last.locator(".jp-OutputArea")).to_contain_text("20 of 20 points")


def test_the_formgrader_lists_the_section(browser_page: Page, lab: Lab) -> None:
    page = browser_page
    page.goto(lab.url("/formgrader"))
    row = page.locator("#main_table, table").get_by_role("link", name="s03", exact=True)
    expect(row.first).to_be_visible()
    shoot(page, "7-formgrader")
