"""Tags of everything in EKS that has an ARN."""

from __future__ import annotations

from typing import Any

from sandbox.aws.eks.operations import Call, operation
from sandbox.aws.errors import AwsError

_MAXIMUM = 50


def _tags_of(call: Call) -> dict[str, str]:
    for cluster in call.region.clusters.values():
        for arn, body in cluster.bodies():
            if arn == call["resourceArn"]:
                tags: dict[str, str] = body.setdefault("tags", {})
                return tags
    raise AwsError("NotFoundException", f"No resource found for ARN: {call['resourceArn']}", 404)


@operation("TagResource")
def tag_resource(call: Call) -> dict[str, Any]:
    tags = _tags_of(call)
    if len({**tags, **call["tags"]}) > _MAXIMUM:
        raise AwsError("BadRequestException", f"A resource may have {_MAXIMUM} tags", 400)
    tags.update(call["tags"])
    return {}


@operation("UntagResource")
def untag_resource(call: Call) -> dict[str, Any]:
    tags = _tags_of(call)
    for key in call["tagKeys"]:
        tags.pop(key, None)
    return {}


@operation("ListTagsForResource")
def list_tags_for_resource(call: Call) -> dict[str, Any]:
    return {"tags": _tags_of(call)}
