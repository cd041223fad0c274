"""The credit bucket that gp2, st1, sc1 and EFS Bursting share, stepped through time without rounding error.

Credits come in at `base` a second, all the time; what is delivered is paid in credits. So the balance
changes by (base - delivered) a second, never above `capacity`, and never below zero: once the bucket is
empty only the base rate is delivered.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from course.services._quantity import quantity


def run(
    demand: NDArray[Any], base: float, burst: float, capacity: float, start: float, step_s: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Average rate delivered in each step, and the balance at its end.

    `demand` is the rate asked for in each step (constant within the step). A step in which the bucket
    empties delivers the demand until then and the base rate afterwards; the average is exact.
    """
    ceiling = max(base, burst)
    delivered = np.empty(len(demand))
    balances = np.empty(len(demand))
    balance = start
    for index, asked in enumerate(demand):
        rate, emptying = min(float(asked), ceiling), base + balance / step_s
        if rate >= emptying:
            rate, balance = emptying, 0.0
        else:
            balance = min(capacity, balance + (base - rate) * step_s)
        delivered[index] = rate
        balances[index] = balance
    return delivered, balances


def steps(demand: Any, name: str, unit: str, step_s: float, duration_s: float | None) -> NDArray[Any]:
    """The demand per step: a sequence as it is, one number repeated for `duration_s` (default one hour)."""
    quantity(step_s, "step_s", "seconds", above=True)
    asked = quantity(demand, name, unit)
    if asked.ndim == 1:
        if duration_s is not None:
            raise ValueError(f"duration_s is for a single {name}; this sequence lasts {len(asked)} steps.")
        return asked
    if asked.ndim > 1:
        raise ValueError(f"{name} must be one number or one number per step; got {asked.ndim} dimensions.")
    seconds = (
        3600.0 if duration_s is None else float(quantity(duration_s, "duration_s", "seconds", above=True))
    )
    return np.full(int(np.ceil(seconds / step_s)), asked)


def ends(count: int, step_s: float) -> NDArray[Any]:
    """The second at which each step ends."""
    return np.arange(1, count + 1) * step_s
