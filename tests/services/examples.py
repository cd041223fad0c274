"""AWS's published examples that the calculators reproduce. Print the list: python -m tests.services.examples

Each row: where AWS prints the number (or, marked "derived", whose rules it follows from), what is computed,
and the expected value with the tolerance of AWS's rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from course.services import ebs, efs

GP2 = "EBS user guide, General Purpose SSD volumes, gp2 table"
GP2_TEXT = "EBS user guide, General Purpose SSD volumes, gp2 throughput"
GP3 = "EBS user guide, General Purpose SSD volumes, gp3"
GP3_MAX = "derived from AWS's ratios and the maxima of September 2025"
PIOPS = "EBS user guide, Provisioned IOPS SSD volumes"
HDD = "EBS user guide, Throughput Optimized HDD and Cold HDD volumes"
HDD_DERIVED = "derived from AWS's st1 and sc1 rates"
FSR = "EBS user guide, Fast snapshot restore"
FSR_DERIVED = "derived from AWS's credit formula"
ARCHIVE = "EBS user guide, Archive Amazon EBS snapshots, with list prices us-east-1"
EU_PRICING = "EBS pricing page of the European Sovereign Cloud, worked example for gp3"
EU_DERIVED = "derived from the rates of the same worked example"
GP2_GP3 = "AWS: gp3 costs 20 % less per GiB than gp2; derived with list prices us-east-1"
BURSTING = "EFS user guide of 2020, Bursting throughput table"
BURSTING_TEXT = "EFS user guide, Bursting throughput, example of 100 GiB (AWS rounds the base to 5 MiB/s)"
METERING = "EFS user guide of 2023, Throughput modes, metering example"
PROVISIONED = "derived from the EFS user guide's rule for Provisioned throughput"


@dataclass(frozen=True)
class Example:
    source: str
    what: str
    compute: Callable[[], Any]
    expected: Any
    rel: float = 1e-9

    def reproduced(self) -> Any:
        """The computed value; raises AssertionError when it is not AWS's."""
        value = self.compute()
        assert value == pytest.approx(self.expected, rel=self.rel), f"{self.what}: {value}, {self.source}"
        return value


def _gp2(size: float, baseline: int, burst_s: float | None, refill_s: float | None) -> list[Example]:
    rows = [Example(GP2, f"gp2 {size:,} GiB: baseline IOPS", lambda: ebs.gp2_baseline_iops(size), baseline)]
    if burst_s is not None:
        rows += [
            Example(
                GP2, f"gp2 {size:,} GiB: burst s", lambda: ebs.gp2_burst(size).burst_seconds, burst_s, 3e-4
            ),
            Example(
                GP2, f"gp2 {size:,} GiB: refill s", lambda: ebs.gp2_burst(size).refill_seconds, refill_s, 1e-4
            ),
        ]
    return rows


def _hdd(kind: str, tib: float, base: float, burst: float) -> list[Example]:
    def rates() -> list[float]:
        result = ebs.hdd_throughput(kind, tib * 1024)
        return [result.base_mibps, result.burst_mibps]

    # AWS prints 31 MiB/s for 31.25
    return [Example(HDD, f"{kind} {tib} TiB: base and burst MiB/s", rates, [base, burst], 0.01)]


def _scan(kind: str, tib: int, best_h: float, worst_h: float | None = None) -> Example:
    def hours() -> list[float]:
        result = ebs.hdd_throughput(kind, tib * 1024)
        return [result.scan_hours, result.scan_hours_maximum][: 1 if worst_h is None else 2]

    expected = [best_h] if worst_h is None else [best_h, worst_h]
    return Example(HDD, f"{kind} {tib} TiB: hours to scan the volume", hours, expected, 0.005)


def _fsr(source: str, size: int, fill: float, bucket: float) -> Example:
    def both() -> list[float]:
        result = ebs.fsr_credits(size)
        return [result.fill_per_hour, result.bucket]

    return Example(source, f"FSR {size:,} GiB: credits an hour and bucket", both, [fill, bucket])


def _bursting(size: int, base: float, minutes: float) -> Example:
    def rates() -> list[float]:
        result = efs.bursting(size)
        return [result.base_mibps, result.burst_minutes_per_day]

    return Example(BURSTING, f"EFS {size:,} GiB: base MiB/s and burst minutes a day", rates, [base, minutes])


def _cost(volume: ebs.Volume) -> float:
    return ebs.monthly_cost(volume).usd_per_month


AWS_EXAMPLES: list[Example] = [
    *_gp2(1, 100, 1_862, 54_000),
    *_gp2(33, 100, 1_862, 54_000),
    *_gp2(33.33, 100, 1_862, 54_000),
    *_gp2(100, 300, 2_000, 18_000),
    *_gp2(334, 1_002, 2_703, 5_389),
    *_gp2(750, 2_250, 7_200, 2_400),
    *_gp2(250, 750, 2_400, 7_200),
    *_gp2(500, 1_500, 3_600, 3_600),
    *_gp2(34, 102, None, None),
    *_gp2(1_000, 3_000, None, None),
    *_gp2(5_334, 16_000, None, None),
    *_gp2(16_384, 16_000, None, None),
    Example(
        GP2,
        "gp2 100 GiB, half the credits: burst s",
        lambda: ebs.gp2_burst(100, 3_000, 2_700_000).burst_seconds,
        1_000,
    ),
    Example(GP2_TEXT, "gp2 170 GiB: ceiling MiB/s", lambda: ebs.gp2_throughput_mibps(170), 128),
    Example(GP2_TEXT, "gp2 171 GiB: ceiling MiB/s", lambda: ebs.gp2_throughput_mibps(171), 250),
    Example(
        GP2_TEXT, "gp2 334 GiB: MiB/s from the baseline", lambda: ebs.gp2_throughput_mibps(334, 1_002), 250
    ),
    Example(GP2_TEXT, "gp2 1,000 IOPS of 256 KiB: MiB/s", lambda: ebs.gp2_throughput_mibps(400, 1_000), 250),
    Example(
        GP3,
        "gp3: smallest size for 16,000 IOPS",
        lambda: ebs.smallest("gp3", 16_000, edition="exam").size_gib,
        32,
    ),
    Example(
        GP3, "gp3: IOPS for 1,000 MiB/s", lambda: ebs.smallest("gp3", 0, 1_000, edition="exam").iops, 4_000
    ),
    Example(
        GP3, "gp3: size for 1,000 MiB/s", lambda: ebs.smallest("gp3", 0, 1_000, edition="exam").size_gib, 8
    ),
    Example(GP3_MAX, "gp3: smallest size for 80,000 IOPS", lambda: ebs.smallest("gp3", 80_000).size_gib, 160),
    Example(GP3_MAX, "gp3: IOPS for 2,000 MiB/s", lambda: ebs.smallest("gp3", 0, 2_000).iops, 8_000),
    Example(GP3_MAX, "gp3: size for 2,000 MiB/s", lambda: ebs.smallest("gp3", 0, 2_000).size_gib, 16),
    Example(GP3, "gp3 1 GiB: included IOPS", lambda: ebs.gp3_allowed(1).max_iops, 3_000),
    Example(
        GP3,
        "gp3 1 GiB: included MiB/s",
        lambda: ebs.performance(ebs.Volume("gp3", 1), 256).throughput_mibps,
        125,
    ),
    Example(
        EU_PRICING,
        "gp3 2,000 GB for 12 h of 30 days: storage, EUR",
        lambda: ebs.prorated(2_000 * 0.09394, 43_200),
        3.13133,
        2e-6,
    ),
    Example(
        EU_DERIVED,
        "7,000 IOPS for 12 h of 30 days, EUR",
        lambda: ebs.prorated(7_000 * 0.00592, 43_200),
        0.69067,
        1e-5,
    ),
    Example(
        "the same worked example with list prices us-east-1",
        "gp3 2,000 GiB, 10,000 IOPS, 500 MiB/s for 12 h, USD",
        lambda: ebs.cost_for_hours(ebs.Volume("gp3", 2_000, 10_000, 500), 12),
        3.50,
    ),
    Example(GP2_GP3, "gp3 500 GiB, USD a month", lambda: _cost(ebs.Volume("gp3", 500)), 40),
    Example(GP2_GP3, "gp2 500 GiB, USD a month", lambda: _cost(ebs.Volume("gp2", 500)), 50),
    Example(
        GP2_GP3, "gp3 500 GiB, 6,000 IOPS, 250 MiB/s", lambda: _cost(ebs.Volume("gp3", 500, 6_000, 250)), 60
    ),
    Example(GP2_GP3, "gp2 for 6,000 IOPS: size", lambda: ebs.smallest("gp2", 6_000).size_gib, 2_000),
    Example(GP2_GP3, "gp2 for 6,000 IOPS, USD a month", lambda: _cost(ebs.Volume("gp2", 2_000)), 200),
    Example(PIOPS, "io1 100 GiB: highest IOPS", lambda: ebs.piops_allowed("io1", 100).max_iops, 5_000),
    Example(PIOPS, "io1: size for 64,000 IOPS", lambda: ebs.smallest("io1", 64_000).size_gib, 1_280),
    Example(
        PIOPS, "io1 2,000 IOPS: MiB/s", lambda: ebs.piops_allowed("io1", 100, 2_000).max_throughput_mibps, 500
    ),
    Example(
        PIOPS,
        "io1 48,000 IOPS: MiB/s",
        lambda: ebs.piops_allowed("io1", 2_000, 48_000).max_throughput_mibps,
        750,
    ),
    Example(
        PIOPS, "io1 64,000 IOPS: MiB/s", lambda: ebs.piops_allowed("io1", 1_280).max_throughput_mibps, 1_000
    ),
    Example(PIOPS, "io2 256 GiB: highest IOPS", lambda: ebs.piops_allowed("io2", 256).max_iops, 256_000),
    Example(
        PIOPS,
        "io2 16,000 IOPS: MiB/s",
        lambda: ebs.piops_allowed("io2", 100, 16_000).max_throughput_mibps,
        4_000,
    ),
    *_hdd("st1", 0.125, 5, 31),
    *_hdd("st1", 0.5, 20, 125),
    *_hdd("st1", 1, 40, 250),
    *_hdd("st1", 2, 80, 500),
    *_hdd("st1", 12.5, 500, 500),
    *_hdd("sc1", 0.125, 1.5, 10),
    *_hdd("sc1", 1, 12, 80),
    *_hdd("sc1", 3.125, 37.5, 250),
    *_hdd("sc1", 16, 192, 250),
    _scan("st1", 5, 2.91, 3.27),
    _scan("sc1", 5, 5.83, 6.54),
    _scan("st1", 1, 1.17),
    _scan("sc1", 1, 3.64),
    Example(
        HDD_DERIVED,
        "st1 1 TiB: bucket empty after s",
        lambda: ebs.hdd_throughput("st1", 1024).drain_seconds,
        4_993,
        1e-4,
    ),
    Example(
        HDD_DERIVED,
        "sc1 1 TiB: bucket empty after s",
        lambda: ebs.hdd_throughput("sc1", 1024).drain_seconds,
        15_420,
        1e-4,
    ),
    Example(
        HDD_DERIVED,
        "st1 1 TiB: bucket full after s",
        lambda: ebs.hdd_throughput("st1", 1024).refill_seconds,
        26_214,
        1e-4,
    ),
    Example(
        HDD_DERIVED,
        "sc1 1 TiB: bucket full after s",
        lambda: ebs.hdd_throughput("sc1", 1024).refill_seconds,
        87_381,
        1e-4,
    ),
    _fsr(FSR, 128, 8, 8),
    _fsr(FSR_DERIVED, 64, 10, 10),
    _fsr(FSR_DERIVED, 500, 2.048, 2.048),
    _fsr(FSR_DERIVED, 16_384, 0.0625, 1),
    Example(
        ARCHIVE,
        "100 GiB archived for 3 months, USD",
        lambda: ebs.archive_break_even(100, 10, 3).archive_usd,
        3.75,
    ),
    Example(
        ARCHIVE,
        "one restore of 100 GiB, USD",
        lambda: (
            ebs.archive_break_even(100, 10, 3, 1).archive_usd - ebs.archive_break_even(100, 10, 3).archive_usd
        ),
        3.00,
    ),
    _bursting(256, 12.5, 180),
    _bursting(512, 25, 360),
    _bursting(1_024, 50, 720),
    _bursting(4_096, 200, 720),
    Example(
        BURSTING_TEXT,
        "EFS 100 GiB: burst minutes a day",
        lambda: efs.bursting(100).burst_minutes_per_day,
        72,
        0.025,
    ),
    Example(
        BURSTING_TEXT,
        "EFS 100 GiB: credits MiB a day",
        lambda: efs.bursting(100).credits_mib_per_day,
        432_000,
        0.025,
    ),
    Example(METERING, "30 MiB/s read + 30 MiB/s written, metered", lambda: efs.metered_mibps(30, 30), 40),
    Example(
        PROVISIONED,
        "1 TiB stored, 100 MiB/s provisioned: billed",
        lambda: efs.provisioned_billed_mibps(1_024, 100),
        50,
    ),
]


def main() -> None:
    """Print every example with the value computed now and its source."""
    for example in AWS_EXAMPLES:
        print(f"{example.what}: {example.reproduced()}  [{example.source}]")
    print(f"{len(AWS_EXAMPLES)} examples reproduced")


if __name__ == "__main__":
    main()
