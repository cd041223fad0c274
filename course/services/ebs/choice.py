"""Which type of volume is cheapest for a size, IOPS and throughput: for one need, or for a million.

`_fit` (what to buy of a type) and `_bill` (what that costs) are the one implementation behind every function
here. They work on arrays; a single need is an array of one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from course import prices
from course.services._quantity import (
    GIB_PER_TIB,
    KIB_PER_MIB,
    edition_known,
    number,
    one,
    plain,
    quantity,
    usd,
)
from course.services._result import Result
from course.services.ebs.bill import components
from course.services.ebs.limits import (
    CHEAPEST_KINDS,
    GP2_BURST_IOPS,
    GP2_SMALL_GIB,
    GP2_SMALL_MIBPS,
    IO1_LARGE_IO_MIBPS,
    IO1_SMALL_IO_KIB,
    SSD_IO_KIB,
    TYPES,
    Limits,
    gp2_baseline,
    gp2_ceiling_mibps,
    hdd_rates,
    limits_of,
    most_throughput,
)
from course.services.ebs.volume import Volume, check

_FITS, _TOO_LARGE, _TOO_MANY_IOPS, _TOO_MUCH_THROUGHPUT = range(4)


@dataclass(frozen=True)
class _Need:
    size: NDArray[np.float64]
    iops: NDArray[np.float64]
    throughput: NDArray[np.float64]
    sustained: bool


@dataclass(frozen=True)
class _Fit:
    """What to buy of one type for each need, what it then delivers, and why not (`problem`, 0 = it fits)."""

    size: NDArray[np.float64]
    iops: NDArray[np.float64]
    throughput: NDArray[np.float64]
    problem: NDArray[np.int8]


def _up(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round up to whole units, forgiving the last bits of a division such as 1,024 / 0.256."""
    return np.ceil(numbers - 1e-9)


def _fit_gp3(need: _Need, limits: Limits) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    throughput = np.maximum(limits.included_throughput_mibps, _up(need.throughput))
    for_throughput = np.where(
        throughput > limits.included_throughput_mibps, _up(throughput / limits.mibps_per_iops), 0
    )
    iops = np.maximum(np.maximum(limits.included_iops, _up(need.iops)), for_throughput)
    for_iops = np.where(iops > limits.included_iops, _up(iops / limits.iops_per_gib), 0)
    return np.maximum(need.size, for_iops), iops, throughput


def _fit_gp2(need: _Need, limits: Limits) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    free_iops = limits.min_iops if need.sustained else GP2_BURST_IOPS
    for_throughput = need.throughput * KIB_PER_MIB / SSD_IO_KIB
    iops = np.maximum(need.iops, for_throughput)
    size = np.where(iops > free_iops, np.maximum(need.size, _up(iops / limits.iops_per_gib)), need.size)
    size = np.where(need.throughput > GP2_SMALL_MIBPS, np.maximum(size, GP2_SMALL_GIB + 1), size)
    reached = np.maximum(gp2_baseline(size), free_iops)
    return size, reached, np.minimum(gp2_ceiling_mibps(size), reached * SSD_IO_KIB / KIB_PER_MIB)


def _fit_piops(kind: str) -> Callable[[_Need, Limits], tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    def fit(need: _Need, limits: Limits) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        if kind == "io2":
            for_throughput = need.throughput / limits.mibps_per_iops
        else:
            large, small = (
                need.throughput * KIB_PER_MIB / SSD_IO_KIB,
                need.throughput * KIB_PER_MIB / IO1_SMALL_IO_KIB,
            )
            for_throughput = np.where(need.throughput <= IO1_LARGE_IO_MIBPS, large, small)
        iops = np.maximum(limits.min_iops, _up(np.maximum(need.iops, for_throughput)))
        size = np.maximum(need.size, _up(iops / limits.iops_per_gib))
        return size, iops, most_throughput(kind, iops, limits)

    return fit


def _fit_hdd(need: _Need, limits: Limits) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    rate = np.maximum(need.iops, need.throughput)
    per_tib = limits.base_mibps_per_tib if need.sustained else limits.burst_mibps_per_tib
    size = np.maximum(need.size, _up(rate * GIB_PER_TIB / per_tib))
    base, burst = hdd_rates(size, limits)
    reached = base if need.sustained else burst
    return size, reached, reached


_FIT: Mapping[str, Callable[[_Need, Limits], tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]] = (
    MappingProxyType(
        {
            "gp3": _fit_gp3,
            "gp2": _fit_gp2,
            "io2": _fit_piops("io2"),
            "io1": _fit_piops("io1"),
            "st1": _fit_hdd,
            "sc1": _fit_hdd,
        }
    )
)


def _ceilings(kind: str, limits: Limits, sustained: bool) -> tuple[float, float]:
    """The most IOPS and MiB/s of any volume of this type."""
    if TYPES[kind].family == "HDD":
        most = limits.max_base_mibps if sustained else limits.max_throughput_mibps
        return most, most
    return limits.max_iops, limits.max_throughput_mibps


def _fit(kind: str, need: _Need, edition: str) -> _Fit:
    """The smallest volume of a type that meets each need."""
    limits = limits_of(kind, edition)
    most_iops, most_mibps = _ceilings(kind, limits, need.sustained)
    problem = np.where(need.throughput > most_mibps, np.int8(_TOO_MUCH_THROUGHPUT), np.int8(_FITS))
    problem = np.where(need.iops > most_iops, np.int8(_TOO_MANY_IOPS), problem)
    problem = np.where(need.size > limits.max_size_gib, np.int8(_TOO_LARGE), problem)
    whole = replace(need, size=np.maximum(_up(need.size), limits.min_size_gib))
    size, iops, throughput = _FIT[kind](whole, limits)
    return _Fit(size, iops, throughput, problem)


def _bill(kind: str, fit: _Fit, region: str) -> tuple[NDArray[np.float64], list[prices.Tiers], str]:
    """US dollars a month (NaN where it does not fit or has no price), the prices used, the missing price."""
    total = np.where(fit.problem == _FITS, 0.0, np.nan)
    used: list[prices.Tiers] = []
    missing = ""
    for item, amount, included in components(kind, fit.size, fit.iops, fit.throughput):
        free = amount <= included
        try:
            tiers = prices.tiers("EBS", item, region)
        except prices.NoPrice as error:
            missing = missing or str(error)
            total = np.where(free, total, np.nan)
            continue
        total = total + tiers.cost(amount)
        if np.any(np.isfinite(total) & ~free):
            used.append(tiers)
    return total, used if np.any(np.isfinite(total)) else [], missing


def _need(size_gib: ArrayLike, iops: ArrayLike, throughput_mibps: ArrayLike, sustained: bool) -> _Need:
    largest = max(TYPES[kind].limits["today"].max_size_gib for kind in CHEAPEST_KINDS)
    size = quantity(size_gib, "size_gib", "GiB", above=True, high=largest, why="No EBS volume is larger.")
    rate = quantity(iops, "iops", "IOPS")
    mibps = quantity(throughput_mibps, "throughput_mibps", "MiB/s")
    size, rate, mibps = np.broadcast_arrays(size.astype(float), rate.astype(float), mibps.astype(float))
    return _Need(size, rate, mibps, sustained)


def _candidates(boot: bool, multi_attach: bool) -> dict[str, str]:
    """Every type, with the reason why it is out of the question whatever the numbers (empty: it is not)."""
    reasons = {}
    for kind in CHEAPEST_KINDS:
        try:
            check(_example(kind), boot=boot, multi_attach=multi_attach)
            reasons[kind] = ""
        except ValueError as error:
            reasons[kind] = str(error)
    return reasons


def _example(kind: str) -> Volume:
    return Volume(kind, 125, 100 if kind in ("io1", "io2") else None)


@dataclass(frozen=True)
class Cheapest(Result):
    """The types ranked by cost for one need. See `cheapest`."""

    size_gib: float
    iops: float
    throughput_mibps: float
    sustained: bool
    edition: str
    region: str
    as_of: str
    best: Volume | None
    usd_per_month: float
    table: pd.DataFrame

    @property
    def footnote(self) -> str:
        """Region, date and age of the prices; see `prices.footnote`."""
        return prices.footnote(self.region, self.as_of)

    def _lines(self) -> list[str]:
        how = "sustained" if self.sustained else "while burst credits last"
        lines = [
            f"Cheapest volume for {number(self.size_gib)} GiB, {number(self.iops)} IOPS and "
            f"{number(self.throughput_mibps)} MiB/s, {how} (limits: {self.edition})"
        ]
        for _, row in self.table.iterrows():
            if not row.feasible:
                lines.append(f"  {row.kind}: no. {row.reason}")
                continue
            iops, mibps = number(row["iops"]), number(row["throughput_mibps"])
            bought = f"{number(row['size_gib'])} GiB, {iops} IOPS, {mibps} MiB/s"
            if row.reason:
                lines.append(f"  {row.kind}: fits with {bought}, but has no price. {row.reason}")
            else:
                lines.append(f"  {row.kind}: {usd(row['usd_per_month'])} a month for {bought}")
        return [*lines, f"  {self._decision()}", f"  ({self.footnote})"]

    def _decision(self) -> str:
        priced = self.table[self.table["usd_per_month"].notna()]
        unpriced = list(self.table.loc[self.table["feasible"] & self.table["usd_per_month"].isna(), "kind"])
        names = ", ".join(unpriced)
        if self.best is None:
            return f"no price in {self.region} for {names}" if unpriced else "no single volume meets the need"
        doubt = f"; {names} would do too, but without a price in {self.region}" if unpriced else ""
        if len(priced) == 1:
            only = "the only type with a price" if unpriced else "the only type"
            return f"{self.best.kind} is {only} that meets the need: {usd(self.usd_per_month)} a month{doubt}"
        second = priced.iloc[1]
        saving = 100 * (1 - self.usd_per_month / second.usd_per_month)
        return (
            f"{self.best.kind} is cheapest: {usd(self.usd_per_month)} a month, {saving:.0f} % less than "
            f"{second.kind} ({usd(second.usd_per_month)}){doubt}"
        )


def cheapest(
    size_gib: float,
    iops: float = 0,
    throughput_mibps: float = 0,
    region: str = "us-east-1",
    edition: str = "today",
    sustained: bool = True,
    boot: bool = False,
    multi_attach: bool = False,
) -> Cheapest:
    """Rank gp3, gp2, io2, io1, st1 and sc1 by the monthly cost of one volume that meets the need.

    A type may have to be bought larger than `size_gib` to reach the IOPS or the throughput. `sustained`
    counts only what the volume delivers always; with False, burst counts. IOPS are random I/Os of up to
    16 KiB, so an HDD volume needs 1 MiB/s for each; throughput is at the type's best I/O size.

    `.table` has a row per type, cheapest first: kind, feasible, reason (why not, or which price is missing),
    size_gib (to buy), iops, throughput_mibps (then delivered), usd_per_month (NaN when not feasible or not
    priced in this Region; no other Region's price is used). `.best` is the Volume to create, or None.
    """
    edition_known(edition)
    need = _need(
        one(size_gib, "size_gib"), one(iops, "iops"), one(throughput_mibps, "throughput_mibps"), sustained
    )
    rows, used = [], []
    for kind, reason in _candidates(boot, multi_attach).items():
        fit = _fit(kind, need, edition)
        dollars, tiers, missing = _bill(kind, fit, region)
        refusal = reason or _reason(kind, int(fit.problem), edition, sustained)
        if not refusal:
            used += tiers
        rows.append(
            {
                "kind": kind,
                "feasible": not refusal,
                "reason": refusal or (missing if np.isnan(dollars) else ""),
                "size_gib": np.nan if refusal else float(fit.size),
                "iops": np.nan if refusal else float(fit.iops),
                "throughput_mibps": np.nan if refusal else float(fit.throughput),
                "usd_per_month": np.nan if refusal else float(dollars),
            }
        )
    table = pd.DataFrame(rows).sort_values(
        "usd_per_month", kind="stable", ignore_index=True, na_position="last"
    )
    table = table.sort_values("feasible", ascending=False, kind="stable", ignore_index=True)
    best = _volume(table.iloc[0]) if np.isfinite(table["usd_per_month"].iloc[0]) else None
    return Cheapest(
        float(need.size),
        float(need.iops),
        float(need.throughput),
        sustained,
        edition,
        region,
        prices.oldest(used),
        best,
        float(table["usd_per_month"].iloc[0]),
        table,
    )


def _reason(kind: str, problem: int, edition: str, sustained: bool) -> str:
    if problem == _FITS:
        return ""
    limits = limits_of(kind, edition)
    iops, mibps = _ceilings(kind, limits, sustained)
    how = "sustained" if sustained else "in a burst"
    unit = " (each takes a credit of 1 MiB)" if TYPES[kind].family == "HDD" else ""
    return {
        _TOO_LARGE: f"{kind} volumes have at most {limits.max_size_gib:,} GiB.",
        _TOO_MANY_IOPS: f"{kind} volumes deliver at most {number(iops)} random IOPS {how}{unit}.",
        _TOO_MUCH_THROUGHPUT: f"{kind} volumes deliver at most {number(mibps)} MiB/s {how}.",
    }[problem]


def _volume(row: Any) -> Volume:
    iops = int(row.iops) if row.kind in ("gp3", "io1", "io2") else None
    throughput = int(row.throughput_mibps) if row.kind == "gp3" else None
    return Volume(row.kind, int(row.size_gib), iops, throughput)


@dataclass(frozen=True)
class CheapestMany:
    """Costs and ranks of all types for many needs. See `cheapest_many`.

    `usd_per_month[kind]`: cost per need, NaN where the type does not fit or has no price. `best_kind`: the
    name of the cheapest type per need ("" where none fits); `best_usd`: its cost. `rank`: array of shape
    (types, needs...) with 1 for the cheapest, in the order of `kinds`; 0 where the type does not fit.
    `size_gib`, `iops`, `throughput_mibps`: the needs, broadcast.
    """

    kinds: tuple[str, ...]
    usd_per_month: Mapping[str, NDArray[np.float64]]
    best_kind: NDArray[np.str_]
    best_usd: NDArray[np.float64]
    rank: NDArray[np.int8]
    region: str
    as_of: str
    edition: str
    size_gib: NDArray[np.float64]
    iops: NDArray[np.float64]
    throughput_mibps: NDArray[np.float64]
    sustained: bool
    boot: bool
    multi_attach: bool

    @property
    def footnote(self) -> str:
        """Region, date and age of the prices; see `prices.footnote`."""
        return prices.footnote(self.region, self.as_of)

    def explain(self, index: int = 0) -> str:
        """The working for the need number `index` (flat, in C order), as `cheapest` explains it."""
        if not -self.size_gib.size <= index < self.size_gib.size:
            raise IndexError(f"This result has {self.size_gib.size} elements; there is no element {index}.")
        need = cheapest(
            float(self.size_gib.ravel()[index]),
            float(self.iops.ravel()[index]),
            float(self.throughput_mibps.ravel()[index]),
            self.region,
            self.edition,
            self.sustained,
            self.boot,
            self.multi_attach,
        )
        return need.explain()


_CHUNK = 32_768  # needs priced together: the working arrays then stay in the processor's cache


def cheapest_many(
    sizes: ArrayLike,
    iops: ArrayLike = 0,
    throughputs: ArrayLike = 0,
    region: str = "us-east-1",
    edition: str = "today",
    sustained: bool = True,
    boot: bool = False,
    multi_attach: bool = False,
) -> CheapestMany:
    """`cheapest` for arrays: price and rank every type for each (size, IOPS, throughput). Arrays broadcast.

    One million needs take about half a second.
    """
    edition_known(edition)
    need = _need(sizes, iops, throughputs, sustained)
    shape, count = need.size.shape, need.size.size
    size, rate, mibps = (np.ravel(part) for part in (need.size, need.iops, need.throughput))
    reasons = _candidates(boot, multi_attach)
    dollars = np.full((len(CHEAPEST_KINDS), count), np.nan)
    rank = np.zeros((len(CHEAPEST_KINDS), count), dtype=np.int8)
    used: set[prices.Tiers] = set()
    for start in range(0, count, _CHUNK):
        part = slice(start, start + _CHUNK)
        chunk = _Need(size[part], rate[part], mibps[part], sustained)
        for row, kind in enumerate(CHEAPEST_KINDS):
            if not reasons[kind]:
                dollars[row, part], tiers, _ = _bill(kind, _fit(kind, chunk, edition), region)
                used.update(tiers)
        rank[:, part] = _rank(dollars[:, part])
    names = np.array(["", *CHEAPEST_KINDS])
    first = rank == 1
    best = np.where(first.any(axis=0), first.argmax(axis=0) + 1, 0)
    best_usd = np.where(best > 0, dollars[np.maximum(best - 1, 0), np.arange(count)], np.nan)
    return CheapestMany(
        CHEAPEST_KINDS,
        MappingProxyType({kind: dollars[row].reshape(shape) for row, kind in enumerate(CHEAPEST_KINDS)}),
        names[best].reshape(shape),
        best_usd.reshape(shape),
        rank.reshape((len(CHEAPEST_KINDS), *shape)),
        region,
        prices.oldest(used),
        edition,
        need.size,
        need.iops,
        need.throughput,
        sustained,
        boot,
        multi_attach,
    )


def _rank(dollars: NDArray[np.float64]) -> NDArray[np.int8]:
    """1 for the cheapest type of each column; of equal costs the earlier row first; 0 for NaN."""
    rank = np.ones(dollars.shape, dtype=np.int8)
    for row in range(len(dollars)):
        for other in range(len(dollars)):
            if other != row:
                cheaper = dollars[other] < dollars[row] if other > row else dollars[other] <= dollars[row]
                rank[row] += cheaper
    rank[np.isnan(dollars)] = 0
    return rank


def cheapest_frontier(
    sizes: ArrayLike,
    iops: ArrayLike,
    throughput_mibps: float = 0,
    region: str = "us-east-1",
    edition: str = "today",
    sustained: bool = True,
) -> pd.DataFrame:
    """Cost against IOPS for every type: one row per size, IOPS and type, ready for a plot.

    `sizes` and `iops`: one number or a list each; every combination is priced. Columns: size_gib, iops,
    throughput_mibps (as asked), kind, bought_size_gib (gp2 and HDD buy more GiB to reach the IOPS),
    usd_per_month (both NaN where infeasible or unpriced) and cheapest (True on the frontier).
    """
    edition_known(edition)
    size_axis = np.ravel(quantity(sizes, "sizes", "GiB", above=True))
    iops_axis = np.ravel(quantity(iops, "iops", "IOPS"))
    need = _need(
        np.repeat(size_axis, len(iops_axis)), np.tile(iops_axis, len(size_axis)), throughput_mibps, sustained
    )
    many = cheapest_many(need.size, need.iops, need.throughput, region, edition, sustained)
    frames = []
    for kind in CHEAPEST_KINDS:
        dollars = many.usd_per_month[kind]
        frames.append(
            pd.DataFrame(
                {
                    "size_gib": need.size,
                    "iops": need.iops,
                    "throughput_mibps": need.throughput,
                    "kind": kind,
                    "bought_size_gib": np.where(np.isnan(dollars), np.nan, _fit(kind, need, edition).size),
                    "usd_per_month": dollars,
                    "cheapest": many.best_kind == kind,
                }
            )
        )
    frame = pd.concat(frames, ignore_index=True)
    frame.attrs.update(region=region, as_of=many.as_of, footnote=many.footnote)
    return frame


@dataclass(frozen=True)
class Smallest(Result):
    """The smallest volume of one type that meets a need. See `smallest`."""

    kind: str
    size_gib: Any
    iops: Any
    throughput_mibps: Any
    edition: str

    def _lines(self) -> list[str]:
        return [
            f"Smallest {self.kind} volume that meets the need (limits: {self.edition})",
            f"  {number(self.size_gib)} GiB, {number(self.iops)} IOPS, {number(self.throughput_mibps)} MiB/s",
        ]


def smallest(
    kind: str,
    iops: ArrayLike = 0,
    throughput_mibps: ArrayLike = 0,
    size_gib: ArrayLike = 1,
    edition: str = "today",
    sustained: bool = True,
) -> Smallest:
    """The smallest volume of a type with these IOPS and MiB/s: "16,000 IOPS on gp3 need 32 GiB".

    ValueError where no volume of the type can do it. Arrays broadcast.
    """
    if kind not in CHEAPEST_KINDS:
        raise ValueError(f"kind must be one of {', '.join(CHEAPEST_KINDS)}; got {kind!r}.")
    need = _need(size_gib, iops, throughput_mibps, sustained)
    fit = _fit(kind, need, edition)
    if np.any(fit.problem):
        first = int(fit.problem[fit.problem != _FITS].ravel()[0]) if fit.problem.ndim else int(fit.problem)
        raise ValueError(_reason(kind, first, edition, sustained))
    return Smallest(kind, plain(fit.size), plain(fit.iops), plain(fit.throughput), edition)
