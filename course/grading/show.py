"""The words for grading's stages, for the terminal and the notebook."""

from __future__ import annotations

STAGES = {
    "collect": "Collecting the notebook",
    "prepare": "Preparing the assignment",
    "run": "Running the cells",
    "score": "Recording the score",
    "feedback": "Writing feedback",
}


def stage_text(stage: str, done: int = 0, total: int = 0) -> str:
    """One line that says what grading does now."""
    text = STAGES.get(stage, stage)
    return f"{text} ({done} of {total}) …" if stage == "run" else f"{text} …"
