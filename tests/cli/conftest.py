"""The command line's tests use the same toy course as the grading tests."""

from tests.grading.conftest import course, package_for_subprocesses, template

__all__ = ["course", "package_for_subprocesses", "template"]
