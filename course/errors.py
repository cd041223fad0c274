"""The two kinds of problem that the `course` command reports without a traceback."""

from __future__ import annotations


class CourseProblem(Exception):  # noqa: N818 - what people read is a problem, not a bug
    """Something about the learner's or the course's files is not as it should be.

    The text is complete sentences: what is wrong, then what to do. Exit status 1.
    """

    exit_code = 1


class WrongUsage(CourseProblem):
    """The command was asked for something that does not exist or makes no sense. Exit status 2."""

    exit_code = 2
