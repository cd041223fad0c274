"""The lab's clock: moves time for moto, botocore and notebook code alike, without sleeping.

Until the first move nothing is patched. From then on `datetime`, `time.time` and their kin run on, shifted;
`time.monotonic` and `time.sleep` stay real, so timeouts, long polls and the Jupyter kernel go on as before.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

_NOW = timedelta(0)


class Clock:
    """Time as everyone in this process sees it. It only moves forward; `lab.reset()` brings it back."""

    def __init__(self) -> None:
        self._offset = _NOW
        self._travel: Any = None
        self._coordinates: Any = None

    def now(self) -> datetime:
        """The current moment, an aware datetime in UTC."""
        return datetime.now(UTC)

    def advance(
        self, *, weeks: float = 0, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> datetime:
        """Move time forward by the sum of the given units and return the new moment.

        Raises ValueError for a step back.
        """
        step = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < _NOW:
            raise ValueError(f"The lab's clock only moves forward, and this step goes back by {-step}.")
        self._shift_to(self._offset + step)
        return self.now()

    def move_to(self, moment: datetime) -> datetime:
        """Move time forward to `moment` (an aware datetime) and return it.

        Raises ValueError for a naive datetime or a moment in the past.
        """
        if moment.tzinfo is None:
            raise ValueError(
                "Give the clock an aware datetime, such as datetime(2030, 1, 1, tzinfo=timezone.utc)."
            )
        step = moment - self.now()
        if step < _NOW:
            raise ValueError(
                f"The lab's clock only moves forward, and it is already {self.now():%Y-%m-%d %H:%M:%S} UTC."
            )
        self._shift_to(self._offset + step)
        return self.now()

    @property
    def offset(self) -> timedelta:
        """How far ahead of real time the clock is."""
        return self._offset

    def restore(self, offset: timedelta = _NOW) -> None:
        """Put the clock `offset` ahead of real time, also backwards. For the lab itself."""
        self._shift_to(offset)

    def _shift_to(self, offset: timedelta) -> None:
        if offset == self._offset:
            return
        if self._coordinates is None:
            import time_machine  # late: it imports pytest where that is installed

            self._travel = time_machine.travel(self.now() + offset, tick=True)
            self._coordinates = self._travel.start()
        elif offset == _NOW:
            self._travel.stop()
            self._travel = self._coordinates = None
        else:
            self._coordinates.shift(offset - self._offset)
        self._offset = offset

    def __repr__(self) -> str:
        ahead = f"{self._offset} ahead of real time" if self._offset else "real time"
        return f"<lab.clock {self.now():%Y-%m-%d %H:%M:%S} UTC, {ahead}>"


clock = Clock()
