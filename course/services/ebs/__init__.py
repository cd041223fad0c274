"""Amazon EBS volumes: limits, performance, burst credits, cost, and the cheapest type for a need.

Sizes are in GiB, throughput in MiB/s, time in seconds, money in US dollars for a month unless a name says
otherwise. `TYPES` holds the limits of every type for both editions; `course.services.snapshots` is offered
here too. What is left out: latency, queue depth, the slow first touch of a volume restored from a snapshot,
and the few per cent of the time in which AWS does not promise the provisioned performance.
"""

from course.services.ebs.bill import cost_for_hours, monthly_cost, prorated
from course.services.ebs.burst import (
    gp2_baseline_iops,
    gp2_burst,
    gp2_throughput_mibps,
    hdd_throughput,
    simulate_gp2,
    simulate_hdd,
)
from course.services.ebs.choice import cheapest, cheapest_frontier, cheapest_many, smallest
from course.services.ebs.limits import (
    CHEAPEST_KINDS,
    GP2_BURST_IOPS,
    GP2_CREDITS,
    MODIFICATIONS_PER_24_HOURS,
    MULTI_ATTACH_INSTANCES,
    TYPES,
    Limits,
    VolumeType,
)
from course.services.ebs.provisioned import gp3_allowed, piops_allowed
from course.services.ebs.volume import INSTANCE_LIMITS, Volume, check, describe, instance_limit, performance
from course.services.snapshots import archive_break_even, fsr_cost, fsr_credits, snapshot_bill

__all__ = [
    "CHEAPEST_KINDS",
    "GP2_BURST_IOPS",
    "GP2_CREDITS",
    "INSTANCE_LIMITS",
    "MODIFICATIONS_PER_24_HOURS",
    "MULTI_ATTACH_INSTANCES",
    "TYPES",
    "Limits",
    "Volume",
    "VolumeType",
    "archive_break_even",
    "cheapest",
    "cheapest_frontier",
    "cheapest_many",
    "check",
    "cost_for_hours",
    "describe",
    "fsr_cost",
    "fsr_credits",
    "gp2_baseline_iops",
    "gp2_burst",
    "gp2_throughput_mibps",
    "gp3_allowed",
    "hdd_throughput",
    "instance_limit",
    "monthly_cost",
    "performance",
    "piops_allowed",
    "prorated",
    "simulate_gp2",
    "simulate_hdd",
    "smallest",
    "snapshot_bill",
]
