"""EBS snapshots: point in time, copies, archive tier, Fast Snapshot Restore, block public access.

On the lab's clock: archiving is done at once (AWS: hours), a restore from the archive takes
ARCHIVE_RESTORE_HOURS, a temporary restore ends by itself, and Fast Snapshot Restore is `enabling`, then
`optimizing`, then `enabled`. `create_snapshot` answers `pending` as AWS does, and the snapshot is completed
at the next look.

Sources: EBS User Guide (archive: up to 72 hours; fast snapshot restore: 60 minutes per TiB); API reference.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from course.lab.rules import EVERY, Call, Refusal, amend, answer, encryption, rule

GIB_PER_TIB = 1024
ARCHIVE_RESTORE_HOURS = 72
TEMPORARY_RESTORE_DAYS = (1, 180)
FSR_ENABLING_MINUTES = 1
FSR_OPTIMIZING_MINUTES_PER_TIB = 60
COPIED_FROM = "vol-ffffffff"
"""AWS gives every copied snapshot this arbitrary volume id."""


def usable(call: Call, snapshot_id: str, region: str | None = None) -> Any:
    """The snapshot, ready to make a volume or a copy from.

    Raises Refusal when it does not exist or is archived.
    """
    snapshot = call.backend("ec2", region).snapshots.get(snapshot_id)
    if snapshot is None:
        raise _not_found(snapshot_id, region or call.region)
    _settle_tier(call, snapshot, region)
    if snapshot.storage_tier == "archive":
        raise Refusal(
            "IncorrectState", f"Snapshot {snapshot_id} is archived: restore it to the standard tier first."
        )
    return snapshot


def freeze(snapshot: Any) -> None:
    """Keep the volume as it is now, so that later changes of the volume do not change its snapshot."""
    snapshot.volume = copy.copy(snapshot.volume)
    snapshot.encrypted = snapshot.volume.encrypted
    snapshot.kms_key_id = snapshot.volume.kms_key_id


def is_fast(call: Call, snapshot_id: str | None, zone: str) -> bool:
    """Is Fast Snapshot Restore enabled for this snapshot in this Availability Zone?"""
    restore = _fast_restores(call).get((snapshot_id, zone))
    return restore is not None and restore.state(call.now) == "enabled"


@rule("ec2", "DescribeSnapshots", "DescribeSnapshotAttribute", "ModifySnapshotAttribute")
@rule("ec2", "DeleteSnapshot", "ModifySnapshotTier", "RestoreSnapshotTier")
def snapshots_exist(call: Call) -> None:
    # moto refuses too, with an error that has no message.
    known = call.backend().snapshots
    for snapshot_id in [call.params.get("SnapshotId"), *call.params.get("SnapshotIds", [])]:
        if snapshot_id is not None and snapshot_id not in known:
            raise _not_found(snapshot_id, call.region)


@rule("ec2", EVERY)
def settle_tiers(call: Call) -> None:
    backend = call.backend()
    for snapshot_id in list(_restores(call)):
        if snapshot_id in backend.snapshots:
            _settle_tier(call, backend.snapshots[snapshot_id])


@amend("ec2", "CreateSnapshot")
def created_snapshot(call: Call, response: dict[str, Any]) -> None:
    freeze(call.backend().snapshots[response["SnapshotId"]])
    response.update(State="pending", Progress="", Description=response.get("Description", ""))


@amend("ec2", "CreateSnapshots")
def created_snapshots(call: Call, response: dict[str, Any]) -> None:
    for each in response["Snapshots"]:
        freeze(call.backend().snapshots[each["SnapshotId"]])
        each.update(State="pending", Progress="")


@amend("ec2", "DescribeSnapshots")
def describe_snapshots(call: Call, response: dict[str, Any]) -> None:
    owners = {call.account_id if each == "self" else each for each in call.params.get("OwnerIds", [])}
    for each in response["Snapshots"]:
        each.setdefault("Description", "")
    if owners:
        response["Snapshots"] = [each for each in response["Snapshots"] if each["OwnerId"] in owners]


@rule("ec2", "CopySnapshot")
def copy_snapshot(call: Call) -> None:
    params = call.params
    source = usable(call, params["SourceSnapshotId"], params["SourceRegion"])
    encrypted = source.encrypted or encryption.on_by_default(call) or bool(params.get("Encrypted"))
    if encrypted and params.get("Encrypted") is False:
        raise Refusal(
            "InvalidParameterCombination", "The encryption of a snapshot cannot be removed by copying it."
        )
    if params.get("KmsKeyId") and not encrypted:
        raise Refusal("InvalidParameterDependency", "The parameter KmsKeyId needs the parameter Encrypted.")
    if encrypted:
        params.setdefault("KmsKeyId", encryption.default_key(call))


@amend("ec2", "CopySnapshot")
def copied_snapshot(call: Call, response: dict[str, Any]) -> None:
    snapshot = call.backend().snapshots[response["SnapshotId"]]
    snapshot.volume = copy.copy(snapshot.volume)
    snapshot.volume.id = COPIED_FROM
    snapshot.volume.encrypted, snapshot.volume.kms_key_id = snapshot.encrypted, snapshot.kms_key_id


@rule("ec2", "ModifySnapshotTier")
def archive_snapshot(call: Call) -> None:
    snapshot = call.backend().snapshots[call.params["SnapshotId"]]
    if snapshot.from_ami in call.backend().amis:
        raise Refusal("InvalidSnapshot.InUse", f"Snapshot {snapshot.id} belongs to {snapshot.from_ami}.")
    if snapshot.storage_tier == "archive":
        raise Refusal("IncorrectState", f"Snapshot {snapshot.id} is already archived.")


@amend("ec2", "ModifySnapshotTier")
def archived_snapshot(call: Call, response: dict[str, Any]) -> None:
    _restores(call).pop(call.params["SnapshotId"], None)


@answer("ec2", "RestoreSnapshotTier")
def restore_snapshot_tier(call: Call) -> dict[str, Any]:
    snapshot = call.backend().snapshots[call.params["SnapshotId"]]
    permanent, days = _restore_terms(call.params)
    running = _restores(call).get(snapshot.id)
    if snapshot.storage_tier != "archive" and running is None:
        raise Refusal("IncorrectState", f"Snapshot {snapshot.id} is not archived.")
    # A second request changes the terms of a restore that runs or has run; it does not start again.
    start = running.start if running else call.now
    _restores(call)[snapshot.id] = _Restore(start, permanent, days, asked=call.now)
    snapshot.restore_start_time = snapshot.last_tiering_start_time = _naive(start)
    _settle_tier(call, snapshot)
    response = {"SnapshotId": snapshot.id, "RestoreStartTime": start, "IsPermanentRestore": permanent}
    return response if permanent else {**response, "RestoreDuration": days}


@answer("ec2", "EnableFastSnapshotRestores")
def enable_fast_snapshot_restores(call: Call) -> dict[str, Any]:
    restores = _fast_restores(call)
    for snapshot_id, zone in _fast_targets(call):
        size_gib = usable(call, snapshot_id).volume_size
        restores.setdefault(
            (snapshot_id, zone), _FastRestore(snapshot_id, zone, size_gib, call.account_id, call.now)
        )
    return {
        "Successful": [restores[target].described(call.now) for target in _fast_targets(call)],
        "Unsuccessful": [],
    }


@answer("ec2", "DescribeFastSnapshotRestores")
def describe_fast_snapshot_restores(call: Call) -> dict[str, Any]:
    described = [each.described(call.now) for each in _fast_restores(call).values()]
    wanted = {each["Name"]: each["Values"] for each in call.params.get("Filters", [])}
    names = {
        "snapshot-id": "SnapshotId",
        "availability-zone": "AvailabilityZone",
        "state": "State",
        "owner-id": "OwnerId",
    }
    chosen = [
        each
        for each in described
        if all(each[names[name]] in wanted[name] for name in wanted if name in names)
    ]
    return {"FastSnapshotRestores": chosen}


@answer("ec2", "DisableFastSnapshotRestores")
def disable_fast_snapshot_restores(call: Call) -> dict[str, Any]:
    restores, successful, unsuccessful = _fast_restores(call), [], []
    for snapshot_id, zone in _fast_targets(call):
        restore = restores.pop((snapshot_id, zone), None)
        if restore:
            successful.append(
                {**restore.described(call.now), "State": "disabling", "DisablingTime": call.now}
            )
        else:
            error = {
                "Code": "InvalidParameterValue",
                "Message": f"Fast Snapshot Restore is not enabled in {zone}.",
            }
            where = [{"AvailabilityZone": zone, "Error": error}]
            unsuccessful.append({"SnapshotId": snapshot_id, "FastSnapshotRestoreStateErrors": where})
    return {"Successful": successful, "Unsuccessful": unsuccessful}


@answer("ec2", "EnableSnapshotBlockPublicAccess")
def enable_block_public_access(call: Call) -> dict[str, Any]:
    call.state("snapshots.public")["state"] = call.params["State"]
    return {"State": call.params["State"]}


@answer("ec2", "DisableSnapshotBlockPublicAccess")
def disable_block_public_access(call: Call) -> dict[str, Any]:
    call.state("snapshots.public").clear()
    return {"State": "unblocked"}


@answer("ec2", "GetSnapshotBlockPublicAccessState")
def get_block_public_access(call: Call) -> dict[str, Any]:
    return {"State": _public_access(call), "ManagedBy": "account"}


@rule("ec2", "ModifySnapshotAttribute")
def share_snapshot(call: Call) -> None:
    added = call.params.get("CreateVolumePermission", {}).get("Add", [])
    public = "all" in call.params.get("GroupNames", []) or any(each.get("Group") == "all" for each in added)
    if call.params.get("OperationType") == "remove" or not public:
        return
    snapshot = call.backend().snapshots[call.params["SnapshotId"]]
    if _public_access(call) != "unblocked":
        raise Refusal("OperationNotPermitted", "Block public access for snapshots is on in this Region.")
    if snapshot.encrypted:
        raise Refusal(
            "OperationNotPermitted", f"Snapshot {snapshot.id} is encrypted, so it cannot be public."
        )


@dataclass
class _Restore:
    start: datetime
    permanent: bool
    days: int
    asked: datetime

    @property
    def done(self) -> datetime:
        return self.start + timedelta(hours=ARCHIVE_RESTORE_HOURS)

    @property
    def expiry(self) -> datetime:
        return max(self.done, self.asked) + timedelta(days=self.days)


@dataclass(frozen=True)
class _FastRestore:
    snapshot_id: str
    zone: str
    size_gib: int
    owner_id: str
    enabling: datetime

    @property
    def optimizing(self) -> datetime:
        return self.enabling + timedelta(minutes=FSR_ENABLING_MINUTES)

    @property
    def enabled(self) -> datetime:
        return self.optimizing + timedelta(
            minutes=FSR_OPTIMIZING_MINUTES_PER_TIB * self.size_gib / GIB_PER_TIB
        )

    def state(self, now: datetime) -> str:
        if now >= self.enabled:
            return "enabled"
        return "optimizing" if now >= self.optimizing else "enabling"

    def described(self, now: datetime) -> dict[str, Any]:
        times = {
            "EnablingTime": self.enabling,
            "OptimizingTime": self.optimizing,
            "EnabledTime": self.enabled,
        }
        return {
            "SnapshotId": self.snapshot_id,
            "AvailabilityZone": self.zone,
            "State": self.state(now),
            "StateTransitionReason": "Client.UserInitiated",
            "OwnerId": self.owner_id,
            **{name: moment for name, moment in times.items() if moment <= now},
        }


def _not_found(snapshot_id: str, region: str) -> Refusal:
    return Refusal("InvalidSnapshot.NotFound", f"There is no snapshot {snapshot_id} in {region}.")


def _settle_tier(call: Call, snapshot: Any, region: str | None = None) -> None:
    """Bring a snapshot that is being restored, or was restored for a time, up to the clock."""
    restores = _restores(call, region)
    restore = restores.get(snapshot.id)
    if restore is None:
        return
    kind = "permanent" if restore.permanent else "temporary"
    if call.now < restore.done:
        _set_tier(snapshot, "archive", f"{kind}-restore-in-progress")
        hours = (call.now - restore.start) / timedelta(hours=1)
        snapshot.last_tiering_progress = int(99 * hours / ARCHIVE_RESTORE_HOURS)
    elif restore.permanent:
        _set_tier(snapshot, "standard", "permanent-restore-completed")
        del restores[snapshot.id]
    elif call.now < restore.expiry:
        _set_tier(snapshot, "standard", "temporary-restore-completed", _naive(restore.expiry))
    else:
        _set_tier(snapshot, "archive", "archival-completed")
        del restores[snapshot.id]


def _set_tier(snapshot: Any, tier: str, status: str, expiry: datetime | None = None) -> None:
    snapshot.storage_tier = tier
    snapshot.last_tiering_operation_status = status
    snapshot.last_tiering_operation_status_detail = status.replace("-", " ").capitalize()
    snapshot.last_tiering_progress = 100
    snapshot.restore_expiry_time = expiry


def _restore_terms(params: dict[str, Any]) -> tuple[bool, int]:
    permanent, days = bool(params.get("PermanentRestore")), params.get("TemporaryRestoreDays")
    if permanent and days is not None:
        raise Refusal(
            "InvalidParameterCombination", "A restore is permanent or for TemporaryRestoreDays, not both."
        )
    least, most = TEMPORARY_RESTORE_DAYS
    if days is not None and not least <= days <= most:
        raise Refusal(
            "InvalidParameterValue", f"A temporary restore lasts {least} to {most} days, not {days}."
        )
    return permanent, days or least


def _fast_targets(call: Call) -> list[tuple[str, str]]:
    zones = {zone.zone_id: zone.name for zone in call.backend().describe_availability_zones()}
    names = call.params.get("AvailabilityZones") or [
        zones.get(zone_id, zone_id) for zone_id in call.params.get("AvailabilityZoneIds", [])
    ]
    if not names:
        raise Refusal("MissingParameter", "Give AvailabilityZones or AvailabilityZoneIds.")
    for name in names:
        if name not in zones.values():
            raise Refusal("InvalidParameterValue", f"There is no Availability Zone {name} in {call.region}.")
    return [(snapshot_id, name) for snapshot_id in call.params["SourceSnapshotIds"] for name in names]


def _public_access(call: Call) -> str:
    return str(call.state("snapshots.public").get("state", "unblocked"))


def _restores(call: Call, region: str | None = None) -> dict[str, _Restore]:
    return call.state("snapshots.restores", region)


def _fast_restores(call: Call) -> dict[tuple[str | None, str], _FastRestore]:
    return call.state("snapshots.fast")


def _naive(moment: datetime) -> datetime:
    """moto keeps UTC without a time zone."""
    return moment.replace(tzinfo=None)
