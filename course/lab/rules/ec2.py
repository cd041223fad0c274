"""EC2 instances as far as storage is concerned: what is launched from, and with which volumes.

An instance gets the block devices of its image, changed and extended by the request, as on AWS. moto gives
it one 8 GiB volume, or the requested devices without the root device.
"""

from __future__ import annotations

import copy
from datetime import UTC
from typing import Any

from course.lab.rules import Call, Refusal, amend, ami, ebs, encryption, rule, snapshots

Device = ami.Device


@rule("ec2", "RunInstances")
def run_instances(call: Call) -> None:
    params, template = call.params, _template(call)
    _check_counts(params["MinCount"], params["MaxCount"])
    params["MinCount"] = params["MaxCount"]  # moto launches the fewest; AWS, with room to spare, the most
    image_id = params.get("ImageId") or template.get("ImageId")
    if image_id is None:
        raise Refusal("MissingParameter", "The request must contain the parameter ImageId.")
    kind = params.get("InstanceType") or template.get("InstanceType")
    if image_id in call.backend().deleted_amis:
        raise Refusal("InvalidAMIID.Unavailable", f"The image {image_id} has been deregistered.")
    if kind is not None:
        _check_instance_type(kind, call.backend().amis.get(image_id))
    if "KeyName" in params and params["KeyName"] not in call.backend().key_pairs:
        raise Refusal(
            "InvalidKeyPair.NotFound", f"There is no key pair {params['KeyName']!r} in {call.region}."
        )
    _resolve_zone(call, template)
    own_devices = ami.devices_of(call, image_id)
    if own_devices is None:
        return
    requested = params.pop("BlockDeviceMappings", None) or template.get("BlockDeviceMappings", [])
    root = call.backend().amis[image_id].root_device_name
    _check_root_snapshot(own_devices, requested, root)
    devices = _merge(own_devices, requested)
    for device in devices:
        _complete_device(call, device, root)
    call.notes["devices"] = devices


@amend("ec2", "RunInstances")
def launched_instances(call: Call, response: dict[str, Any]) -> None:
    protect = call.params.get("DisableApiTermination", _template(call).get("DisableApiTermination"))
    for each in response["Instances"]:
        call.backend().get_instance(each["InstanceId"]).disable_api_termination = bool(protect)
    if "devices" not in call.notes:
        return
    tags = ebs.tags_for(call, "volume")
    for each in response["Instances"]:
        instance = call.backend().get_instance(each["InstanceId"])
        _drop_volumes(call, instance)
        for device in call.notes["devices"]:
            _attach(call, instance, device, tags)
        each["BlockDeviceMappings"] = [
            _described(name, block) for name, block in instance.block_device_mapping.items()
        ]


@rule("ec2", "StartInstances")
def start_instances(call: Call) -> None:
    for instance_id in call.params["InstanceIds"]:
        instance = call.backend().get_instance_by_id(instance_id)
        if instance is not None and instance.root_device_name not in instance.block_device_mapping:
            raise Refusal(
                "InvalidParameterValue",
                f"Instance {instance_id} has no volume at its root device {instance.root_device_name}.",
            )


@rule("ec2", "ModifyInstanceAttribute")
def modify_instance_attribute(call: Call) -> None:
    instance = call.backend().get_instance_by_id(call.params["InstanceId"])
    if instance is None:
        return
    for device in call.params.get("BlockDeviceMappings", []):
        if device["DeviceName"] not in instance.block_device_mapping:
            known = ", ".join(instance.block_device_mapping) or "none"
            raise Refusal(
                "InvalidInstanceAttributeValue",
                f"Instance {instance.id} has no device {device['DeviceName']}; its devices are: {known}.",
            )


def _template(call: Call) -> dict[str, Any]:
    wanted = call.params.get("LaunchTemplate")
    if not wanted:
        return {}
    data: dict[str, Any] = call.backend()._get_template_from_args(wanted).data
    return data


def _resolve_zone(call: Call, template: dict[str, Any]) -> None:
    """Resolve the zone of the request or the template; moto reads the request's zone name alone."""
    params = call.params
    if params.get("SubnetId"):
        return
    placement = {**template.get("Placement", {}), **params.get("Placement", {})}
    zone_id = placement.pop("AvailabilityZoneId", None)
    if zone_id:
        zones = {zone.zone_id: zone.name for zone in call.backend().describe_availability_zones()}
        if zone_id not in zones:
            raise Refusal(
                "InvalidParameterValue", f"There is no Availability Zone {zone_id} in {call.region}."
            )
        placement["AvailabilityZone"] = zones[zone_id]
    if placement:
        params["Placement"] = placement


def _check_root_snapshot(of_image: list[Device], requested: list[Device], root: str) -> None:
    """The root device always comes from the image's own snapshot."""
    own = next((each["Ebs"].get("SnapshotId") for each in of_image if each["DeviceName"] == root), None)
    for each in requested:
        if each["DeviceName"] == root and each.get("Ebs", {}).get("SnapshotId", own) != own:
            raise Refusal(
                "InvalidBlockDeviceMapping",
                f"The snapshot of the root device {root} is the image's; "
                "register an image to boot from another.",
            )


def _check_counts(fewest: int, most: int) -> None:
    if most < 1 or fewest < 1:
        raise Refusal("InvalidParameterValue", "MinCount and MaxCount must be at least 1.")
    if fewest > most:
        raise Refusal("InvalidParameterCombination", f"MinCount {fewest} is more than MaxCount {most}.")


def _check_instance_type(kind: str, image: Any) -> None:
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    if kind not in INSTANCE_TYPES:
        raise Refusal("InvalidParameterValue", f"There is no instance type {kind!r}.")
    if image is None:
        return
    info = INSTANCE_TYPES[kind]
    virtualization, architectures = (
        info["SupportedVirtualizationTypes"],
        info["ProcessorInfo"]["SupportedArchitectures"],
    )
    if image.virtualization_type not in virtualization:
        raise Refusal(
            "InvalidParameterCombination",
            f"{kind} needs an image of virtualization type {' or '.join(virtualization)}; "
            f"{image.id} is {image.virtualization_type}.",
        )
    if image.architecture not in architectures:
        raise Refusal(
            "InvalidParameterValue",
            f"{kind} has the architecture {' or '.join(architectures)}; {image.id} is {image.architecture}.",
        )


def _merge(of_image: list[Device], requested: list[Device]) -> list[Device]:
    """The image's devices with the request's changes; NoDevice takes one away."""
    devices = {each["DeviceName"]: copy.deepcopy(each["Ebs"]) for each in of_image if "Ebs" in each}
    for each in requested:
        name = each["DeviceName"]
        if "NoDevice" in each:
            devices.pop(name, None)
        elif "Ebs" in each:
            devices[name] = _override(devices.get(name, {}), each["Ebs"])
    return [{"DeviceName": name, "Ebs": each} for name, each in devices.items()]


def _override(of_image: dict[str, Any], requested: dict[str, Any]) -> dict[str, Any]:
    merged = {**of_image, **requested}
    if merged.get("VolumeType") != of_image.get("VolumeType"):
        # Performance belongs to the type that it was set for.
        for setting in ("Iops", "Throughput"):
            if setting not in requested:
                merged.pop(setting, None)
    return merged


def _complete_device(call: Call, device: Device, root: str) -> None:
    """Fill in, from snapshot and defaults, what the request leaves open.

    Raises Refusal where AWS does not make such a volume.
    """
    name, block = device["DeviceName"], device["Ebs"]
    snapshot = call.backend().snapshots.get(block.get("SnapshotId"))
    if snapshot is not None:
        snapshots.usable(call, snapshot.id)
        block.setdefault("VolumeSize", snapshot.volume_size)
        ebs.check_restore(block["VolumeSize"], snapshot, "InvalidBlockDeviceMapping")
        block["Encrypted"] = block.get("Encrypted", False) or snapshot.encrypted
        if snapshot.encrypted:
            block.setdefault("KmsKeyId", snapshot.kms_key_id)
    stock_size_gib = _stock_size_gib(call, block.get("SnapshotId"))
    if "VolumeSize" not in block:
        raise Refusal("MissingParameter", f"The device {name} needs a VolumeSize or a SnapshotId.")
    if stock_size_gib and block["VolumeSize"] < stock_size_gib:
        raise Refusal(
            "InvalidBlockDeviceMapping",
            f"{name} needs at least the {stock_size_gib} GiB of the image's snapshot.",
        )
    block.setdefault("VolumeType", ebs.DEFAULT_TYPE)
    block.setdefault("DeleteOnTermination", True)
    block["Encrypted"] = block.get("Encrypted", False) or encryption.on_by_default(call)
    iops, throughput = block.get("Iops"), block.get("Throughput")
    ebs.check(block["VolumeType"], block["VolumeSize"], iops, throughput, boot=name == root)


def _stock_size_gib(call: Call, snapshot_id: str | None) -> int:
    """Size behind a snapshot of a stock image, which is not among the account's snapshots; else 0."""
    for devices in call.state("ami.devices").values():
        for device in devices:
            if snapshot_id and device.get("Ebs", {}).get("SnapshotId") == snapshot_id:
                return int(device["Ebs"]["VolumeSize"])
    return 0


def _drop_volumes(call: Call, instance: Any) -> None:
    volumes = call.backend().volumes
    for volume in list(volumes.values()):  # a template's root device leaves moto's own one unlisted
        if any(each.instance is instance for each in volume.attachments):
            del volumes[volume.id]
    instance.block_device_mapping.clear()


def _attach(call: Call, instance: Any, device: Device, tags: dict[str, str]) -> None:
    block = device["Ebs"]
    volume = call.backend().create_volume(
        size=block["VolumeSize"],
        zone_name=instance.placement.zone,
        encrypted=block["Encrypted"],
        kms_key_id=block.get("KmsKeyId") if block["Encrypted"] else None,
        volume_type=block["VolumeType"],
        iops=block.get("Iops"),
        throughput=block.get("Throughput"),
    )
    volume.snapshot_id = block.get("SnapshotId")
    volume.add_tags(tags)
    ebs.complete(call, volume)
    call.backend().attach_volume(volume.id, instance.id, device["DeviceName"], block["DeleteOnTermination"])


def _described(name: str, block: Any) -> Device:
    attached = {
        "AttachTime": block.attach_time.replace(tzinfo=UTC),
        "DeleteOnTermination": block.delete_on_termination,
        "Status": "attached",
        "VolumeId": block.volume_id,
    }
    return {"DeviceName": name, "Ebs": attached}
