"""Upgrade insights: there are none to tell of, since nothing in a sandbox calls a deprecated API unasked."""

from __future__ import annotations

from typing import Any

from sandbox.aws.eks.lookup import find_cluster
from sandbox.aws.eks.operations import Call, operation


@operation("ListInsights")
def list_insights(call: Call) -> dict[str, Any]:
    find_cluster(call.region, call["clusterName"])
    return {"insights": []}
