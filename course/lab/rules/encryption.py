"""EBS encryption: the default of the Region and its key. Rules that make volumes and snapshots ask here."""

from __future__ import annotations

from course.lab.rules import Call


def on_by_default(call: Call) -> bool:
    """Is encryption by default on in this Region?"""
    return bool(call.backend("ec2").get_ebs_encryption_by_default())


def default_key(call: Call) -> str:
    """ARN of the KMS key that EBS uses when none is named: the account's choice, else the AWS managed key."""
    backend = call.backend("ec2")
    return str(backend.default_kms_key_id or backend._create_default_encryption_key())
