"""Cluster tokens: a presigned sts:GetCallerIdentity, made in process, as aws-iam-authenticator defines it."""

from __future__ import annotations

import base64
from typing import Any

from providers.aws.client import AwsClient
from providers.contract import ClusterToken

PREFIX = "k8s-aws-v1."
_VALID = 14 * 60
_SIGNED = 60


def cluster_token(client: AwsClient, cluster: str) -> ClusterToken:
    """A token for the cluster of that name. EKS takes it for 15 minutes."""
    from botocore.signers import RequestSigner

    sts = client.service("sts")
    credentials = client.session.get_credentials()
    signer = RequestSigner(
        sts.meta.service_model.service_id,
        client.region,
        "sts",
        "v4",
        credentials,
        client.session.events,
    )
    request: dict[str, Any] = {
        "method": "GET",
        "url": f"{sts.meta.endpoint_url.rstrip('/')}/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {"x-k8s-aws-id": cluster},
        "context": {},
    }
    url = signer.generate_presigned_url(
        request, region_name=client.region, expires_in=_SIGNED, operation_name="GetCallerIdentity"
    )
    token = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return ClusterToken(PREFIX + token, client.clock.now() + _VALID)
