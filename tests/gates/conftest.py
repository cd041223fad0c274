"""What the gates of a section start from."""

import pytest

from course.sections import SectionNotebook
from tests.conftest import ROOT
from tests.gates.site import Site


@pytest.fixture
def site(section: str) -> Site:
    """The section in this repository."""
    return Site(ROOT, section)


@pytest.fixture
def release(site: Site) -> SectionNotebook:
    """The learner's notebook. Where it was not built yet, the gates that need it say so in one line."""
    if not site.release_path.is_file():
        pytest.fail(
            f"release/{site.section}/{site.section}.ipynb is missing: complete the section's entry in "
            f"course/syllabus.toml, then run `course build {site.section}`",
            pytrace=False,
        )
    return site.release
