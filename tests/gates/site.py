"""Where the files of one section are, and what a section must amount to."""

from dataclasses import dataclass, field
from pathlib import Path

from course.sections import SectionNotebook, read
from course.syllabus import Section, Syllabus, load


@dataclass(frozen=True)
class Demands:
    """What every section must have. The toy sections that test the gates have less of everything."""

    points: float = 20
    exercises: int = 10
    kinds: int = 4
    wrong_answers: int = 3


@dataclass(frozen=True)
class Site:
    """One section in a course folder."""

    root: Path
    section: str
    demands: Demands = field(default_factory=Demands)

    @property
    def source_path(self) -> Path:
        """The instructor's notebook."""
        return self.root / "source" / self.section / f"{self.section}.ipynb"

    @property
    def release_path(self) -> Path:
        """The learner's notebook."""
        return self.root / "release" / self.section / f"{self.section}.ipynb"

    @property
    def wrong_answers(self) -> Path:
        """Folder of the wrong answers, one folder for each exercise."""
        return self.root / "tests" / "wrong_answers" / self.section

    @property
    def equivalents(self) -> Path:
        """The list of mutants that change nothing that was asked for."""
        return self.root / "tests" / "mutants_equivalent.toml"

    @property
    def source(self) -> SectionNotebook:
        """The instructor's notebook, read."""
        return read(self.source_path)

    @property
    def release(self) -> SectionNotebook:
        """The learner's notebook, read."""
        return read(self.release_path)

    @property
    def syllabus(self) -> Syllabus:
        """The whole list of sections."""
        own = self.root / "syllabus.toml"
        return load(own if own.is_file() else self.root / "course" / "syllabus.toml")

    @property
    def entry(self) -> Section | None:
        """The section's entry in the syllabus; None where it has none."""
        return next((one for one in self.syllabus.sections if one.id == self.section), None)
