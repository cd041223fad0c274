"""EBS volumes: limits per type, attachments, Multi-Attach, Elastic Volumes, volume copies.

Modifications run on the lab's clock: `modifying` for MODIFYING_SECONDS, then `optimizing` for a time that
grows with the volume, then `completed`. The new size and performance are reported from the start (AWS: from
`optimizing` on). `create_volume` answers `creating` as AWS does, and the volume is available at the next
look.

Sources: API reference (botocore 1.44) of CreateVolume and ModifyVolume; EBS User Guide, volume types and
Elastic Volumes. Volumes reach their limits here; what an instance can drive is left to the calculators.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from course.lab.rules import Call, Refusal, amend, answer, encryption, rule, snapshots

GIB_PER_TIB = 1024
DEFAULT_TYPE = "gp2"
GP2_IOPS_PER_GIB, GP2_MIN_IOPS, GP2_MAX_IOPS = 3, 100, 16_000
DEFAULT_TARGET_IOPS = 3_000
"""ModifyVolume's IOPS for a volume that becomes gp3, io1 or io2."""
MULTI_ATTACH_INSTANCES = 16
MODIFICATIONS_PER_DAY = 4
MODIFYING_SECONDS = 60
OPTIMIZING_HOURS_PER_TIB = 6
"""EBS User Guide: a full 1 TiB volume typically takes about 6 hours."""


@dataclass(frozen=True)
class Limits:
    """What one volume type allows: ranges as (least, most), None for a setting the type does not have."""

    size_gib: tuple[int, int]
    iops: tuple[int, int] | None = None
    iops_per_gib: int | None = None
    iops_required: bool = False
    throughput_mibps: tuple[int, int] | None = None
    mibps_per_iops: float | None = None
    multi_attach: bool = False
    bootable: bool = True


LIMITS = {
    "gp2": Limits(size_gib=(1, 16_384)),
    "gp3": Limits(
        size_gib=(1, 65_536),
        iops=(3_000, 80_000),
        iops_per_gib=500,
        throughput_mibps=(125, 2_000),
        mibps_per_iops=0.25,
    ),
    "io1": Limits(
        size_gib=(4, 16_384), iops=(100, 64_000), iops_per_gib=50, iops_required=True, multi_attach=True
    ),
    "io2": Limits(
        size_gib=(4, 65_536), iops=(100, 256_000), iops_per_gib=1_000, iops_required=True, multi_attach=True
    ),
    "st1": Limits(size_gib=(125, 16_384), bootable=False),
    "sc1": Limits(size_gib=(125, 16_384), bootable=False),
    "standard": Limits(size_gib=(1, 1_024)),
}


def check(
    kind: str,
    size_gib: int,
    iops: int | None = None,
    throughput_mibps: int | None = None,
    multi_attach: bool = False,
    boot: bool = False,
) -> None:
    """Raise Refusal where AWS does not make such a volume."""
    limits = LIMITS.get(kind)
    if limits is None:
        raise Refusal(
            "UnknownVolumeType", f"There is no volume type {kind!r}; the types are {', '.join(LIMITS)}."
        )
    _check_range("size", size_gib, limits.size_gib, "GiB", kind)
    _check_iops(kind, limits, size_gib, iops)
    _check_throughput(kind, limits, iops, throughput_mibps)
    if multi_attach and not limits.multi_attach:
        raise Refusal(
            "InvalidParameterCombination", f"Multi-Attach exists for io1 and io2 volumes only, not {kind}."
        )
    if boot and not limits.bootable:
        raise Refusal("InvalidParameterValue", f"An {kind} volume cannot be a root volume; use an SSD type.")


def reported_performance(
    kind: str, size_gib: int, iops: int | None, mibps: int | None
) -> tuple[int | None, int | None]:
    """IOPS and throughput (MiB/s) as DescribeVolumes reports them, None where it reports none."""
    limits = LIMITS[kind]
    if kind == "gp2":
        return min(GP2_MAX_IOPS, max(GP2_MIN_IOPS, GP2_IOPS_PER_GIB * size_gib)), None
    if kind == "gp3" and limits.iops and limits.throughput_mibps:
        return iops or limits.iops[0], mibps or limits.throughput_mibps[0]
    return (iops if limits.iops else None), None


def complete(call: Call, volume: Any) -> None:
    """Give a volume that moto has just made what AWS reports of it."""
    volume.iops, volume.throughput = reported_performance(
        volume.volume_type, volume.size, volume.iops, volume.throughput
    )
    if volume.encrypted and not volume.kms_key_id:
        volume.kms_key_id = encryption.default_key(call)
    volume.multi_attach_enabled = bool(volume.multi_attach_enabled)
    if volume.multi_attach_enabled:
        _allow_multi_attach(volume)


@rule("ec2", "CreateVolume")
def create_volume(call: Call) -> None:
    params = call.params
    _place(call)
    size_gib = params.get("Size")
    if params.get("SnapshotId"):
        snapshot = snapshots.usable(call, params["SnapshotId"])
        size_gib = snapshot.volume_size if size_gib is None else size_gib
        check_restore(size_gib, snapshot, "InvalidParameterValue")
        if snapshot.encrypted:
            params["Encrypted"] = True
            params.setdefault("KmsKeyId", snapshot.kms_key_id or encryption.default_key(call))
    if size_gib is None:
        raise Refusal("MissingParameter", "A volume needs a size or a snapshot to start from.")
    check(
        params.get("VolumeType", DEFAULT_TYPE),
        size_gib,
        params.get("Iops"),
        params.get("Throughput"),
        bool(params.get("MultiAttachEnabled")),
    )
    if encryption.on_by_default(call):
        params["Encrypted"] = True


@amend("ec2", "CreateVolume")
def created_volume(call: Call, response: dict[str, Any]) -> None:
    volume = call.backend().volumes[response["VolumeId"]]
    complete(call, volume)
    volume.fast_restored = snapshots.is_fast(call, volume.snapshot_id, volume.zone.name)
    response.update(_performance_of(volume), State="creating", FastRestored=volume.fast_restored)


@rule("ec2", "DescribeVolumes")
def volumes_exist(call: Call) -> None:
    for volume_id in call.params.get("VolumeIds", []):
        if volume_id not in call.backend().volumes:
            raise Refusal("InvalidVolume.NotFound", f"There is no volume {volume_id} in {call.region}.")


@amend("ec2", "DescribeVolumes")
def describe_volumes(call: Call, response: dict[str, Any]) -> None:
    volumes = call.backend().volumes
    for each in response["Volumes"]:
        volume = volumes[each["VolumeId"]]
        each["FastRestored"] = getattr(volume, "fast_restored", False)
        for attached, attachment in zip(each["Attachments"], volume.attachments, strict=True):
            block = attachment.instance.block_device_mapping[attachment.device]
            attached["DeleteOnTermination"] = block.delete_on_termination


@rule("ec2", "AttachVolume")
def attach_volume(call: Call) -> None:
    volume, instance = _volume(call), _instance(call)
    if volume is None or instance is None:
        return
    if instance.state not in ("running", "stopped"):
        raise Refusal(
            "IncorrectState",
            f"Instance {instance.id} is {instance.state}: a volume needs a running or stopped one.",
        )
    if volume.zone.name != instance.placement.zone:
        raise Refusal(
            "InvalidVolume.ZoneMismatch",
            f"{volume.id} is in {volume.zone.name} and {instance.id} in {instance.placement.zone}: "
            "a volume attaches only inside its own Availability Zone.",
        )
    _check_free(volume, instance)
    if call.params["Device"] in instance.block_device_mapping:
        raise Refusal("InvalidParameterValue", f"{call.params['Device']} of {instance.id} is already in use.")


@rule("ec2", "DetachVolume")
def detach_volume(call: Call) -> None:
    volume = _volume(call)
    if volume is None:
        return
    if not volume.attachments:
        raise Refusal(
            "IncorrectState", f"Volume {volume.id} is available: it is not attached to an instance."
        )
    attachment = _attachment(call, volume)
    instance = attachment.instance
    if attachment.device == instance.root_device_name and instance.state == "running":
        raise Refusal(
            "OperationNotPermitted",
            f"{volume.id} is the root volume of {instance.id}: stop the instance first.",
        )
    call.params.update(InstanceId=instance.id, Device=attachment.device)


@amend("ec2", "DetachVolume")
def detached_volume(call: Call, response: dict[str, Any]) -> None:
    response.update(InstanceId=call.params["InstanceId"], Device=call.params["Device"])


@rule("ec2", "ModifyVolume")
def modify_volume(call: Call) -> None:
    volume = _volume(call)
    if volume is None:
        return
    target = _target(call.params, volume)
    if target["size"] < volume.size:
        raise Refusal(
            "InvalidParameterValue", f"A volume only grows: {volume.id} already has {volume.size} GiB."
        )
    root = any(each.device == each.instance.root_device_name for each in volume.attachments)
    check(
        target["kind"],
        target["size"],
        target["iops"],
        target["throughput"],
        target["multi_attach"],
        boot=root,
    )
    _check_multi_attach_change(volume, target["multi_attach"])
    _check_modification_rate(call, volume.id)
    call.notes["before"] = _settings(volume)
    call.notes["target"] = target


@amend("ec2", "ModifyVolume")
def modified_volume(call: Call, response: dict[str, Any]) -> None:
    volume, target = call.backend().volumes[call.params["VolumeId"]], call.notes["target"]
    volume.iops, volume.throughput = reported_performance(
        target["kind"], target["size"], target["iops"], target["throughput"]
    )
    if target["multi_attach"]:
        _allow_multi_attach(volume)
    modification = Modification(volume.id, call.notes["before"], _settings(volume), call.now)
    _modifications(call).setdefault(volume.id, []).append(modification)
    response["VolumeModification"] = modification.described(call.now)


@answer("ec2", "DescribeVolumesModifications")
def describe_volumes_modifications(call: Call) -> dict[str, Any]:
    latest = {volume_id: history[-1] for volume_id, history in _modifications(call).items()}
    for volume_id in call.params.get("VolumeIds", []):
        if volume_id not in latest:
            raise Refusal("InvalidVolumeModification.NotFound", f"Volume {volume_id} has not been modified.")
    wanted = call.params.get("VolumeIds") or list(latest)
    described = [latest[volume_id].described(call.now) for volume_id in wanted]
    return {
        "VolumesModifications": [each for each in described if _matches(each, call.params.get("Filters", []))]
    }


@answer("ec2", "CopyVolumes")
def copy_volumes(call: Call) -> dict[str, Any]:
    source = call.backend().volumes.get(call.params["SourceVolumeId"])
    if source is None:
        raise Refusal("InvalidVolume.NotFound", f"There is no volume {call.params['SourceVolumeId']}.")
    kind, size_gib = call.params.get("VolumeType", DEFAULT_TYPE), call.params.get("Size", source.size)
    iops, throughput, multi = (call.params.get(name) for name in ("Iops", "Throughput", "MultiAttachEnabled"))
    if size_gib < source.size:
        raise Refusal(
            "InvalidParameterValue", f"The copy of a {source.size} GiB volume cannot have {size_gib} GiB."
        )
    check(kind, size_gib, iops, throughput, bool(multi))
    volume = call.backend().create_volume(
        size=size_gib,
        zone_name=source.zone.name,
        encrypted=source.encrypted or bool(call.params.get("Encrypted")) or encryption.on_by_default(call),
        kms_key_id=call.params.get("KmsKeyId") or source.kms_key_id,
        volume_type=kind,
        iops=iops,
        throughput=throughput,
        multi_attach_enabled=multi,
    )
    volume.add_tags(tags_for(call, "volume"))
    complete(call, volume)
    copy = {"VolumeId": volume.id, "SourceVolumeId": source.id, "State": "creating", "CreateTime": call.now}
    return {"Volumes": [{**copy, **_performance_of(volume), **_place_of(volume)}]}


@dataclass(frozen=True)
class Modification:
    """One change of one volume and where it stands on the clock."""

    volume_id: str
    before: dict[str, Any]
    after: dict[str, Any]
    start: datetime

    @property
    def end(self) -> datetime:
        hours = OPTIMIZING_HOURS_PER_TIB * self.after["Size"] / GIB_PER_TIB
        return self.start + timedelta(seconds=MODIFYING_SECONDS, hours=hours)

    def state(self, now: datetime) -> str:
        """`modifying`, `optimizing` or `completed`."""
        if now >= self.end:
            return "completed"
        return "modifying" if now < self.start + timedelta(seconds=MODIFYING_SECONDS) else "optimizing"

    def described(self, now: datetime) -> dict[str, Any]:
        """The VolumeModification of the API."""
        state = self.state(now)
        done = 100 if state == "completed" else int(99 * (now - self.start) / (self.end - self.start))
        described = {
            "VolumeId": self.volume_id,
            "ModificationState": state,
            "Progress": done,
            "StartTime": self.start,
        }
        described |= {f"Original{name}": value for name, value in self.before.items() if value is not None}
        described |= {f"Target{name}": value for name, value in self.after.items() if value is not None}
        if state == "completed":
            described["EndTime"] = self.end
        return described


def check_restore(size_gib: int, snapshot: Any, code: str) -> None:
    """Raise Refusal (with `code`) for a volume smaller than its snapshot."""
    if size_gib < snapshot.volume_size:
        raise Refusal(code, f"{size_gib} GiB is less than the {snapshot.volume_size} GiB of {snapshot.id}.")


def tags_for(call: Call, resource_type: str) -> dict[str, str]:
    """Tags that the call's TagSpecifications give to resources of this type."""
    wanted = [
        each for each in call.params.get("TagSpecifications", []) if each["ResourceType"] == resource_type
    ]
    return {tag["Key"]: tag["Value"] for each in wanted for tag in each.get("Tags", [])}


def _check_range(what: str, value: int | float, allowed: tuple[int, int], unit: str, kind: str) -> None:
    least, most = allowed
    if not least <= value <= most:
        raise Refusal(
            "InvalidParameterValue",
            f"A {what} of {value:,} {unit} is not possible for {kind}: {least:,} to {most:,}.",
        )


def _check_iops(kind: str, limits: Limits, size_gib: int, iops: int | None) -> None:
    if iops is None:
        if limits.iops_required:
            raise Refusal("MissingParameter", f"An {kind} volume needs the parameter Iops.")
        return
    if limits.iops is None or limits.iops_per_gib is None:
        raise Refusal("InvalidParameterCombination", f"The parameter Iops does not exist for {kind} volumes.")
    _check_range("rate", iops, limits.iops, "IOPS", kind)
    most = limits.iops_per_gib * size_gib
    included = 0 if limits.iops_required else limits.iops[0]
    if iops > max(included, most):
        raise Refusal(
            "InvalidParameterValue",
            f"{kind} gives at most {limits.iops_per_gib} IOPS per GiB: "
            f"{iops:,} are too many for {size_gib:,} GiB.",
        )


def _check_throughput(kind: str, limits: Limits, iops: int | None, throughput_mibps: int | None) -> None:
    if throughput_mibps is None:
        return
    if limits.throughput_mibps is None or limits.mibps_per_iops is None or limits.iops is None:
        raise Refusal(
            "InvalidParameterCombination", f"The parameter Throughput exists for gp3 volumes, not {kind}."
        )
    _check_range("throughput", throughput_mibps, limits.throughput_mibps, "MiB/s", kind)
    rate = iops or limits.iops[0]
    if throughput_mibps > limits.mibps_per_iops * rate:
        raise Refusal(
            "InvalidParameterValue",
            f"{kind} gives at most {limits.mibps_per_iops} MiB/s per IOPS: "
            f"{throughput_mibps:,} MiB/s are too many for {rate:,} IOPS.",
        )


def _place(call: Call) -> None:
    """Resolve the Availability Zone, which may be given by name or by id."""
    zones = call.backend().describe_availability_zones()
    name, zone_id = call.params.get("AvailabilityZone"), call.params.pop("AvailabilityZoneId", None)
    if bool(name) == bool(zone_id):
        raise Refusal("MissingParameter", "Give either AvailabilityZone or AvailabilityZoneId.")
    found = [zone.name for zone in zones if zone_id == zone.zone_id or name == zone.name]
    if not found:
        raise Refusal(
            "InvalidZone.NotFound", f"There is no Availability Zone {name or zone_id} in {call.region}."
        )
    call.params["AvailabilityZone"] = found[0]


def _performance_of(volume: Any) -> dict[str, Any]:
    reported = {
        "Size": volume.size,
        "VolumeType": volume.volume_type,
        "Iops": volume.iops,
        "Throughput": volume.throughput,
        "Encrypted": volume.encrypted,
        "KmsKeyId": volume.kms_key_id,
        "MultiAttachEnabled": bool(volume.multi_attach_enabled),
    }
    return {name: value for name, value in reported.items() if value is not None}


def _place_of(volume: Any) -> dict[str, Any]:
    return {
        "AvailabilityZone": volume.zone.name,
        "AvailabilityZoneId": volume.zone.zone_id,
        "Attachments": [],
    }


def _settings(volume: Any) -> dict[str, Any]:
    """The settings that a VolumeModification reports with `Original` and `Target` in front."""
    return {
        "Size": volume.size,
        "VolumeType": volume.volume_type,
        "Iops": volume.iops,
        "Throughput": volume.throughput,
        "MultiAttachEnabled": bool(volume.multi_attach_enabled),
    }


def _target(params: dict[str, Any], volume: Any) -> dict[str, Any]:
    kind = params.get("VolumeType", volume.volume_type)
    if kind not in LIMITS:
        raise Refusal(
            "UnknownVolumeType", f"There is no volume type {kind!r}; the types are {', '.join(LIMITS)}."
        )
    same = kind == volume.volume_type
    kept_iops = volume.iops if same else DEFAULT_TARGET_IOPS
    return {
        "kind": kind,
        "size": params.get("Size", volume.size),
        "iops": params.get("Iops", kept_iops if LIMITS[kind].iops else None),
        "throughput": params.get("Throughput", volume.throughput if same else None),
        "multi_attach": params.get("MultiAttachEnabled", bool(volume.multi_attach_enabled)),
    }


def _check_free(volume: Any, instance: Any) -> None:
    taken = [each.instance.id for each in volume.attachments]
    if not taken:
        return
    if not volume.multi_attach_enabled or instance.id in taken:
        raise Refusal("VolumeInUse", f"Volume {volume.id} is already attached to {', '.join(taken)}.")
    if len(taken) >= MULTI_ATTACH_INSTANCES:
        raise Refusal(
            "AttachmentLimitExceeded",
            f"{volume.id} already has the {MULTI_ATTACH_INSTANCES} attachments that Multi-Attach allows.",
        )
    for each in (instance, volume.attachments[0].instance):
        if not is_nitro(each.instance_type):
            raise Refusal(
                "UnsupportedOperation",
                f"Multi-Attach needs instances of the Nitro System, and {each.id} is a {each.instance_type}.",
            )


def is_nitro(instance_type: str) -> bool:
    """Is this instance type built on the Nitro System?"""
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    known = INSTANCE_TYPES.get(instance_type, {})
    return known.get("Hypervisor") == "nitro" or bool(known.get("BareMetal"))


def _attachment(call: Call, volume: Any) -> Any:
    wanted = call.params.get("InstanceId")
    if wanted is None and len(volume.attachments) > 1:
        raise Refusal(
            "MissingParameter", f"Volume {volume.id} has several attachments: say which InstanceId to detach."
        )
    for each in volume.attachments:
        if wanted in (None, each.instance.id) and call.params.get("Device", each.device) == each.device:
            return each
    raise Refusal("InvalidAttachment.NotFound", f"Volume {volume.id} is not attached to {wanted} like that.")


def _check_multi_attach_change(volume: Any, wanted: bool) -> None:
    if wanted == bool(volume.multi_attach_enabled):
        return
    if volume.volume_type == "io1":
        raise Refusal(
            "InvalidParameterCombination", "Multi-Attach of an io1 volume is chosen when it is created."
        )
    if volume.attachments:
        raise Refusal("IncorrectState", f"Detach {volume.id} before changing Multi-Attach.")


def _check_modification_rate(call: Call, volume_id: str) -> None:
    history = _modifications(call).get(volume_id, [])
    if not history:
        return
    state = history[-1].state(call.now)
    if state != "completed":
        raise Refusal(
            "IncorrectModificationState", f"Volume {volume_id} is still {state} from its last modification."
        )
    recent = [each for each in history if each.start > call.now - timedelta(hours=24)]
    if len(recent) >= MODIFICATIONS_PER_DAY:
        again = recent[0].start + timedelta(hours=24)
        raise Refusal(
            "VolumeModificationRateExceeded",
            f"Volume {volume_id} has had {len(recent)} modifications in 24 hours; the next is possible at "
            f"{again:%Y-%m-%d %H:%M} UTC.",
        )


def _modifications(call: Call) -> dict[str, list[Modification]]:
    return call.state("ebs.modifications")


def _matches(described: dict[str, Any], filters: list[dict[str, Any]]) -> bool:
    named = {
        "".join(part.capitalize() for part in each["Name"].split("-")): each["Values"] for each in filters
    }
    return all(str(described.get(name)) in values for name, values in named.items())


def _allow_multi_attach(volume: Any) -> None:
    from course.lab.volumes import MultiAttachVolume, allow_multi_attach

    if not isinstance(volume, MultiAttachVolume):
        allow_multi_attach(volume)


def _volume(call: Call) -> Any:
    """The volume of the call; None when it does not exist, which moto reports as AWS does."""
    return call.backend().volumes.get(call.params["VolumeId"])


def _instance(call: Call) -> Any:
    return call.backend().get_instance_by_id(call.params["InstanceId"])
