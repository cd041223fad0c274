"""Set-up: the lock, environment.yml, the Makefile and the documents say the same thing."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import flit_core
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
CUSTOMERS_PACKAGES = ["jupyterlab", "nbgrader", "matplotlib", "pandas", "boto3", "moto"]


def load_tool(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def lock() -> str:
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def locked(lock) -> list[Requirement]:
    return [Requirement(pin) for pin in load_tool("environment").locked_pins(lock)]


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def direct(project) -> list[Requirement]:
    return [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["dev"]]


# The lock


def test_every_direct_dependency_is_locked_to_a_version_that_pyproject_allows(direct, locked):
    for wanted in direct:
        found = [pin for pin in locked if canonicalize_name(pin.name) == canonicalize_name(wanted.name)]
        assert found, f"{wanted.name} is in pyproject.toml and not in requirements.lock: run `make lock`"
        for pin in found:
            assert wanted.specifier.contains(str(pin.specifier).removeprefix("==")), f"{pin} breaks {wanted}"


def test_every_line_of_the_lock_is_an_exact_version_with_hashes(lock):
    blocks = re.split(r"\n(?=\S)", lock.strip())
    assert len(blocks) > 100
    for block in blocks:
        assert re.match(r"[a-z0-9-]+==[0-9]\S*( ; .+?)? \\\n", block), block[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", block), block[:80]


def test_the_lock_names_no_index_and_no_address(lock):
    assert "://" not in lock
    assert not re.search(r"^\s*(-i|-f|--index|--extra-index|--find-links|--trusted-host)", lock, re.MULTILINE)


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("python", ["3.11.5", "3.12.0", "3.13.0", "3.14.0"])
def test_exactly_one_version_of_a_package_applies_on_each_platform(locked, platform, python):
    surroundings = {
        "sys_platform": platform,
        "os_name": "nt" if platform == "win32" else "posix",
        "python_full_version": python,
        "python_version": python.rsplit(".", 1)[0],
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    names = [pin.name for pin in locked if pin.marker is None or pin.marker.evaluate(surroundings)]
    assert len(names) == len(set(names))
    assert {"numpy", "contourpy", *CUSTOMERS_PACKAGES} <= set(names)


def test_the_tests_run_on_the_locked_versions(locked):
    wanted = {pin.name: str(pin.specifier) for pin in locked if pin.marker is None or pin.marker.evaluate()}
    assert {name: f"=={version(name)}" for name in wanted} == wanted


def test_the_locked_packages_need_nothing_that_is_not_locked():
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# environment.yml


def test_environment_yml_is_what_the_lock_generates():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert text == load_tool("environment").environment_text(), "run `make lock`"


def test_environment_yml_reads_as_conda_reads_it(locked, project):
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["channels"] == ["conda-forge"]
    python, pip, packages = environment["dependencies"]
    assert pip == "pip"
    assert (
        Version(python.removeprefix("python="))
        in Requirement(f"python{project['requires-python']}").specifier
    )
    assert packages["pip"][-1] == "-e ."
    pins = [Requirement(text) for text in packages["pip"][:-1]]
    assert [pin.name for pin in pins[:6]] == CUSTOMERS_PACKAGES
    assert sorted(map(str, pins)) == sorted(map(str, locked))


# The Makefile


def make(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    surroundings = {"HOME": os.environ.get("HOME", "/"), "PATH": os.environ["PATH"]} | environment
    program = shutil.which("make")
    assert program is not None
    return subprocess.run(
        [program, *arguments], cwd=cwd, env=surroundings, capture_output=True, text=True, check=False
    )


def test_make_help_lists_every_target():
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[
        1
    ].split()
    shown = make().stdout
    for target in targets:
        assert f"make {target}\t" in shown


def test_without_a_new_enough_python_make_says_what_to_install(tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    (tmp_path / "sh").symlink_to("/bin/sh")
    done = make("setup", PATH=str(tmp_path))
    assert done.returncode != 0
    assert "No Python 3.11 or newer was found" in done.stderr


@pytest.fixture
def small_course(tmp_path) -> Path:
    """A course with an empty lock, so that a real install takes seconds and needs no index."""
    root = tmp_path / "first place"
    (root / "tools").mkdir(parents=True)
    (root / "course").mkdir()
    for name in ("Makefile", "pyproject.toml", "LICENSE", "tools/setup.py"):
        shutil.copy(ROOT / name, root / name)
    (root / "README.md").write_text("A course\n", encoding="utf-8")
    (root / "course/__init__.py").write_text("", encoding="utf-8")
    (root / "course/cli.py").write_text("def main():\n    print('the course runs')\n", encoding="utf-8")
    (root / "requirements.lock").write_text("# nothing\n", encoding="utf-8")
    return root


@pytest.fixture
def python_path(tmp_path) -> str:
    """A folder to put on PYTHONPATH with flit_core alone in it, which the real lock would have installed."""
    (tmp_path / "site").mkdir()
    shutil.copytree(Path(flit_core.__file__).parent, tmp_path / "site/flit_core")
    return str(tmp_path / "site")


@pytest.mark.slow
def test_set_up_installs_once_and_mends_what_is_broken(small_course, python_path):
    def lab(root: Path = small_course) -> str:
        done = make("lab", f"PYTHON={sys.executable}", cwd=root, PYTHONPATH=python_path, PIP_NO_INDEX="1")
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith("the course runs\n")
        return done.stdout.removesuffix("the course runs\n")

    assert "Making .venv" in lab()
    assert lab() == ""

    with (small_course / "requirements.lock").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    said = lab()
    assert "Installing" in said
    assert "Making .venv" not in said

    (small_course / ".venv/course-install-unfinished").touch()
    (small_course / ".venv/course-install-ready").unlink()
    said = lab()
    assert "An earlier install was not finished" in said
    assert "Making .venv" in said
    assert lab() == ""

    moved = small_course.rename(small_course.parent / "second place")
    said = lab(moved)
    assert "The folder was moved" in said
    assert lab(moved) == ""

    (moved / ".venv/bin/python").unlink()
    assert "does not work" in lab(moved)


@pytest.mark.slow
def test_a_failed_install_shows_pips_own_message_and_is_not_taken_for_finished(small_course):
    lock = small_course / "requirements.lock"
    lock.write_text(f"no-such-package==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    done = make("lab", f"PYTHON={sys.executable}", cwd=small_course, PIP_NO_INDEX="1")
    assert done.returncode != 0
    assert "No matching distribution found for no-such-package==1.0" in done.stderr
    assert "Give the same command again" in done.stderr
    assert "the course runs" not in done.stdout
    assert not (small_course / ".venv/course-install-ready").exists()


# The documents

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("bench/*.md")])


def test_readme_says_what_each_dependency_is_for(direct):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `([a-zA-Z0-9_-]+)` \|", readme, re.MULTILINE))
    assert rows == {requirement.name for requirement in direct}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_make_targets_named_in_documents_exist(document):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|^)make ([a-z]+)", document.read_text(encoding="utf-8"), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{document.name} names `make {target}`"
