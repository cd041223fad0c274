"""What every calculator returns: a frozen dataclass that can explain itself, and costs made of parts."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course import prices
from course.services._quantity import number, plain, texts, usd


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
                chosen[item.name] = value.item(index)
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
class CostPart(Result):
    """One line of a bill: `quantity` of `unit` for `usd` dollars; both are arrays in the bill of an array."""

    item: str
    quantity: Any
    unit: str
    usd: Any
    as_of: str
    tiers: prices.Tiers = field(repr=False)

    @property
    def working(self) -> Any:
        """The multiplication as text, or an array of texts."""
        return texts(self._working, self.quantity)

    def _working(self, amount: float) -> str:
        parts = self.tiers.parts(amount)
        if not parts:
            return f"{number(amount)} {self.unit}, all included"
        pieces = " + ".join(f"{number(inside)} × ${price.usd.normalize():f}" for inside, price in parts)
        if self.tiers.included:
            return f"({number(amount)} − {number(self.tiers.included)} included) = {pieces}"
        return pieces

    def _lines(self) -> list[str]:
        return [f"{self.item}: {self.working} = {usd(self.usd)}"]


@dataclass(frozen=True)
class Cost(Result):
    """US dollars a month, the parts of the bill, and the Region and oldest date of its list prices.

    For arrays, `usd_per_month`, every part's `quantity` and `usd`, and the cells of `table` are arrays of one
    shape; a part is there if any element needs it. `at(index)` is the bill of one element.
    """

    usd_per_month: Any
    parts: tuple[CostPart, ...]
    region: str
    as_of: str
    title: Any

    def at(self, index: int) -> Self:
        """The bill of element number `index` (flat, in C order), without the parts that it does not need."""
        if not self._arrays():
            return self
        parts = tuple(part for part in (each.at(index) for each in self.parts) if part.quantity)
        return replace(super().at(index), parts=parts, as_of=prices.oldest(parts))

    @property
    def footnote(self) -> str:
        """Region, date and age of the prices; see `prices.footnote`."""
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
        return prices.age_days(self.as_of, today)

    def _lines(self) -> list[str]:
        lines = [f"{self.title}, cost of one month in {self.region}"]
        lines += [f"  {line}" for part in self.parts for line in part._lines()]
        return [*lines, f"  total: {usd(self.usd_per_month)} a month", f"  ({self.footnote})"]


def bill_line(service: str, item: str, amount: ArrayLike, region: str) -> CostPart:
    """Price `amount` of an item through its tiers. Raises prices.NoPrice where the Region has no price."""
    tiers = prices.tiers(service, item, region)
    return CostPart(item, plain(np.asarray(amount)), tiers.unit, tiers.cost(amount), tiers.as_of, tiers)


def cost(title: Any, parts: list[CostPart], region: str, shape: tuple[int, ...] = ()) -> Cost:
    """Add the parts up. `shape` is that of their arrays, for a bill without any part."""
    total = sum(part.usd for part in parts) if parts or not shape else np.zeros(shape)
    return Cost(total, tuple(parts), region, prices.oldest(parts), title)
