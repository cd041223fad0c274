"""Grading: collect what was handed in, run it through an engine, read the scores back.

`course.grading.service.grade_section` is the one way in for the command line and the notebook's last cell.
`course.grading.engine.Engine` is what an engine must offer; `course.grading.nbgrader_engine` is today's.
"""
