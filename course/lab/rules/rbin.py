"""Recycle Bin: retention rules, and what happens to deleted snapshots, deregistered AMIs and deleted volumes.

A resource that a rule retains leaves its service at once and stays in the bin until it is restored or its
time on the lab's clock is over. Where several rules match, the longest retention wins; a rule with tags
keeps what has one of them, a rule without tags everything except what its exclusions name. Locking rules is
left out.

Source: API reference of Recycle Bin (retention: 1 to 365 days, volumes 1 to 7).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from course.lab.rules import EVERY, Call, Refusal, amend, answer, rule

RETENTION_DAYS = {"EBS_SNAPSHOT": (1, 365), "EC2_IMAGE": (1, 365), "EBS_VOLUME": (1, 7)}
PAGE = 1_000


@dataclass
class Retention:
    """One retention rule."""

    identifier: str
    arn: str
    resource_type: str
    days: int
    description: str
    tags: list[dict[str, str]]
    resource_tags: list[dict[str, str]]
    excluded: list[dict[str, str]] = field(default_factory=list)

    def covers(self, tags: dict[str, str]) -> bool:
        """Does this rule retain a resource with these tags?"""
        if self.resource_tags:
            return _any_tag(self.resource_tags, tags)
        return not _any_tag(self.excluded, tags)

    def described(self) -> dict[str, Any]:
        return {
            "Identifier": self.identifier,
            "RetentionPeriod": {"RetentionPeriodValue": self.days, "RetentionPeriodUnit": "DAYS"},
            "Description": self.description,
            "ResourceType": self.resource_type,
            "ResourceTags": self.resource_tags,
            "ExcludeResourceTags": self.excluded,
            "Status": "available",
            "LockState": "unlocked",
            "RuleArn": self.arn,
        }


@dataclass
class Binned:
    """One resource in the bin: moto's object, and when it came and goes."""

    resource: Any
    enters: datetime
    exits: datetime

    def times(self) -> dict[str, datetime]:
        return {"RecycleBinEnterTime": self.enters, "RecycleBinExitTime": self.exits}


@answer("rbin", "CreateRule")
def create_rule(call: Call) -> dict[str, Any]:
    from moto.moto_api._internal import mock_random

    params = call.params
    identifier = mock_random.get_random_string(11)
    retention = Retention(
        identifier=identifier,
        arn=f"arn:aws:rbin:{call.region}:{call.account_id}:rule/{identifier}",
        resource_type=params["ResourceType"],
        days=_days(params["ResourceType"], params["RetentionPeriod"]),
        description=params.get("Description", ""),
        tags=params.get("Tags", []),
        resource_tags=params.get("ResourceTags", []),
        excluded=params.get("ExcludeResourceTags", []),
    )
    _check_tags(retention)
    _retentions(call)[identifier] = retention
    return {**retention.described(), "Tags": retention.tags}


@answer("rbin", "GetRule")
def get_rule(call: Call) -> dict[str, Any]:
    return _retention(call).described()


@answer("rbin", "ListRules")
def list_rules(call: Call) -> dict[str, Any]:
    wanted = call.params.get("ResourceTags", [])
    chosen = [
        {
            name: each.described()[name]
            for name in ("Identifier", "Description", "RetentionPeriod", "LockState", "RuleArn")
        }
        for each in _retentions(call).values()
        if each.resource_type == call.params["ResourceType"]
        and all(tag in each.resource_tags for tag in wanted)
    ]
    page, token = _page(call, chosen)
    return {"Rules": page} | token


@answer("rbin", "UpdateRule")
def update_rule(call: Call) -> dict[str, Any]:
    retention, params = _retention(call), call.params
    if params.get("ResourceType", retention.resource_type) != retention.resource_type:
        raise _invalid("The resource type of a rule cannot be changed: create another rule.")
    days = retention.days
    if "RetentionPeriod" in params:
        days = _days(retention.resource_type, params["RetentionPeriod"])
    changed = replace(
        retention,
        days=days,
        description=params.get("Description", retention.description),
        resource_tags=params.get("ResourceTags", retention.resource_tags),
        excluded=params.get("ExcludeResourceTags", retention.excluded),
    )
    _check_tags(changed)
    _retentions(call)[changed.identifier] = changed
    return changed.described()


@answer("rbin", "DeleteRule")
def delete_rule(call: Call) -> dict[str, Any]:
    del _retentions(call)[_retention(call).identifier]
    return {}


@answer("rbin", "ListTagsForResource")
def list_tags(call: Call) -> dict[str, Any]:
    return {"Tags": _by_arn(call).tags}


@answer("rbin", "TagResource")
def tag_resource(call: Call) -> dict[str, Any]:
    retention = _by_arn(call)
    new = {tag["Key"] for tag in call.params["Tags"]}
    retention.tags = [tag for tag in retention.tags if tag["Key"] not in new] + call.params["Tags"]
    return {}


@answer("rbin", "UntagResource")
def untag_resource(call: Call) -> dict[str, Any]:
    retention = _by_arn(call)
    retention.tags = [tag for tag in retention.tags if tag["Key"] not in call.params["TagKeys"]]
    return {}


@rule("ec2", EVERY)
def empty_expired(call: Call) -> None:
    for kind in RETENTION_DAYS:
        held = _bin(call, kind)
        for name in [name for name, each in held.items() if each.exits <= call.now]:
            del held[name]


@rule("ec2", "DeleteSnapshot")
def delete_snapshot(call: Call) -> None:
    call.notes["deleted"] = call.backend().snapshots.get(call.params["SnapshotId"])


@amend("ec2", "DeleteSnapshot")
def deleted_snapshot(call: Call, response: dict[str, Any]) -> None:
    _retain(call, "EBS_SNAPSHOT", call.notes["deleted"])


@rule("ec2", "DeleteVolume")
def delete_volume(call: Call) -> None:
    call.notes["deleted"] = call.backend().volumes.get(call.params["VolumeId"])


@amend("ec2", "DeleteVolume")
def deleted_volume(call: Call, response: dict[str, Any]) -> None:
    _retain(call, "EBS_VOLUME", call.notes["deleted"])


@rule("ec2", "DeregisterImage")
def deregister_image(call: Call) -> None:
    call.notes["deleted"] = call.backend().amis.get(call.params["ImageId"])


@amend("ec2", "DeregisterImage")
def deregistered_image(call: Call, response: dict[str, Any]) -> None:
    image = call.notes["deleted"]
    _retain(call, "EC2_IMAGE", image)
    if call.params.get("DeleteAssociatedSnapshots"):
        snapshots = call.backend().snapshots
        own = [snapshot for snapshot in list(snapshots.values()) if snapshot.from_ami == image.id]
        for snapshot in own:
            del snapshots[snapshot.id]
            _retain(call, "EBS_SNAPSHOT", snapshot)
        response["DeleteSnapshotResults"] = [{"SnapshotId": each.id, "ReturnCode": "success"} for each in own]


@answer("ec2", "ListSnapshotsInRecycleBin")
def list_snapshots(call: Call) -> dict[str, Any]:
    described = [
        {
            "SnapshotId": name,
            "Description": each.resource.description or "",
            "VolumeId": each.resource.volume_id,
        }
        | each.times()
        for name, each in _chosen(call, "EBS_SNAPSHOT", "SnapshotIds")
    ]
    page, token = _page(call, described)
    return {"Snapshots": page} | token


@answer("ec2", "ListImagesInRecycleBin")
def list_images(call: Call) -> dict[str, Any]:
    described = [
        {"ImageId": name, "Name": each.resource.name, "Description": each.resource.description or ""}
        | each.times()
        for name, each in _chosen(call, "EC2_IMAGE", "ImageIds")
    ]
    page, token = _page(call, described)
    return {"Images": page} | token


@answer("ec2", "ListVolumesInRecycleBin")
def list_volumes(call: Call) -> dict[str, Any]:
    described = [
        {
            "VolumeId": name,
            "VolumeType": each.resource.volume_type,
            "State": "available",
            "Size": each.resource.size,
            "AvailabilityZone": each.resource.zone.name,
        }
        | each.times()
        for name, each in _chosen(call, "EBS_VOLUME", "VolumeIds")
    ]
    page, token = _page(call, described)
    return {"Volumes": page} | token


@answer("ec2", "RestoreSnapshotFromRecycleBin")
def restore_snapshot(call: Call) -> dict[str, Any]:
    snapshot = _take(call, "EBS_SNAPSHOT", call.params["SnapshotId"], "InvalidSnapshot.NotFound")
    call.backend().snapshots[snapshot.id] = snapshot
    return {
        "SnapshotId": snapshot.id,
        "Description": snapshot.description or "",
        "Encrypted": snapshot.encrypted,
        "OwnerId": snapshot.owner_id,
        "Progress": "100%",
        "StartTime": snapshot.start_time.replace(tzinfo=UTC),
        "State": "recovering",
        "VolumeId": snapshot.volume_id,
        "VolumeSize": snapshot.volume_size,
    }


@answer("ec2", "RestoreImageFromRecycleBin")
def restore_image(call: Call) -> dict[str, Any]:
    image = _take(call, "EC2_IMAGE", call.params["ImageId"], "InvalidAMIID.NotFound")
    call.backend().amis[image.id] = image
    call.backend().deleted_amis.remove(image.id)
    return {"Return": True}


@answer("ec2", "RestoreVolumeFromRecycleBin")
def restore_volume(call: Call) -> dict[str, Any]:
    volume = _take(call, "EBS_VOLUME", call.params["VolumeId"], "InvalidVolume.NotFound")
    call.backend().volumes[volume.id] = volume
    return {"Return": True}


def _retain(call: Call, resource_type: str, resource: Any) -> None:
    tags = dict(call.backend("ec2").tags.get(resource.id, {}))
    days = [
        each.days
        for each in _retentions(call).values()
        if each.resource_type == resource_type and each.covers(tags)
    ]
    if days:
        now = call.now
        _bin(call, resource_type)[resource.id] = Binned(resource, now, now + timedelta(days=max(days)))


def _chosen(call: Call, resource_type: str, parameter: str) -> list[tuple[str, Binned]]:
    held, wanted = _bin(call, resource_type), call.params.get(parameter)
    return [(name, each) for name, each in held.items() if not wanted or name in wanted]


def _take(call: Call, resource_type: str, name: str, code: str) -> Any:
    held = _bin(call, resource_type)
    if name not in held:
        raise Refusal(code, f"{name} is not in the Recycle Bin.")
    return held.pop(name).resource


def _page(call: Call, items: list[Any]) -> tuple[list[Any], dict[str, str]]:
    start, size = int(call.params.get("NextToken") or 0), call.params.get("MaxResults", PAGE)
    rest = start + size
    return items[start:rest], {"NextToken": str(rest)} if rest < len(items) else {}


def _days(resource_type: str, period: dict[str, Any]) -> int:
    least, most = RETENTION_DAYS.get(resource_type, (0, 0))
    days = int(period["RetentionPeriodValue"])
    if period["RetentionPeriodUnit"] != "DAYS" or not least <= days <= most:
        raise _invalid(f"{resource_type} resources are retained for {least} to {most} DAYS, not {days}.")
    return days


def _check_tags(retention: Retention) -> None:
    if retention.resource_tags and retention.excluded:
        raise _invalid(
            "A rule names either the tags it retains or, for a whole Region, the tags it leaves out."
        )


def _invalid(message: str) -> Refusal:
    return Refusal("ValidationException", message, Reason="INVALID_PARAMETER_VALUE")


def _any_tag(wanted: list[dict[str, str]], tags: dict[str, str]) -> bool:
    return any(
        tag["ResourceTagKey"] in tags and tag.get("ResourceTagValue") in (None, tags[tag["ResourceTagKey"]])
        for tag in wanted
    )


def _retention(call: Call) -> Retention:
    return _found(_retentions(call).get(call.params["Identifier"]))


def _by_arn(call: Call) -> Retention:
    return _found(_retentions(call).get(call.params["ResourceArn"].rpartition("/")[2]))


def _found(retention: Retention | None) -> Retention:
    if retention is None:
        raise Refusal(
            "ResourceNotFoundException", "There is no such retention rule.", Reason="RULE_NOT_FOUND"
        )
    return retention


def _retentions(call: Call) -> dict[str, Retention]:
    return call.state("rbin.rules")


def _bin(call: Call, resource_type: str) -> dict[str, Binned]:
    return call.state(f"rbin.{resource_type}")
