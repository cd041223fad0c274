"""AMIs: stock images of the Region asked, block devices as they were, names, deregistration.

moto gives every image one 15 GiB magnetic root device and loads the same images into every Region. Here an
image made from an instance has a snapshot of each of its volumes, and a stock image has the root device that
AWS documents.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from course.lab.rules import Call, Refusal, amend, encryption, own_random_numbers, prepare, rule, snapshots

Device = dict[str, Any]
"""One block device mapping of the API: {"DeviceName": ..., "Ebs": {...}}."""

_GP3_BASELINE = {"Iops": 3_000, "Throughput": 125}


def devices_of(call: Call, image_id: str, region: str | None = None) -> list[Device] | None:
    """The block devices of an image; None for an image that was made in a way the lab does not see."""
    return call.state("ami.devices", region).get(image_id)


@prepare("ec2")
def stock_images(call: Call) -> None:
    """Build the default VPC, keep only this Region's stock images, and hide their snapshots.

    The snapshots of Amazon's images belong to Amazon: nobody else can list them or make volumes from them.
    """
    with own_random_numbers("ec2", call.account_id, call.region):
        backend = call.backend()
    for image in list(backend.amis.values()):
        if image.owner_alias != "amazon":
            continue
        snapshot = backend.snapshots.pop(image.ebs_snapshot.id)
        if snapshot.volume.zone is None:
            del backend.amis[image.id]
        else:
            call.state("ami.devices")[image.id] = [_stock_root(image)]


@amend("ec2", "DescribeImages")
def describe_images(call: Call, response: dict[str, Any]) -> None:
    for image in response["Images"]:
        devices = devices_of(call, image["ImageId"])
        if devices is not None:
            image["BlockDeviceMappings"] = copy.deepcopy(devices)


@rule("ec2", "CreateImage", "CopyImage", "RegisterImage")
def image_name(call: Call) -> None:
    name = call.params.get("Name")
    for image in call.backend().amis.values():
        if image.name == name and image.owner_id == call.account_id:
            raise Refusal("InvalidAMIName.Duplicate", f"Your image {image.id} already has the name {name!r}.")


@rule("ec2", "CreateImage")
def create_image(call: Call) -> None:
    # moto cannot tag the snapshots of an image, so their tags wait for the amendment.
    specifications = call.params.get("TagSpecifications", [])
    call.notes["snapshot_tags"] = [
        each["Tags"] for each in specifications if each["ResourceType"] == "snapshot"
    ]
    if specifications:
        kept = [each for each in specifications if each["ResourceType"] != "snapshot"]
        call.params["TagSpecifications"] = kept
    instance = call.backend().get_instance_by_id(call.params["InstanceId"])
    if instance is not None and instance.state == "terminated":
        raise Refusal("IncorrectState", f"Instance {instance.id} is terminated.")


@amend("ec2", "CreateImage")
def created_image(call: Call, response: dict[str, Any]) -> None:
    backend = call.backend()
    image, instance = backend.amis[response["ImageId"]], backend.get_instance(call.params["InstanceId"])
    image.root_device_name, image.root_device_type = instance.root_device_name, "ebs"
    requested = {each["DeviceName"]: each for each in call.params.get("BlockDeviceMappings", [])}
    devices = []
    for name, attached in instance.block_device_mapping.items():
        override = requested.get(name, {})
        if "NoDevice" in override:
            continue
        volume = backend.volumes[attached.volume_id]
        snapshot = _snapshot_for(backend, image, name)
        snapshot.volume = copy.copy(volume)
        snapshots.freeze(snapshot)
        for tags in call.notes["snapshot_tags"]:
            snapshot.add_tags({tag["Key"]: tag["Value"] for tag in tags})
        device = _device(name, snapshot, volume, attached.delete_on_termination)
        device["Ebs"].update(override.get("Ebs", {}))
        devices.append(device)
    call.state("ami.devices")[image.id] = devices


@rule("ec2", "CopyImage")
def copy_image(call: Call) -> None:
    params = call.params
    if params.get("KmsKeyId") and not (params.get("Encrypted") or encryption.on_by_default(call)):
        raise Refusal("InvalidParameterDependency", "The parameter KmsKeyId needs the parameter Encrypted.")


@amend("ec2", "CopyImage")
def copied_image(call: Call, response: dict[str, Any]) -> None:
    backend, params = call.backend(), call.params
    image = backend.amis[response["ImageId"]]
    source = call.backend(region=params["SourceRegion"]).amis[params["SourceImageId"]]
    image.root_device_name, image.root_device_type = source.root_device_name, source.root_device_type
    encrypt = bool(params.get("Encrypted")) or encryption.on_by_default(call)
    devices = []
    for original in devices_of(call, source.id, params["SourceRegion"]) or []:
        device = copy.deepcopy(original)
        ebs = device["Ebs"]
        ebs["Encrypted"] = encrypt or bool(ebs.get("Encrypted"))
        key = (params.get("KmsKeyId") or encryption.default_key(call)) if ebs["Encrypted"] else None
        snapshot = _snapshot_for(backend, image, device["DeviceName"])
        snapshot.volume = copy.copy(snapshot.volume)
        snapshot.volume.id, snapshot.volume.size = snapshots.COPIED_FROM, ebs["VolumeSize"]
        snapshot.volume.encrypted, snapshot.volume.kms_key_id = ebs["Encrypted"], key
        snapshots.freeze(snapshot)
        ebs["SnapshotId"] = snapshot.id
        devices.append(device)
    call.state("ami.devices")[image.id] = devices


@amend("ec2", "RegisterImage")
def registered_image(call: Call, response: dict[str, Any]) -> None:
    backend, params = call.backend(), call.params
    image = backend.amis[response["ImageId"]]
    image.root_device_name = params.get("RootDeviceName", image.root_device_name)
    image.root_device_type = "ebs"
    # The API's old defaults: an image registered without them does not start on today's instance types.
    image.architecture = params.get("Architecture", "i386")
    image.virtualization_type = params.get("VirtualizationType", "paravirtual")
    devices = copy.deepcopy(params.get("BlockDeviceMappings", []))
    for device in devices:
        snapshot = backend.snapshots.get(device.get("Ebs", {}).get("SnapshotId"))
        if snapshot is None:
            continue
        device["Ebs"].setdefault("VolumeSize", snapshot.volume_size)
        device["Ebs"]["Encrypted"] = snapshot.encrypted
        snapshot.from_ami = image.id
    call.state("ami.devices")[image.id] = devices
    # moto made a snapshot of its own for the image; the ones that were given stand for it.
    backend.snapshots.pop(image.ebs_snapshot.id, None)


@rule("ec2", "RegisterImage")
def register_image(call: Call) -> None:
    for device in call.params.get("BlockDeviceMappings", []):
        if "SnapshotId" in device.get("Ebs", {}):
            snapshots.usable(call, device["Ebs"]["SnapshotId"])


def _stock_root(image: Any) -> Device:
    """8 GiB gp3 for Amazon Linux 2023, 8 GiB gp2 for Amazon Linux 2, 30 GiB gp2 for Windows."""
    kind = "gp3" if image.name.startswith("al2023") else "gp2"
    size_gib = 30 if image.platform == "windows" else 8
    ebs: dict[str, Any] = {
        "SnapshotId": image.ebs_snapshot.id,
        "VolumeSize": size_gib,
        "VolumeType": kind,
        "DeleteOnTermination": True,
        "Encrypted": False,
    }
    return {"DeviceName": image.root_device_name, "Ebs": ebs | (_GP3_BASELINE if kind == "gp3" else {})}


def _device(name: str, snapshot: Any, volume: Any, delete_on_termination: bool) -> Device:
    ebs: dict[str, Any] = {
        "SnapshotId": snapshot.id,
        "VolumeSize": volume.size,
        "VolumeType": volume.volume_type,
        "DeleteOnTermination": delete_on_termination,
        "Encrypted": volume.encrypted,
    }
    if volume.volume_type in ("gp3", "io1", "io2"):
        ebs["Iops"] = volume.iops
    if volume.throughput:
        ebs["Throughput"] = volume.throughput
    return {"DeviceName": name, "Ebs": ebs}


def _snapshot_for(backend: Any, image: Any, device_name: str) -> Any:
    """moto made one snapshot for the root device; further devices get their own."""
    if device_name == image.root_device_name:
        return image.ebs_snapshot
    from moto.ec2.utils import random_snapshot_id

    snapshot = copy.copy(image.ebs_snapshot)
    snapshot.id = random_snapshot_id()
    snapshot.start_time = datetime.now(UTC).replace(tzinfo=None)
    backend.snapshots[snapshot.id] = snapshot
    return snapshot
