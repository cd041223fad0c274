"""Amazon EFS: throughput modes, burst credits, storage classes, lifecycle policies and what they all cost.

Sizes are in GiB, throughput in MiB/s, money in US dollars for a month (AWS's "GB" in a price is a GiB).

Sources: the Amazon EFS user guide (performance of 2020, 2023 and today; lifecycle management; billing and
usage reports) and the EFS pricing page. Left out everywhere: latency and IOPS limits, per-client limits,
upper limits of a Region, the 32 KiB (data) and 4 KiB (metadata) minimum that Elastic throughput meters for
each operation, backups and replication.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from course import prices
from course.services import _bucket
from course.services._quantity import (
    GIB_PER_TIB,
    HOURS_PER_MONTH,
    KIB_PER_MIB,
    MIB_PER_GIB,
    number,
    one,
    plain,
    quantity,
    usd,
)
from course.services._result import Cost, CostPart, Result, bill_line, cost

SECONDS_PER_DAY = 86_400
DAYS_PER_MONTH = 365 / 12

# EFS user guide, Bursting throughput (June 2023)
BASE_KIB_PER_GIB = 50
MIN_BASE_MIBPS = 1
BURST_MIBPS_PER_TIB = MIN_BURST_MIBPS = 100
CREDIT_TIB = 2.1  # for each TiB stored, and in all for a smaller file system
READ_DISCOUNT = 3  # reads are metered at a third; Regions differ from 1.66 to 3
# EFS API reference, CreateFileSystem and LifecyclePolicy (November 2026)
PROVISIONED_MIBPS = (1, 3_414)
POLICY_DAYS = (1, 7, 14, 30, 60, 90, 180, 270, 365)
# EFS user guide, Performance specifications (November 2026), Regional file systems, General Purpose mode
ELASTIC_READ_GIBPS = (20, 60)
ELASTIC_WRITE_GIBPS = (1, 5)
# EFS user guide, Billing and usage reports (November 2026)
MIN_BILLED_FILE_KIB = 128  # in IA and Archive

THROUGHPUT_MODES = ("bursting", "provisioned", "elastic")
STORAGE_CLASSES = ("standard", "ia", "archive")


def _mode(throughput_mode: str) -> str:
    if throughput_mode not in THROUGHPUT_MODES:
        raise ValueError(
            f"throughput_mode must be one of {', '.join(THROUGHPUT_MODES)}; got {throughput_mode!r}."
        )
    return throughput_mode


# --- Bursting throughput ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bursting(Result):
    """What a file system in Bursting mode can do at a size. See `bursting`."""

    size_gib: Any
    base_mibps: Any
    burst_mibps: Any
    credit_cap_gib: Any
    share_of_day: Any
    burst_minutes_per_day: Any
    credits_mib_per_day: Any

    def _lines(self) -> list[str]:
        size, base, burst = number(self.size_gib), number(self.base_mibps), number(self.burst_mibps)
        tib = self.size_gib / GIB_PER_TIB
        return [
            f"EFS with {size} GiB in Standard, Bursting throughput",
            f"  base: {BASE_KIB_PER_GIB} KiB/s × {size} GiB / 1,024, at least {MIN_BASE_MIBPS} = "
            f"{base} MiB/s",
            f"  burst: {BURST_MIBPS_PER_TIB} MiB/s × {number(tib)} TiB, at least {MIN_BURST_MIBPS} = "
            f"{burst} MiB/s",
            f"  credits: at most {CREDIT_TIB} TiB × max(1, {number(tib)}) = {number(self.credit_cap_gib)} "
            "GiB; "
            f"{base} MiB/s earn {number(self.credits_mib_per_day)} MiB a day",
            f"  share of the day at burst: {base} / {burst} = {number(100 * self.share_of_day)} % = "
            f"{number(self.burst_minutes_per_day)} minutes",
        ]


def bursting(size_gib: ArrayLike) -> Bursting:
    """Base and burst throughput, credit cap and minutes of burst a day for data stored in the Standard class.

    base = max(1 MiB/s, 50 KiB/s per GiB); burst = max(100 MiB/s, 100 MiB/s per TiB); the credit balance holds
    2.1 TiB, or 2.1 TiB per TiB stored from 1 TiB on; share of the day at burst = base / burst. AWS rounds
    50 KiB/s per GiB to 5 MiB/s per 100 GiB in its texts (72 minutes a day for 100 GiB; strictly it is 70.3).
    Source: EFS user guide, Bursting throughput.
    """
    size = quantity(size_gib, "size_gib", "GiB")
    base, burst, cap = _bursting(size)
    share = base / burst
    values = (size, base, burst, cap, share, share * 24 * 60, base * SECONDS_PER_DAY)
    return Bursting(*(plain(np.asarray(value)) for value in values))


def _bursting(size: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    tib = size / GIB_PER_TIB
    base = np.maximum(MIN_BASE_MIBPS, size * BASE_KIB_PER_GIB / KIB_PER_MIB)
    burst = np.maximum(MIN_BURST_MIBPS, BURST_MIBPS_PER_TIB * tib)
    return base, burst, CREDIT_TIB * GIB_PER_TIB * np.maximum(1, tib)


def simulate_bursting(
    size_gib: float,
    demand_mibps: ArrayLike,
    step_s: float = 60,
    start_credits_gib: float | None = None,
    duration_s: float | None = None,
) -> pd.DataFrame:
    """Step the burst credits of a file system in Bursting mode through time.

    `demand_mibps` is metered throughput (see `metered_mibps`): one number (for `duration_s` seconds, default
    one hour) or one number per step of `step_s` seconds. `start_credits_gib` defaults to the cap, with
    which a new file system starts. Returns one row per step: second (the end of the step), demand_mibps,
    delivered_mibps (average over the step), credit_gib and credit_percent (at its end; the CloudWatch metric
    BurstCreditBalance is the same in bytes). Left out: the size changing meanwhile.
    """
    size = quantity(one(size_gib, "size_gib"), "size_gib", "GiB")
    base, burst, cap = (float(rate) for rate in _bursting(size))
    start = cap if start_credits_gib is None else one(start_credits_gib, "start_credits_gib")
    quantity(start, "start_credits_gib", "GiB", high=cap, why="The balance holds 2.1 TiB per TiB stored.")
    demand = _bucket.steps(demand_mibps, "demand_mibps", "MiB/s", step_s, duration_s)
    delivered, balance = _bucket.run(
        demand, base, burst, cap * MIB_PER_GIB, float(start) * MIB_PER_GIB, step_s
    )
    return pd.DataFrame(
        {
            "second": _bucket.ends(len(demand), step_s),
            "demand_mibps": demand,
            "delivered_mibps": delivered,
            "credit_gib": balance / MIB_PER_GIB,
            "credit_percent": balance / (cap * MIB_PER_GIB) * 100,
        }
    )


# --- Metering and Provisioned throughput --------------------------------------------------------------------


def metered_mibps(read_mibps: ArrayLike, write_mibps: ArrayLike, read_discount: float = READ_DISCOUNT) -> Any:
    """Throughput as EFS counts it against limits and credits: reads at a third, writes in full.

    30 MiB/s read and 30 MiB/s written are 40 MiB/s metered. Source: EFS user guide, Throughput modes (2023).
    """
    read = quantity(read_mibps, "read_mibps", "MiB/s")
    write = quantity(write_mibps, "write_mibps", "MiB/s")
    discount = quantity(read_discount, "read_discount", "times", low=1)
    return plain(np.asarray(read / discount + write))


def provisioned_billed_mibps(stored_gib: ArrayLike, provisioned_mibps: ArrayLike) -> Any:
    """MiB/s of Provisioned throughput on the bill: what is above 50 KiB/s per GiB stored in Standard.

    1 TiB stored, 100 MiB/s provisioned: 50 MiB/s are billed. Source: EFS user guide, Throughput modes (2023).
    """
    stored = quantity(stored_gib, "stored_gib", "GiB")
    asked = _provisioned(provisioned_mibps)
    return plain(np.asarray(np.maximum(0, asked - stored * BASE_KIB_PER_GIB / KIB_PER_MIB)))


def _provisioned(provisioned_mibps: ArrayLike) -> NDArray[Any]:
    low, high = PROVISIONED_MIBPS
    return quantity(
        provisioned_mibps,
        "provisioned_mibps",
        "MiB/s",
        low=low,
        high=high,
        why="CreateFileSystem takes this range; a Region may end it earlier.",
    )


# --- A month's bill -----------------------------------------------------------------------------------------


def _storage_item(storage_class: str, throughput_mode: str, one_zone: bool = False) -> str:
    """The price book's name of a storage class."""
    if one_zone:
        return {
            "standard": "One Zone storage",
            "ia": "One Zone Infrequent Access storage",
            "archive": "One Zone Archive storage",
        }[storage_class]
    if storage_class == "standard":
        return "Standard storage (Regional)"
    if storage_class == "archive":
        return "Archive storage (Elastic Throughput)"
    mode = "Elastic Throughput" if throughput_mode == "elastic" else "Bursting / Provisioned Throughput"
    return f"Infrequent Access storage ({mode})"


_ACCESS_ITEM = {
    "ia": "Infrequent Access read / write (access charge)",
    "archive": "Archive read / write (access charge)",
}


def monthly_cost(
    standard_gib: ArrayLike = 0,
    ia_gib: ArrayLike = 0,
    archive_gib: ArrayLike = 0,
    *,
    throughput_mode: str = "elastic",
    provisioned_mibps: ArrayLike | None = None,
    read_gib: ArrayLike = 0,
    write_gib: ArrayLike = 0,
    ia_access_gib: ArrayLike = 0,
    archive_access_gib: ArrayLike = 0,
    one_zone: bool = False,
    region: str = "us-east-1",
) -> Cost:
    """US dollars for a month of a file system: storage by class, access charges, throughput.

    `read_gib` and `write_gib`: all data read and written in the month (billed in Elastic mode only);
    `ia_access_gib` and `archive_access_gib`: the part of it read from IA or Archive, plus what lifecycle
    management moved into them (billed in every mode). `provisioned_mibps` is required in Provisioned mode.
    Archive needs Elastic throughput. Raises prices.NoPrice where the Region has no price for a part.
    Arrays of GiB and of `provisioned_mibps` broadcast.
    """
    amounts = {
        "standard_gib": standard_gib,
        "ia_gib": ia_gib,
        "archive_gib": archive_gib,
        "ia_access_gib": ia_access_gib,
        "archive_access_gib": archive_access_gib,
        "read_gib": read_gib,
        "write_gib": write_gib,
    }
    given = [quantity(amount, name, "GiB").astype(float) for name, amount in amounts.items()]
    _check_mode(throughput_mode, provisioned_mibps, bool(np.any(given[2]) or np.any(given[4])))
    rate = np.asarray(0) if provisioned_mibps is None else _provisioned(provisioned_mibps)
    standard, ia, archive, ia_access, archive_access, read, write, rate = np.broadcast_arrays(*given, rate)
    items = [
        (_storage_item("standard", throughput_mode, one_zone), standard),
        (_storage_item("ia", throughput_mode, one_zone), ia),
        (_storage_item("archive", throughput_mode, one_zone), archive),
        (_ACCESS_ITEM["ia"], ia_access),
        (_ACCESS_ITEM["archive"], archive_access),
    ]
    parts = [bill_line("EFS", item, amount, region) for item, amount in items if np.any(amount)]
    parts += _throughput_parts(throughput_mode, standard, rate, read, write, region)
    title = f"EFS {'One Zone' if one_zone else 'Regional'}, {throughput_mode} throughput"
    return cost(title, parts, region, standard.shape)


def _amount(value: float, name: str) -> float:
    return float(quantity(one(value, name), name, "GiB"))


def _check_mode(throughput_mode: str, provisioned_mibps: ArrayLike | None, archive: bool) -> None:
    if (_mode(throughput_mode) == "provisioned") != (provisioned_mibps is not None):
        raise ValueError("provisioned_mibps is required in Provisioned mode, and only there.")
    if archive and throughput_mode != "elastic":
        raise ValueError("The Archive class needs Elastic throughput.")


def _throughput_parts(
    mode: str,
    standard_gib: ArrayLike,
    provisioned_mibps: ArrayLike,
    read_gib: ArrayLike,
    write_gib: ArrayLike,
    region: str,
) -> list[CostPart]:
    moved: dict[str, ArrayLike] = {}
    if mode == "elastic":
        moved = {"Elastic Throughput reads": read_gib, "Elastic Throughput writes": write_gib}
    if mode == "provisioned":
        moved = {"Provisioned Throughput": provisioned_billed_mibps(standard_gib, provisioned_mibps)}
    return [bill_line("EFS", item, amount, region) for item, amount in moved.items() if np.any(amount)]


# --- Storage classes: break-even ----------------------------------------------------------------------------


def cost_per_gib(
    storage_class: str,
    reads_per_month: ArrayLike = 0,
    region: str = "us-east-1",
    throughput_mode: str = "elastic",
) -> Any:
    """US dollars a month for one GiB that stays in a class and is read `reads_per_month` times in full.

    Storage plus access charge; the Elastic read charge is the same in every class and left out. Array in,
    array out: made for a plot of the classes' break-even.
    """
    reads = quantity(reads_per_month, "reads_per_month", "reads")
    storage, access, _ = _class_prices(storage_class, region, throughput_mode)
    return plain(np.asarray(storage + access * reads))


def _class_prices(
    storage_class: str, region: str, throughput_mode: str
) -> tuple[float, float, list[prices.Tiers]]:
    if storage_class not in STORAGE_CLASSES:
        raise ValueError(f"storage_class must be one of {', '.join(STORAGE_CLASSES)}; got {storage_class!r}.")
    if storage_class == "archive" and _mode(throughput_mode) != "elastic":
        raise ValueError("The Archive class needs Elastic throughput.")
    used = [prices.tiers("EFS", _storage_item(storage_class, _mode(throughput_mode)), region)]
    if storage_class in _ACCESS_ITEM:
        used.append(prices.tiers("EFS", _ACCESS_ITEM[storage_class], region))
    access = used[1].cost(1) if len(used) > 1 else 0.0
    return used[0].cost(1), access, used


@dataclass(frozen=True)
class BreakEven(Result):
    """Reads a month at which two storage classes cost the same. See `break_even`."""

    cheaper_when_rare: str
    cheaper_when_often: str
    reads_per_month: float
    storage_usd: tuple[float, float]
    access_usd: tuple[float, float]
    region: str
    as_of: str

    def _lines(self) -> list[str]:
        rare, often = self.cheaper_when_rare, self.cheaper_when_often
        (rare_storage, often_storage), (rare_access, often_access) = self.storage_usd, self.access_usd
        return [
            f"EFS {rare} against {often}, for one GiB that is read in full",
            f"  {rare}: ${rare_storage:g} + ${rare_access:g} × reads; "
            f"{often}: ${often_storage:g} + ${often_access:g} × reads",
            f"  equal at ({often_storage:g} − {rare_storage:g}) / ({rare_access:g} − {often_access:g}) = "
            f"{number(self.reads_per_month)} reads a month",
            f"  read less often: {rare} is cheaper; read more often: {often}",
            f"  ({prices.footnote(self.region, self.as_of)})",
        ]


def break_even(
    rare: str = "ia", often: str = "standard", region: str = "us-east-1", throughput_mode: str = "elastic"
) -> BreakEven:
    """How often data must be read in a month for `often` to cost the same as the colder class `rare`."""
    rare_storage, rare_access, rare_used = _class_prices(rare, region, throughput_mode)
    often_storage, often_access, often_used = _class_prices(often, region, throughput_mode)
    if STORAGE_CLASSES.index(rare) <= STORAGE_CLASSES.index(often):
        raise ValueError(f"rare must be the colder class of the two; got rare={rare!r} and often={often!r}.")
    reads = (often_storage - rare_storage) / (rare_access - often_access)
    return BreakEven(
        rare,
        often,
        reads,
        (rare_storage, often_storage),
        (rare_access, often_access),
        region,
        prices.oldest([*rare_used, *often_used]),
    )


# --- Lifecycle policies over time ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Lifecycle(Result):
    """Cost over time of a lifecycle policy for an access pattern. See `lifecycle_cost`."""

    total_gib: float
    pattern: Mapping[int | None, float]
    ia_after_days: int | None
    archive_after_days: int | None
    back_on_access: bool
    days: int
    usd_total: float
    usd_without_policy: float
    usd_per_month: float
    table: pd.DataFrame
    region: str
    as_of: str

    @property
    def saving_percent(self) -> float:
        """Saved against keeping everything in Standard; negative when the policy costs more."""
        return 100 * (1 - self.usd_total / self.usd_without_policy) if self.usd_without_policy else 0.0

    def _lines(self) -> list[str]:
        lines = [f"EFS with {number(self.total_gib)} GiB over {self.days} days"]
        for every, share in self.pattern.items():
            how = "never read" if every is None else f"read every {every} day(s)"
            lines.append(f"  {number(100 * share)} % = {number(share * self.total_gib)} GiB {how}")
        lines.append(f"  policy: {self._policy()}")
        for column, label in _MONEY.items():
            amount = float(self.table[column].sum())
            if amount:
                lines.append(f"  {label}: {usd(amount)}")
        saving = self.saving_percent
        verdict = f"{number(abs(round(saving, 1)))} % {'less' if saving >= 0 else 'more'}"
        return [
            *lines,
            f"  total: {usd(self.usd_total)}, {usd(self.usd_per_month)} a month; all in Standard: "
            f"{usd(self.usd_without_policy)}, so the policy costs {verdict}",
            f"  ({prices.footnote(self.region, self.as_of)})",
        ]

    def _policy(self) -> str:
        moves = []
        if self.ia_after_days:
            moves.append(f"to IA after {self.ia_after_days} day(s)")
        if self.archive_after_days:
            moves.append(f"to Archive after {self.archive_after_days} day(s)")
        if self.back_on_access:
            moves.append("back to Standard on first access")
        return ", ".join(moves) or "none"


_MONEY = {
    "storage_usd": "storage",
    "tiering_usd": "moving between classes",
    "access_usd": "reading from IA and Archive",
    "throughput_usd": "Elastic reads",
}


def lifecycle_cost(
    total_gib: float,
    pattern: Mapping[int | None, float],
    ia_after_days: int | None = 30,
    archive_after_days: int | None = None,
    back_on_access: bool = False,
    days: int = 365,
    region: str = "us-east-1",
    throughput_mode: str = "elastic",
    file_kib: float | None = None,
) -> Lifecycle:
    """Follow the files of one file system day by day through a lifecycle policy, and cost them.

    It steps through time for one set of numbers and takes no arrays; `cost_per_gib` and `monthly_cost` do.

    `pattern`: {days between two reads: share of the data}, None for never; the shares add up to 1. For
    example {1: 0.1, 45: 0.3, None: 0.6}. All files are written on day 0 and every read reads a file in full.
    A file moves once it has not been read in Standard for the policy's days (`POLICY_DAYS`, or None for no
    such policy); a read on the very day keeps it. Reading from IA or Archive costs the access charge and,
    with `back_on_access`, a second one for the move back. `file_kib`: average file size; IA and Archive bill
    at least 128 KiB a file.

    `.table` has a row per day: day, standard_gib, ia_gib, archive_gib, storage_usd, tiering_usd, access_usd,
    throughput_usd, total_usd, cumulative_usd. Left out: writes after day 0, and the
    rest of the 90 days that Archive bills at least for a file that leaves it sooner.
    """
    shares = _pattern(pattern)
    size = _amount(total_gib, "total_gib")
    span = int(quantity(one(days, "days"), "days", "days", low=1, whole=True))
    _check_policy(ia_after_days, archive_after_days, throughput_mode)
    rates = _rates(region, throughput_mode, ia_after_days, archive_after_days, file_kib)
    groups = [(share * size, every) for every, share in shares.items()]
    policy = _days(groups, ia_after_days, archive_after_days, back_on_access, span, rates)
    nothing = _days(groups, None, None, False, span, rates)
    total = float(policy["total_usd"].sum())
    return Lifecycle(
        size,
        shares,
        ia_after_days,
        archive_after_days,
        back_on_access,
        span,
        total,
        float(nothing["total_usd"].sum()),
        total / span * DAYS_PER_MONTH,
        policy,
        region,
        rates.as_of,
    )


def _pattern(pattern: Mapping[int | None, float]) -> dict[int | None, float]:
    if not isinstance(pattern, Mapping) or not pattern:
        raise ValueError("pattern must be a dict {days between reads, or None for never: share of the data}.")
    for every in pattern:
        if every is not None:
            quantity(every, "days between reads", "days", low=1, whole=True)
    shares = {
        every: float(quantity(share, "share", "of the data", high=1)) for every, share in pattern.items()
    }
    if abs(sum(shares.values()) - 1) > 1e-9:
        raise ValueError(
            f"The shares of the pattern must add up to 1; they add up to {sum(shares.values()):g}."
        )
    return shares


def _check_policy(ia_after_days: int | None, archive_after_days: int | None, throughput_mode: str) -> None:
    for name, policy in (("ia_after_days", ia_after_days), ("archive_after_days", archive_after_days)):
        if policy is not None and (isinstance(policy, bool) or policy not in POLICY_DAYS):
            raise ValueError(
                f"{name} must be one of {', '.join(map(str, POLICY_DAYS))} days; got {policy!r}."
            )
    if archive_after_days is None:
        _mode(throughput_mode)
        return
    if _mode(throughput_mode) != "elastic":
        raise ValueError("The Archive class needs Elastic throughput.")
    if ia_after_days is None or archive_after_days <= ia_after_days:
        raise ValueError(
            "archive_after_days must be later than ia_after_days: files reach Archive through IA."
        )


@dataclass(frozen=True)
class _Rates:
    """US dollars per GiB: storage (a day), access, Elastic reads; and bytes billed per byte stored."""

    storage: Mapping[str, float]
    access: Mapping[str, float]
    read: float
    small_files: float
    as_of: str


def _rates(region: str, mode: str, ia: int | None, archive: int | None, file_kib: float | None) -> _Rates:
    classes = ["standard"] + (["ia"] if ia is not None else []) + (["archive"] if archive is not None else [])
    storage, access, used = {}, {}, []
    for name in classes:
        month, touch, tiers = _class_prices(name, region, mode)
        storage[name], access[name] = month / DAYS_PER_MONTH, touch
        used += tiers
    read = 0.0
    if mode == "elastic":
        elastic = prices.tiers("EFS", "Elastic Throughput reads", region)
        read = elastic.cost(1)
        used.append(elastic)
    factor = 1.0
    if file_kib is not None:
        factor = max(1.0, MIN_BILLED_FILE_KIB / float(quantity(file_kib, "file_kib", "KiB", above=True)))
    return _Rates(storage, access, read, factor, prices.oldest(used))


def _days(
    groups: Sequence[tuple[float, int | None]],
    ia_after: int | None,
    archive_after: int | None,
    back_on_access: bool,
    days: int,
    rates: _Rates,
) -> pd.DataFrame:
    sums = {name: np.zeros(days) for name in ("standard", "ia", "archive", *_MONEY)}
    for gib, every in groups:
        where, idle = "standard", 0
        for day in range(days):
            read = every is not None and day > 0 and day % every == 0
            if read:
                sums["access_usd"][day] += gib * rates.access[where]
                sums["throughput_usd"][day] += gib * rates.read
                if where != "standard" and back_on_access:
                    sums["tiering_usd"][day] += gib * rates.access[where]
                    where = "standard"
            idle = 0 if day == 0 or (read and where == "standard") else idle + 1
            colder = _colder(where, idle, ia_after, archive_after)
            if colder != where:
                sums["tiering_usd"][day] += gib * rates.access[colder]
                where = colder
            billed = gib if where == "standard" else gib * rates.small_files
            sums[where][day] += gib
            sums["storage_usd"][day] += billed * rates.storage[where]
    total = sum(sums[name] for name in _MONEY)
    return pd.DataFrame(
        {
            "day": np.arange(days),
            "standard_gib": sums["standard"],
            "ia_gib": sums["ia"],
            "archive_gib": sums["archive"],
            **{name: sums[name] for name in _MONEY},
            "total_usd": total,
            "cumulative_usd": np.cumsum(total),
        }
    )


def _colder(where: str, idle: int, ia_after: int | None, archive_after: int | None) -> str:
    """The class of a file that has not been read in Standard for `idle` days."""
    if archive_after is not None and idle >= archive_after:
        return "archive"
    if ia_after is not None and idle >= ia_after and where == "standard":
        return "ia"
    return where


# --- Throughput modes compared ------------------------------------------------------------------------------


@dataclass(frozen=True)
class ThroughputModes(Result):
    """The three throughput modes for one load. See `throughput_mode_cost`."""

    stored_gib: float
    read_gib: float
    write_gib: float
    peak_mibps: float
    average_mibps: float
    table: pd.DataFrame
    best: str | None
    elastic_break_even_gib: float
    region: str
    as_of: str

    def _lines(self) -> list[str]:
        lines = [
            f"EFS with {number(self.stored_gib)} GiB in Standard; a month reads {number(self.read_gib)} GiB "
            f"and writes {number(self.write_gib)} GiB",
            f"  metered: {number(self.average_mibps)} MiB/s on average, peak {number(self.peak_mibps)} MiB/s",
        ]
        for _, row in self.table.iterrows():
            if row["reason"]:
                lines.append(f"  {row['mode']}: {'no price. ' if row['feasible'] else 'no. '}{row['reason']}")
            else:
                lines.append(f"  {row['mode']}: {usd(float(row['usd_per_month']))} a month for throughput")
        if np.isfinite(self.elastic_break_even_gib):
            lines.append(
                f"  Elastic costs the same as Provisioned at {number(self.elastic_break_even_gib)} GiB a "
                "month in this mix of reads and writes; below it Elastic is cheaper"
            )
        best = f"{self.best} is cheapest" if self.best else "no mode has a price here"
        return [*lines, f"  {best}", f"  ({prices.footnote(self.region, self.as_of)})"]


def throughput_mode_cost(
    stored_gib: float, read_gib: float, write_gib: float, peak_mibps: float, region: str = "us-east-1"
) -> ThroughputModes:
    """What Bursting, Provisioned and Elastic cost for one load: throughput alone, storage costs the same.

    The result is a table of the modes with reasons, so it takes one load and no arrays; `monthly_cost` takes
    arrays of loads for one mode.

    `read_gib`, `write_gib`: data moved in a month; `peak_mibps`: the highest metered throughput that must be
    met. Bursting is free and does if the peak is within the burst rate and the average within the base rate;
    Provisioned is set to the peak. `.table`: mode, feasible, reason, mibps (that the mode can deliver at the
    peak; NaN for Elastic, which follows), usd_per_month (NaN when not feasible or without a price).
    `.elastic_break_even_gib`: data moved a month, in the same mix, at which Elastic equals Provisioned.
    """
    stored, read = _amount(stored_gib, "stored_gib"), _amount(read_gib, "read_gib")
    write = _amount(write_gib, "write_gib")
    peak = float(quantity(one(peak_mibps, "peak_mibps"), "peak_mibps", "MiB/s"))
    average = metered_mibps(read, write) * MIB_PER_GIB / (HOURS_PER_MONTH * 3600)
    if peak < average * (1 - 1e-9):
        least, got = number(average), number(peak)
        raise ValueError(f"peak_mibps must be at least the month's average of {least} MiB/s; got {got}.")
    rates = bursting(stored)
    rows: list[dict[str, Any]] = [_bursting_row(rates, peak, average)]
    parts: list[CostPart] = []
    for mode, mibps in (("provisioned", max(peak, PROVISIONED_MIBPS[0])), ("elastic", None)):
        row, billed = _priced_row(mode, stored, mibps, read, write, region)
        rows.append(row)
        parts += billed
    table = pd.DataFrame(rows)
    priced = table[table["usd_per_month"].notna()]
    best = str(priced["mode"].iloc[int(priced["usd_per_month"].argmin())]) if len(priced) else None
    return ThroughputModes(
        stored,
        read,
        write,
        peak,
        average,
        table,
        best,
        _elastic_break_even(table, read, write),
        region,
        prices.oldest(parts),
    )


def _bursting_row(rates: Bursting, peak: float, average: float) -> dict[str, Any]:
    reason = ""
    if peak > rates.burst_mibps:
        reason = f"The peak is above the burst rate of {number(rates.burst_mibps)} MiB/s."
    elif average > rates.base_mibps:
        reason = f"The average is above the base rate of {number(rates.base_mibps)} MiB/s: credits run out."
    return {
        "mode": "bursting",
        "feasible": not reason,
        "reason": reason,
        "mibps": rates.burst_mibps,
        "usd_per_month": np.nan if reason else 0.0,
    }


def _priced_row(
    mode: str, stored: float, mibps: float | None, read: float, write: float, region: str
) -> tuple[dict[str, Any], list[CostPart]]:
    row = {"mode": mode, "feasible": True, "reason": "", "mibps": np.nan if mibps is None else mibps}
    try:
        parts = _throughput_parts(mode, stored, 0 if mibps is None else mibps, read, write, region)
    except prices.NoPrice as error:
        return row | {"reason": str(error), "usd_per_month": np.nan}, []
    except ValueError as error:
        return row | {"feasible": False, "reason": str(error), "usd_per_month": np.nan}, []
    return row | {"usd_per_month": float(sum(part.usd for part in parts))}, parts


def _elastic_break_even(table: pd.DataFrame, read: float, write: float) -> float:
    dollars = dict(zip(table["mode"], table["usd_per_month"], strict=True))
    if not read + write or not np.isfinite(dollars["elastic"]):
        return np.nan
    per_gib = dollars["elastic"] / (read + write)
    return float(dollars["provisioned"] / per_gib)
