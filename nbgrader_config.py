"""nbgrader's configuration here, for every `nbgrader` command, the formgrader and `course grade`."""

from pathlib import Path

c = get_config()  # noqa: F821

c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "aws-developer-associate"

c.ClearSolutions.code_stub = {"python": "# YOUR ANSWER HERE\nraise NotImplementedError"}
c.ClearSolutions.text_stub = "Your answer here."

c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
    "course.grading.preprocessors.Canonical",
]

c.Autograde.sanitize_preprocessors = [
    "course.grading.preprocessors.RefuseUngradable",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "course.grading.preprocessors.PutChecksBack",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]

c.Execute.timeout = 120  # seconds a cell; the mock's first EC2 call alone can take two on a slow machine
c.Execute.shutdown_kernel = "immediate"

c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "course.grading.preprocessors.HideTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
