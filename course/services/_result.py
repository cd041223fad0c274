"""What every calculator returns: a frozen dataclass that can explain itself, and costs made of parts."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Self

import numpy as np
import pandas as pd

from course import prices
from course.services._quantity import number, usd


class Result:
    """Base of all results. Subclasses are frozen dataclasses and write `_lines`, for scalar fields."""

    def _lines(self) -> list[str]:
        raise NotImplementedError

    def at(self, index: int) -> Self:
        """This result with every array field replaced by its element number `index` (flat, in C order)."""
        chosen = {}
        for item in fields(self):  # type: ignore[arg-type]
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                chosen[item.name] = value.ravel()[index].item()
        return replace(self, **chosen)  # type: ignore[type-var]

    def explain(self, index: int = 0) -> str:
        """The working as plain lines of text. For an array result: of the element number `index`."""
        size = max((np.size(getattr(self, item.name)) for item in self._arrays()), default=None)
        if size is None:
            return "\n".join(self._lines())
        if not -size <= index < size:
            raise IndexError(f"This result has {size} elements; there is no element {index}.")
        return "\n".join([f"Element [{index % size}] of {size}:", *self.at(index)._lines()])

    def _arrays(self) -> list[Any]:
        return [item for item in fields(self) if isinstance(getattr(self, item.name), np.ndarray)]  # type: ignore[arg-type]


@dataclass(frozen=True)
class CostPart:
    """One line of a bill: `quantity` of `unit` for `usd` dollars; `working` shows the multiplication."""

    item: str
    quantity: float
    unit: str
    usd: float
    working: str
    as_of: str


@dataclass(frozen=True)
class Cost(Result):
    """US dollars a month, the parts of the bill, and the Region and oldest date of its list prices."""

    usd_per_month: float
    parts: tuple[CostPart, ...]
    region: str
    as_of: str
    title: str

    @property
    def footnote(self) -> str:
        """For example "list prices us-east-1, oldest as of 2025-12-01"."""
        return prices.footnote(self.region, self.as_of)

    @property
    def table(self) -> pd.DataFrame:
        """One row per part: item, quantity, unit, usd, as_of."""
        return pd.DataFrame(
            [(part.item, part.quantity, part.unit, part.usd, part.as_of) for part in self.parts],
            columns=["item", "quantity", "unit", "usd", "as_of"],
        )

    def price_age_days(self, today: date | None = None) -> int | None:
        """Age of the oldest price behind the cost, in days; None if one is undated."""
        if self.as_of in ("", prices.UNDATED):
            return None
        return ((today or date.today()) - date.fromisoformat(self.as_of)).days

    def _lines(self) -> list[str]:
        lines = [f"{self.title}, cost of one month in {self.region}"]
        lines += [f"  {part.item}: {part.working} = {usd(part.usd)}" for part in self.parts]
        return [*lines, f"  total: {usd(self.usd_per_month)} a month", f"  ({self.footnote})"]


def bill_line(service: str, item: str, amount: float, region: str) -> CostPart:
    """Price `amount` of an item through its tiers. Raises prices.NoPrice where the Region has no price."""
    tiers = prices.tiers(service, item, region)
    pieces = [f"{number(inside)} × ${price.usd.normalize():f}" for inside, price in tiers.parts(amount)]
    working = " + ".join(pieces) or f"{number(amount)} {tiers.unit}, all included"
    if tiers.included and pieces:
        working = f"({number(amount)} − {number(tiers.included)} included) = {working}"
    return CostPart(item, amount, tiers.unit, tiers.cost(amount), working, tiers.as_of)


def cost(title: str, parts: list[CostPart], region: str) -> Cost:
    """Add the parts up."""
    return Cost(sum(part.usd for part in parts), tuple(parts), region, prices.oldest(parts), title)
