"""List prices of AWS in US dollars, packaged with the course: every number has a Region, a date and a source.

>>> from course import prices
>>> prices.lookup("EBS", "gp3 volume storage", "us-east-1").usd
Decimal('0.08')

There is no fall-back: where a Region has no price in the book, `NoPrice` says so. Calculators print
`footnote(...)` with every cost, so that the Region and the oldest price's date and age are always
in view.
`course.prices.refresh` reads newer prices from AWS's public price list files (for maintainers).
"""

from course.prices.book import (
    COLUMNS,
    REGIONS,
    STALE_AFTER_DAYS,
    UNDATED,
    UNITS,
    Book,
    NoPrice,
    Price,
    Tiers,
    age_days,
    footnote,
    is_stale,
    lookup,
    oldest,
    packaged,
    read,
    table,
    tiers,
)

__all__ = [
    "COLUMNS",
    "REGIONS",
    "STALE_AFTER_DAYS",
    "UNDATED",
    "UNITS",
    "Book",
    "NoPrice",
    "Price",
    "Tiers",
    "age_days",
    "footnote",
    "is_stale",
    "lookup",
    "oldest",
    "packaged",
    "read",
    "table",
    "tiers",
]
