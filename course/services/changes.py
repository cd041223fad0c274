"""Then, exam, now: what the notes say, what the exam still asks, and what AWS does today, where they differ.

One row per fact, tagged with its section; later sections add theirs to `CHANGES`. Numbers that a calculator
uses come from its constants, so that a row cannot disagree with the calculator beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import pandas as pd

from course.services import ebs, efs, snapshots


@dataclass(frozen=True)
class Change:
    """A fact in three editions. `since`: when AWS changed it (a date, as exactly as it is known, or "")."""

    section: str
    topic: str
    fact: str
    notes: str
    exam: str
    today: str
    since: str
    source: str


def then_exam_now(section: str | None = None) -> pd.DataFrame:
    """The changes as a table, of one section ("s03") or of all; ValueError for a section without any."""
    chosen = [change for change in CHANGES if section in (None, change.section)]
    if not chosen:
        known = ", ".join(sorted({change.section for change in CHANGES}))
        raise ValueError(f"No changes are listed for section {section!r}; there are some for {known}.")
    names = [field.name for field in fields(Change)]
    return pd.DataFrame([[getattr(change, name) for name in names] for change in chosen], columns=names)


def _sizes(kind: str, edition: str) -> str:
    limits = ebs.TYPES[kind].limits[edition]
    return f"{limits.min_size_gib} GiB to {limits.max_size_gib // 1_024} TiB"


def _iops(kind: str, edition: str) -> str:
    return f"{ebs.TYPES[kind].limits[edition].max_iops:,} IOPS"


def _mibps(kind: str, edition: str) -> str:
    return f"{ebs.TYPES[kind].limits[edition].max_throughput_mibps:,} MiB/s"


def _range(low_high: tuple[int, int], unit: str) -> str:
    return f"{low_high[0]} to {low_high[1]} {unit}"


_CREATE_VOLUME = "EC2 API reference, CreateVolume (November 2026)"
_GP3_NEWS = "AWS What's New, September 2025: EBS increases size and performance of gp3 volumes"
_SSD_GUIDE = "EBS user guide, General Purpose SSD volumes"
_PIOPS_GUIDE = "EBS user guide, Provisioned IOPS SSD volumes"
_SNAPSHOT_GUIDE = "EBS user guide, EBS snapshots"
_EFS_PERFORMANCE = "EFS user guide, Performance specifications (November 2026)"

CHANGES = (
    Change(
        "s03",
        "EBS",
        "What EBS stands for",
        "Elastic Block Storage",
        "Elastic Block Store",
        "Elastic Block Store",
        "",
        "EBS user guide",
    ),
    Change(
        "s03",
        "EBS volume types",
        "Size of a gp3 volume",
        "1 GiB to 16 GiB",
        _sizes("gp3", "exam"),
        _sizes("gp3", "today"),
        "September 2025",
        f"{_CREATE_VOLUME}; {_GP3_NEWS}",
    ),
    Change(
        "s03",
        "EBS volume types",
        "Highest IOPS of a gp3 volume",
        "16,000 IOPS",
        _iops("gp3", "exam"),
        _iops("gp3", "today"),
        "September 2025",
        f"{_CREATE_VOLUME}; {_GP3_NEWS}",
    ),
    Change(
        "s03",
        "EBS volume types",
        "Highest throughput of a gp3 volume",
        "1,000 MiB/s",
        _mibps("gp3", "exam"),
        _mibps("gp3", "today"),
        "September 2025",
        f"{_CREATE_VOLUME}; {_GP3_NEWS}",
    ),
    Change(
        "s03",
        "EBS volume types",
        "Size of a gp2 volume",
        "1 GiB to 16 GiB",
        _sizes("gp2", "exam"),
        _sizes("gp2", "today"),
        "",
        _CREATE_VOLUME,
    ),
    Change(
        "s03",
        "EBS volume types",
        "Size of an io1 volume",
        "4 GiB to 16 GiB",
        _sizes("io1", "exam"),
        _sizes("io1", "today"),
        "",
        _CREATE_VOLUME,
    ),
    Change(
        "s03",
        "EBS volume types",
        "Size of an io2 Block Express volume",
        "4 GiB to 64 GiB",
        _sizes("io2", "exam"),
        _sizes("io2", "today"),
        "",
        _CREATE_VOLUME,
    ),
    Change(
        "s03",
        "EBS volume types",
        "When to choose Provisioned IOPS (io1, io2)",
        "more than 16,000 IOPS",
        f"more than {_iops('gp3', 'exam')}",
        f"more than {_iops('gp3', 'today')}, sub-millisecond latency, 99.999 % durability, Multi-Attach",
        "September 2025",
        f"{_GP3_NEWS}; {_PIOPS_GUIDE}",
    ),
    Change(
        "s03",
        "EBS volume types",
        "Which io2 volumes are Block Express",
        "io2 Block Express is the type",
        "io2 Block Express",
        "every io2 volume",
        "30 April 2025",
        _PIOPS_GUIDE,
    ),
    Change(
        "s03",
        "EBS volume types",
        "Unit of gp2's baseline",
        "3 IOPS per GB",
        "3 IOPS per GB",
        f"{ebs.TYPES['gp2'].limits['today'].iops_per_gib} IOPS per GiB, never below "
        f"{ebs.TYPES['gp2'].limits['today'].min_iops}",
        "",
        _SSD_GUIDE,
    ),
    Change(
        "s03",
        "EBS",
        "How often a volume may be modified",
        "not mentioned",
        "wait 6 hours between two changes",
        f"{ebs.MODIFICATIONS_PER_24_HOURS} times in any 24 hours, each after the previous has completed",
        "",
        "EC2 API reference, ModifyVolume (November 2026)",
    ),
    Change(
        "s03",
        "EBS snapshots",
        "When a snapshot has to be copied",
        "across Availability Zones or Regions",
        "for another Region",
        "for another Region, account or key; any Availability Zone of the Region can restore it",
        "",
        _SNAPSHOT_GUIDE,
    ),
    Change(
        "s03",
        "EBS snapshots",
        "Time to restore an archived snapshot",
        "24 to 72 hours",
        "24 to 72 hours",
        f"up to {snapshots.ARCHIVE_RESTORE_HOURS} hours",
        "",
        "EBS user guide, Archive Amazon EBS snapshots",
    ),
    Change(
        "s03",
        "EBS snapshots",
        "What a Recycle Bin rule protects",
        "snapshots",
        "snapshots and AMIs",
        f"snapshots and AMIs ({_range(snapshots.RECYCLE_BIN_DAYS, 'days')}), volumes "
        f"({_range(snapshots.RECYCLE_BIN_VOLUME_DAYS, 'days')})",
        "",
        "Recycle Bin API reference, ResourceType and RetentionPeriod (November 2026)",
    ),
    Change(
        "s03",
        "EFS throughput",
        "Highest read throughput, Elastic, Regional",
        "3 GiB/s",
        "3 GiB/s",
        f"{_range(efs.ELASTIC_READ_GIBPS, 'GiB/s')}, by Region",
        "",
        _EFS_PERFORMANCE,
    ),
    Change(
        "s03",
        "EFS throughput",
        "Highest write throughput, Elastic, Regional",
        "1 GiB/s",
        "1 GiB/s",
        f"{_range(efs.ELASTIC_WRITE_GIBPS, 'GiB/s')}, by Region",
        "",
        _EFS_PERFORMANCE,
    ),
    Change(
        "s03",
        "EFS throughput",
        "Burst rate in Bursting mode",
        "100 MiB/s",
        "100 MiB/s",
        f"{efs.BURST_MIBPS_PER_TIB} MiB/s per TiB stored, never below {efs.MIN_BURST_MIBPS} MiB/s",
        "",
        "EFS user guide, Bursting throughput",
    ),
    Change(
        "s03",
        "EFS performance mode",
        "When to choose Max I/O",
        "big data, highly parallel",
        "big data, highly parallel",
        "AWS advises General Purpose for all; Max I/O excludes Elastic throughput and One Zone",
        "",
        _EFS_PERFORMANCE,
    ),
    Change(
        "s03",
        "EFS storage classes",
        "Storage classes",
        "Standard, Infrequent Access",
        "Standard, Infrequent Access (Archive in newer questions)",
        "Standard, Infrequent Access, Archive (needs Elastic throughput)",
        "November 2023",
        "EFS API reference, LifecyclePolicy (November 2026)",
    ),
    Change(
        "s03",
        "EFS storage classes",
        "Days after which lifecycle management moves a file",
        "N days",
        "N days without access",
        f"one of {', '.join(map(str, efs.POLICY_DAYS))} days without access",
        "",
        "EFS API reference, LifecyclePolicy (November 2026)",
    ),
)
