"""Reading quantities: numbers in, arrays out, and a sentence for everything that is no possible quantity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

EDITIONS = ("today", "exam")
GIB_PER_TIB = MIB_PER_GIB = KIB_PER_MIB = 1_024
HOURS_PER_MONTH = 730  # as AWS's pricing pages count


def quantity(
    value: Any,
    name: str,
    unit: str,
    *,
    low: float = 0,
    high: float = np.inf,
    above: bool = False,
    whole: bool = False,
    why: str = "",
) -> NDArray[Any]:
    """`value` as an array of numbers from `low` to `high` (`above`: strictly more than `low`).

    Whole numbers stay integers, everything else becomes float. ValueError says what was given, the range
    with its unit (in an array: in which element, counted flat) and `why` AWS draws the line there. Booleans,
    text, None, NaN and infinity are refused.
    """
    numbers = _numbers(value, name, unit)
    bad = (numbers <= low) if above else (numbers < low)
    bad = bad | (numbers > high)
    if np.any(bad):
        wanted = _range(low, high, above, unit)
        raise ValueError(_sentence(f"{name} must be {wanted}; got {_first(numbers, bad, unit)}", why))
    if whole:
        broken = numbers != np.floor(numbers)
        if np.any(broken):
            raise ValueError(
                _sentence(f"{name} must be a whole number of {unit}; got {_first(numbers, broken)}", why)
            )
        numbers = numbers.astype(np.int64)
    return numbers


def plain(numbers: NDArray[Any]) -> Any:
    """A zero-dimensional array as a Python number; any other array unchanged."""
    return numbers.item() if np.ndim(numbers) == 0 else numbers


def texts(write: Callable[..., str], *values: Any) -> Any:
    """What `write` says about a value: one text, or an array of them for arrays, which broadcast."""
    return plain(np.vectorize(write, otypes=[object])(*values))


def one(value: Any, name: str) -> Any:
    """`value` if it is a single number and not an array, else ValueError."""
    if np.ndim(value):
        raise ValueError(f"{name} must be one number here, not {np.size(value)} of them.")
    return value


def edition_known(edition: str) -> str:
    """`edition` if it is one of `EDITIONS`, else ValueError."""
    if edition not in EDITIONS:
        raise ValueError(f"edition must be 'today' or 'exam'; got {edition!r}.")
    return edition


def number(value: float) -> str:
    """A number for people: thousands separated, at most four decimals, no trailing zeros."""
    if not np.isfinite(value):
        return "for ever" if value > 0 else "not applicable"
    if value == int(value):
        return f"{int(value):,}"
    decimals = 4 if abs(value) < 100 else 2
    return f"{value:,.{decimals}f}".rstrip("0").rstrip(".")


def usd(value: float) -> str:
    """An amount of money: two decimals, or as many as a fraction of a cent needs."""
    if value and abs(value) < 0.01:
        return f"${value:.6f}".rstrip("0")
    return f"${value:,.2f}"


def _numbers(value: Any, name: str, unit: str) -> NDArray[Any]:
    try:
        numbers = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be numbers of {unit} in a regular array; got {value!r}.") from None
    if numbers.dtype.kind not in "iuf" or _holds_bool(value):
        raise ValueError(f"{name} must be a number of {unit}; got {value!r} ({type(value).__name__}).")
    if numbers.dtype.kind == "f" and not np.all(np.isfinite(numbers)):
        raise ValueError(
            f"{name} must be a finite number of {unit}; got {_first(numbers, ~np.isfinite(numbers))}."
        )
    return numbers.astype(float if numbers.dtype.kind == "f" else np.int64)


def _holds_bool(value: Any) -> bool:
    """NumPy turns [True, 2] into [1, 2]; a truth value is never a quantity."""
    return isinstance(value, (list, tuple)) and any(isinstance(item, (bool, np.bool_)) for item in value)


def _first(numbers: NDArray[Any], mask: NDArray[np.bool_], unit: str = "") -> str:
    place = int(np.argmax(mask))
    found = f"{np.ravel(numbers)[place]:,} {unit}".rstrip()
    return f"{found} in element [{place}]" if np.ndim(numbers) else found


def _range(low: float, high: float, above: bool, unit: str) -> str:
    start = f"more than {number(low)}" if above else f"at least {number(low)}"
    if np.isinf(high):
        return f"{start} {unit}"
    return (
        f"{start} and at most {number(high)} {unit}" if above else f"{number(low)} to {number(high)} {unit}"
    )


def _sentence(fact: str, why: str) -> str:
    return f"{fact}. {why}" if why else f"{fact}."
