"""What the lab says when a call cannot be answered by the mock cloud."""

from __future__ import annotations


class RealNetworkRefused(RuntimeError):  # noqa: N818 - named for the learner who reads it
    """A call was about to leave this machine.

    Attributes: `call` (`"service.Operation"` when it is known, else None), `target` (method and URL, or host
    and port), `cause` (why the mock did not answer) and `advice` (what to do).
    """

    def __init__(self, target: str, cause: str, advice: str) -> None:
        super().__init__(target, cause, advice)
        self.call: str | None = None
        self.target = target
        self.cause = cause
        self.advice = advice

    def __str__(self) -> str:
        what = f"{self.call} ({self.target})" if self.call else self.target
        return f"{what} would have left this machine and was refused. Cause: {self.cause}. {self.advice}"


class NotInTheMock(RuntimeError):  # noqa: N818
    """The mock cloud has no such operation, although AWS has.

    Attributes: `call` (`"service.Operation"`).
    """

    def __init__(self, call: str, detail: str) -> None:
        super().__init__(call, detail)
        self.call = call
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.call} exists on AWS, but the mock cloud of this course cannot answer it: {self.detail}"
