"""EFS: which settings go together, changes of the throughput mode, lifecycle, backup policy, One Zone.

`create_file_system` and `create_mount_target` answer `creating` as AWS does, and are available at the next
look. Nothing is stored in the file systems, so nothing moves between storage classes.

Source: API reference of EFS (CreateFileSystem, UpdateFileSystem, PutLifecycleConfiguration,
CreateMountTarget).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from course.lab.rules import EVERY, Call, Refusal, amend, answer, rule

PROVISIONED_MIBPS = (1, 3_414)
THROUGHPUT_CHANGE_HOURS = 24
PERFORMANCE_MODES = ("generalPurpose", "maxIO")
THROUGHPUT_MODES = ("bursting", "provisioned", "elastic")
DAYS = {
    "AFTER_1_DAY": 1,
    "AFTER_7_DAYS": 7,
    "AFTER_14_DAYS": 14,
    "AFTER_30_DAYS": 30,
    "AFTER_60_DAYS": 60,
    "AFTER_90_DAYS": 90,
    "AFTER_180_DAYS": 180,
    "AFTER_270_DAYS": 270,
    "AFTER_365_DAYS": 365,
}
TRANSITIONS = {
    "TransitionToIA": tuple(DAYS),
    "TransitionToArchive": tuple(DAYS),
    "TransitionToPrimaryStorageClass": ("AFTER_1_ACCESS",),
}


@rule("efs", EVERY)
def file_system_exists(call: Call) -> None:
    wanted = call.params.get("FileSystemId")
    if wanted is not None and wanted not in call.backend().file_systems_by_id:
        raise Refusal("FileSystemNotFound", f"There is no file system {wanted}.")


@rule("efs", "CreateFileSystem")
def create_file_system(call: Call) -> None:
    params = call.params
    performance, throughput = (
        params.get("PerformanceMode", "generalPurpose"),
        params.get("ThroughputMode", "bursting"),
    )
    if performance not in PERFORMANCE_MODES:
        raise _bad(f"PerformanceMode is one of {', '.join(PERFORMANCE_MODES)}, not {performance}.")
    _check_throughput(throughput, params.get("ProvisionedThroughputInMibps"))
    if performance == "maxIO" and throughput == "elastic":
        raise _bad("Max I/O performance mode does not go with Elastic throughput.")
    zone = params.get("AvailabilityZoneName")
    if zone and performance == "maxIO":
        raise _bad("Max I/O performance mode does not exist for One Zone file systems.")
    if zone and zone not in [each.name for each in call.backend("ec2").describe_availability_zones()]:
        raise Refusal(
            "UnsupportedAvailabilityZone", f"There is no Availability Zone {zone} in {call.region}."
        )
    if params.get("KmsKeyId") and not params.get("Encrypted"):
        raise _bad("KmsKeyId needs Encrypted: a file system is encrypted when it is created or never.")


@amend("efs", "CreateFileSystem")
def created_file_system(call: Call, response: dict[str, Any]) -> None:
    file_system = call.backend().file_systems_by_id[response["FileSystemId"]]
    file_system._backup = call.params.get("Backup", bool(file_system.availability_zone_name))
    response["LifeCycleState"] = "creating"


@answer("efs", "UpdateFileSystem")
def update_file_system(call: Call) -> dict[str, Any]:
    file_system = call.backend().file_systems_by_id[call.params["FileSystemId"]]
    old_mode, old_mibps = file_system.throughput_mode, file_system.provisioned_throughput_in_mibps
    mode = call.params.get("ThroughputMode", old_mode)
    mibps = call.params.get("ProvisionedThroughputInMibps", old_mibps if mode == old_mode else None)
    _check_throughput(mode, mibps)
    if mode == "elastic" and file_system.performance_mode == "maxIO":
        raise _bad("Elastic throughput does not go with Max I/O performance mode.")
    if mode != "elastic" and any("TransitionToArchive" in each for each in file_system.lifecycle_policies):
        raise _bad("The lifecycle uses Archive, which needs Elastic throughput: change the lifecycle first.")
    if mode != old_mode or (mibps or 0) < (old_mibps or 0):
        _check_throughput_change(call, file_system.file_system_id)
        _last_changes(call)[file_system.file_system_id] = call.now
    file_system.throughput_mode = mode
    file_system.provisioned_throughput_in_mibps = mibps if mode == "provisioned" else None
    return {**_described(file_system), "LifeCycleState": "updating"}


@rule("efs", "PutLifecycleConfiguration")
def put_lifecycle_configuration(call: Call) -> None:
    transitions: dict[str, str] = {}
    for policy in call.params["LifecyclePolicies"]:
        if len(policy) != 1:
            raise _bad("Each lifecycle policy names exactly one transition.")
        for name, value in policy.items():
            if name in transitions:
                raise _bad(f"{name} is given twice.")
            if value not in TRANSITIONS[name]:
                raise _bad(f"{name} is one of {', '.join(TRANSITIONS[name])}, not {value}.")
            transitions[name] = value
    if "TransitionToArchive" in transitions:
        _check_archive(call, transitions)


@answer("efs", "PutBackupPolicy")
def put_backup_policy(call: Call) -> dict[str, Any]:
    status = call.params["BackupPolicy"]["Status"]
    if status not in ("ENABLED", "DISABLED"):
        raise _bad(f"The backup policy is set to ENABLED or DISABLED, not {status}.")
    call.backend().file_systems_by_id[call.params["FileSystemId"]]._backup = status == "ENABLED"
    call.state("efs.backup").setdefault(call.params["FileSystemId"], True)
    return {"BackupPolicy": {"Status": status.removesuffix("ED") + "ING"}}


@answer("efs", "DescribeBackupPolicy")
def describe_backup_policy(call: Call) -> dict[str, Any]:
    file_system = call.backend().file_systems_by_id[call.params["FileSystemId"]]
    if not file_system._backup and file_system.file_system_id not in call.state("efs.backup"):
        raise Refusal("PolicyNotFound", f"{file_system.file_system_id} has no backup policy.")
    return {"BackupPolicy": {"Status": "ENABLED" if file_system._backup else "DISABLED"}}


@rule("efs", "CreateMountTarget")
def create_mount_target(call: Call) -> None:
    file_system = call.backend().file_systems_by_id[call.params["FileSystemId"]]
    home = file_system.availability_zone_name
    subnets = {each.id: each for each in call.backend("ec2").describe_subnets()}
    subnet = subnets.get(call.params["SubnetId"])
    if home and subnet is not None and subnet.availability_zone != home:
        raise Refusal(
            "AvailabilityZonesMismatch",
            f"The file system {file_system.file_system_id} is in {home} only, the subnet in another zone.",
        )


@amend("efs", "CreateMountTarget")
def created_mount_target(call: Call, response: dict[str, Any]) -> None:
    response["LifeCycleState"] = "creating"


def _check_throughput(mode: str, mibps: float | None) -> None:
    least, most = PROVISIONED_MIBPS
    if mode not in THROUGHPUT_MODES:
        raise _bad(f"ThroughputMode is one of {', '.join(THROUGHPUT_MODES)}, not {mode}.")
    if mode != "provisioned":
        if mibps is not None:
            raise _bad(f"ProvisionedThroughputInMibps belongs to the provisioned mode, not to {mode}.")
        return
    if mibps is None:
        raise _bad("The provisioned mode needs ProvisionedThroughputInMibps.")
    if not least <= mibps <= most:
        raise _bad(f"Provisioned throughput is {least:,} to {most:,} MiB/s, not {mibps:,}.")


def _check_throughput_change(call: Call, file_system_id: str) -> None:
    last = _last_changes(call).get(file_system_id)
    if last is None:
        return
    again = last + timedelta(hours=THROUGHPUT_CHANGE_HOURS)
    if call.now < again:
        raise Refusal(
            "TooManyRequests",
            f"Change the mode or lower the throughput once in {THROUGHPUT_CHANGE_HOURS} hours: "
            f"next at {again:%Y-%m-%d %H:%M} UTC.",
        )


def _check_archive(call: Call, transitions: dict[str, str]) -> None:
    file_system = call.backend().file_systems_by_id[call.params["FileSystemId"]]
    if file_system.throughput_mode != "elastic" or file_system.performance_mode != "generalPurpose":
        raise _bad("Archive needs Elastic throughput and General Purpose performance mode.")
    to_ia = transitions.get("TransitionToIA")
    if to_ia is not None and DAYS[transitions["TransitionToArchive"]] <= DAYS[to_ia]:
        raise _bad("Files go to Archive later than to Infrequent Access.")


def _described(file_system: Any) -> dict[str, Any]:
    """moto's description, in the types of a parsed response."""
    described = {name: value for name, value in file_system.info_json().items() if value is not None}
    described.pop("LifecyclePolicies", None)
    described.pop("FileSystemPolicy", None)
    described["CreationTime"] = _moment(described["CreationTime"])
    size = described["SizeInBytes"]
    described["SizeInBytes"] = {**size, "ValueInArchive": 0, "Timestamp": _moment(size["Timestamp"])}
    return described


def _moment(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)


def _last_changes(call: Call) -> dict[str, datetime]:
    return call.state("efs.throughput_changes")


def _bad(message: str) -> Refusal:
    return Refusal("BadRequest", message)
