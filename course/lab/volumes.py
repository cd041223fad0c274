"""moto's Volume with more than one attachment, for EBS Multi-Attach.

moto keeps one attachment in `volume.attachment` and writes to it from several places (attach, detach,
terminate), so the list is kept behind that attribute.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.elastic_block_store import Volume, VolumeAttachment


class MultiAttachVolume(Volume):
    """A volume whose `attachment` can be set several times; None drops those that no instance lists."""

    attached: list[VolumeAttachment]

    @property
    def attachment(self) -> VolumeAttachment | None:
        return self.attached[0] if self.attached else None

    @attachment.setter
    def attachment(self, attachment: VolumeAttachment | None) -> None:
        if attachment is not None:
            self.attached.append(attachment)
            return
        self.attached = [each for each in self.attached if self._is_listed_by(each.instance)]
        for each in self.attached:
            each.status = "attached"

    @property
    def attachments(self) -> list[VolumeAttachment]:
        return list(self.attached)

    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        if filter_name == "attachment.instance-id":
            return [each.instance.id for each in self.attached]
        return super().get_filter_value(filter_name, method_name)

    def _is_listed_by(self, instance: Any) -> bool:
        return any(device.volume_id == self.id for device in instance.block_device_mapping.values())


def allow_multi_attach(volume: Volume) -> None:
    """Turn this volume into one that keeps all its attachments."""
    present = volume.attachment
    volume.__dict__.pop("attachment")
    multi: Any = volume
    multi.__class__ = MultiAttachVolume
    multi.attached = [present] if present else []
