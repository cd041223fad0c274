"""Scenes of Section 3: instances with volumes to move, lose and recover, and CloudWatch numbers to read."""

from __future__ import annotations

import random
from typing import Any

import boto3
from botocore.exceptions import ClientError

from course import lab
from course.services import ebs

HOME_REGION = "us-east-1"
LINUX_IMAGE_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
PERIOD_S = 300

WORKLOADS: dict[str, dict[str, Any]] = {
    "web": {
        "boot": True,
        "size_gib": 30,
        "iops": 3_000,
        "throughput_mibps": 100,
    },
    "orders": {
        "boot": False,
        "size_gib": 400,
        "iops": 12_000,
        "throughput_mibps": 190,
    },
    "archive": {
        "boot": False,
        "size_gib": 2_048,
        "scan_gib": 1_536,
        "scan_hours": 4,
    },
    "ledger": {
        "boot": False,
        "size_gib": 100,
        "iops": 2_000,
        "throughput_mibps": 50,
        "durability_percent": 99.999,
    },
}
MONTHLY_BUDGET_USD = 300.0


def linux_image(region: str = HOME_REGION) -> str:
    """Return the AMI id of the current Amazon Linux 2023 in `region`, from AWS's public SSM parameter."""
    ssm = boto3.client("ssm", region_name=region)
    return str(ssm.get_parameter(Name=LINUX_IMAGE_PARAMETER)["Parameter"]["Value"])


def run_instance(
    zone: str = "us-east-1a", instance_type: str = "t3.micro", name: str = "web", **options: Any
) -> str:
    """Start one Amazon Linux instance in `zone` and return its id; `options` go to `run_instances`."""
    region = zone[:-1]
    ec2 = boto3.client("ec2", region_name=region)
    options.setdefault("ImageId", linux_image(region))
    reply = ec2.run_instances(
        InstanceType=instance_type,
        MinCount=1,
        MaxCount=1,
        Placement={"AvailabilityZone": zone},
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}],
        **options,
    )
    return str(reply["Instances"][0]["InstanceId"])


def own_image(root_device: str = "/dev/xvda", size_gib: int = 8, region: str = HOME_REGION) -> str:
    """Register an image of your own from a snapshot of a new volume; return its AMI id."""
    ec2 = boto3.client("ec2", region_name=region)
    volume = create_volume(f"{region}a", Size=size_gib)
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.delete_volume(VolumeId=volume)
    image = ec2.register_image(
        Name=f"own-{snapshot}",
        Architecture="x86_64",
        VirtualizationType="hvm",
        RootDeviceName=root_device,
        BlockDeviceMappings=[
            {"DeviceName": root_device, "Ebs": {"SnapshotId": snapshot, "VolumeType": "gp3"}}
        ],
    )
    return str(image["ImageId"])


def volumes_of(instance_id: str, region: str = HOME_REGION) -> dict[str, str]:
    """Return {device name: volume id} of the instance's attached volumes."""
    ec2 = boto3.client("ec2", region_name=region)
    instance = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
    return {mapping["DeviceName"]: mapping["Ebs"]["VolumeId"] for mapping in instance["BlockDeviceMappings"]}


def create_volume(zone: str = "us-east-1a", tags: dict[str, str] | None = None, **options: Any) -> str:
    """Create a volume and return its id; `options` go to `create_volume` (10 GiB and gp3 unless given)."""
    ec2 = boto3.client("ec2", region_name=zone[:-1])
    options = {"Size": 10, "VolumeType": "gp3", **options}
    if tags:
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        options["TagSpecifications"] = [{"ResourceType": "volume", "Tags": pairs}]
    return str(ec2.create_volume(AvailabilityZone=zone, **options)["VolumeId"])


def lost_boot_volume(
    zone: str = "us-east-1b",
    root_gib: int = 12,
    nights: int = 3,
    server_name: str = "orders",
    instance_type: str = "t3.micro",
) -> dict[str, Any]:
    """Build the scene of `s03-repair-boot`: a server terminated by mistake, root gone, data volume left.

    Every night until then a snapshot of each volume was taken, tagged `Server`, `Role=root` or `Role=data`,
    and `Night`. The newest snapshot of all is one of the data volume, taken the night after the loss; another
    server's root has more nights behind it. Moves the clock on by `nights` + 1 days.

    Returns the plain facts an operator would have: `server`, `zone`, `instance_type`, `data_volume_id`, and
    for the graded cell `newest_root_snapshot_id`.
    """
    region = zone[:-1]
    ec2 = boto3.client("ec2", region_name=region)
    data = create_volume(zone, {"Server": server_name, "Role": "data"}, Size=50, Encrypted=True)
    server = run_instance(zone, instance_type, name=server_name)
    other = run_instance(zone, name="reports")
    ec2.attach_volume(VolumeId=data, InstanceId=server, Device="/dev/sdf")
    root = volumes_of(server, region)["/dev/xvda"]
    ec2.modify_volume(VolumeId=root, Size=root_gib)
    newest = ""
    for night in range(1, nights + 1):
        lab.clock.advance(days=1)
        _tagged_snapshot(ec2, data, server_name, "data", night)
        newest = _tagged_snapshot(ec2, root, server_name, "root", night)
    ec2.terminate_instances(InstanceIds=[server])
    lab.clock.advance(days=1)
    _tagged_snapshot(ec2, volumes_of(other, region)["/dev/xvda"], "reports", "root", nights + 20)
    _tagged_snapshot(ec2, data, server_name, "data", nights + 1)
    return {
        "server": server_name,
        "zone": zone,
        "instance_type": instance_type,
        "data_volume_id": data,
        "newest_root_snapshot_id": newest,
    }


def _tagged_snapshot(ec2: Any, volume_id: str, server: str, role: str, night: int) -> str:
    tags = {"Server": server, "Role": role, "Night": str(night)}
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    reply = ec2.create_snapshot(
        VolumeId=volume_id,
        Description=f"night {night} of {server} {role}",
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": pairs}],
    )
    return str(reply["SnapshotId"])


def cluster_log() -> list[str]:
    """Play a failed Multi-Attach set-up in an account of its own; return its log, an entry an attempt."""
    with lab.empty_account():
        ec2 = boto3.client("ec2", region_name=HOME_REGION)
        options: dict[str, Any] = {"Size": 100, "Iops": 3_000, "VolumeType": "io2"}
        shared = create_volume("us-east-1a", MultiAttachEnabled=True, **options)
        single = create_volume("us-east-1a", **options)
        nodes = [run_instance("us-east-1a", "m5.large", f"node-{n:02}") for n in range(17)]
        ec2.attach_volume(VolumeId=single, InstanceId=nodes[0], Device="/dev/sdg")
        far_away = run_instance("us-east-1b", "m5.large", "far-away")

        def attach(volume_id: str, instance_id: str) -> str:
            return _answer(ec2.attach_volume, VolumeId=volume_id, InstanceId=instance_id, Device="/dev/sdf")

        attempts = [
            (
                "create a gp3 volume with MultiAttachEnabled",
                _answer(
                    ec2.create_volume,
                    AvailabilityZone="us-east-1a",
                    Size=100,
                    VolumeType="gp3",
                    MultiAttachEnabled=True,
                ),
            ),
            (
                "attach the shared io2 volume of us-east-1a to an instance in us-east-1b",
                attach(shared, far_away),
            ),
            ("attach the other io2 volume, in use by node-00, to node-01", attach(single, nodes[1])),
            (
                "attach the shared io2 volume to node-00, node-01, … node-16",
                [attach(shared, node) for node in nodes][-1],
            ),
            (
                "mount the shared io2 volume as ext4 on node-00 and on node-01, write on both",
                'accepted; an hour later: "EXT4-fs error: bad block bitmap checksum" on both nodes',
            ),
        ]
    return [f"{number}. {what}\n   {answer}" for number, (what, answer) in enumerate(attempts, start=1)]


def _answer(call: Any, **arguments: Any) -> str:
    try:
        call(**arguments)
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
    return "accepted"


def volume_metrics(
    cause: str = "burst-credits", seed: int = 1, periods: int = 48
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Make CloudWatch-style numbers of one gp2 volume under load, five minutes a row.

    Parameters: `cause` is what goes wrong ("burst-credits", "throughput-ceiling", "instance-limit" or
    "healthy"), `seed` varies size, load and onset, `periods` is the number of rows.

    Returns `(volume, rows)`. `volume` has `size_gib`, `baseline_iops`, `throughput_ceiling_mibps` and
    `instance_throughput_mibps`. A row has `minute` (start of the period) and, named as CloudWatch names them,
    the sums `VolumeReadOps`, `VolumeWriteOps`, `VolumeReadBytes`, `VolumeWriteBytes` of the period, the
    average `VolumeQueueLength`, and `BurstBalance` in percent at the period's end.
    """
    if cause not in _LOADS:
        raise ValueError(f"cause must be one of {', '.join(_LOADS)}, not {cause!r}")
    rng = random.Random(f"{cause}-{seed}")
    volume, demand_iops, io_kib = _LOADS[cause](rng, periods)
    ceiling_iops = (
        min(volume["throughput_ceiling_mibps"], volume["instance_throughput_mibps"]) * 1024 / io_kib
    )
    wanted = [min(demand, ceiling_iops) for demand in demand_iops]
    log = ebs.simulate_gp2(volume["size_gib"], wanted, step_s=PERIOD_S)
    rows = []
    for index in range(periods):
        delivered, balance = (
            float(log["delivered_iops"].iloc[index]),
            float(log["burst_balance_percent"].iloc[index]),
        )
        ops = delivered * PERIOD_S
        reads = round(ops * rng.uniform(0.55, 0.65))
        writes = round(ops) - reads
        waiting = max(0.0, demand_iops[index] - delivered)
        rows.append(
            {
                "minute": index * PERIOD_S // 60,
                "VolumeReadOps": reads,
                "VolumeWriteOps": writes,
                "VolumeReadBytes": reads * io_kib * 1024,
                "VolumeWriteBytes": writes * io_kib * 1024,
                "VolumeQueueLength": round(0.4 + delivered / 4000 + waiting / 40, 2),
                "BurstBalance": round(balance, 1),
            }
        )
    return volume, rows


def _gp2_facts(size_gib: int, instance_throughput_mibps: float) -> dict[str, Any]:
    return {
        "size_gib": size_gib,
        "baseline_iops": int(ebs.gp2_baseline_iops(size_gib)),
        "throughput_ceiling_mibps": float(ebs.gp2_throughput_mibps(size_gib)),
        "instance_throughput_mibps": instance_throughput_mibps,
    }


def _step_load(rng: random.Random, periods: int, quiet: float, busy: float) -> list[float]:
    onset = rng.randint(6, 10)
    return [(quiet if index < onset else busy) * rng.uniform(0.98, 1.02) for index in range(periods)]


def _burst_load(rng: random.Random, periods: int) -> tuple[dict[str, Any], list[float], int]:
    volume = _gp2_facts(rng.choice([100, 150, 200, 250]), 566.2)
    return volume, _step_load(rng, periods, 0.4 * volume["baseline_iops"], rng.uniform(2_400, 2_900)), 8


def _throughput_load(rng: random.Random, periods: int) -> tuple[dict[str, Any], list[float], int]:
    volume = _gp2_facts(rng.choice([400, 500, 600]), 566.2)
    return volume, _step_load(rng, periods, 200, rng.uniform(1_300, 1_450)), 256


def _instance_load(rng: random.Random, periods: int) -> tuple[dict[str, Any], list[float], int]:
    volume = _gp2_facts(rng.choice([700, 800, 900]), 77.5)
    return volume, _step_load(rng, periods, 150, rng.uniform(1_500, 1_900)), 64


def _healthy_load(rng: random.Random, periods: int) -> tuple[dict[str, Any], list[float], int]:
    """Bursts for an hour, drains a good part of the bucket, never empties it."""
    volume = _gp2_facts(rng.choice([300, 334]), 566.2)
    onset = rng.randint(6, 10)
    return volume, [2_000.0 if onset <= index < onset + 10 else 400.0 for index in range(periods)], 16


_LOADS = {
    "burst-credits": _burst_load,
    "throughput-ceiling": _throughput_load,
    "instance-limit": _instance_load,
    "healthy": _healthy_load,
}
