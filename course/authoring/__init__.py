"""For those who write sections: canonical notebooks, skeletons, accessibility lint, and the gates."""

from course.authoring.canonical import canonical, format_notebooks, name_cells
from course.authoring.gates import run_gates
from course.authoring.lint import lint
from course.authoring.skeleton import new_section

__all__ = ["canonical", "format_notebooks", "lint", "name_cells", "new_section", "run_gates"]
