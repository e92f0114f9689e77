"""A client of the API server behind a cluster, for tests: tokens as `aws eks get-token` makes them, and requests."""

from __future__ import annotations

import base64
import json
import ssl

import urllib3
from botocore.signers import RequestSigner


def bearer(client, cluster, **keys):
    """The token of `aws eks get-token`, with the keys given."""
    sts = client("sts", **keys)
    signer = RequestSigner(
        sts.meta.service_model.service_id, "eu-west-1", "sts", "v4", sts._request_signer._credentials, sts.meta.events
    )
    request = {
        "method": "GET",
        "url": f"{sts.meta.endpoint_url}/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {"x-k8s-aws-id": cluster},
        "context": {},
    }
    url = signer.generate_presigned_url(request, region_name="eu-west-1", expires_in=60, operation_name="")
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def ask(description, token, path, method="GET", body=None):
    """The status and the document with which the API server of a described cluster answers."""
    authority = base64.b64decode(description["certificateAuthority"]["data"]).decode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urllib3.PoolManager(ssl_context=ssl.create_default_context(cadata=authority)) as pool:
        data = None if body is None else json.dumps(body)
        response = pool.request(method, description["endpoint"] + path, headers=headers, body=data)
        return response.status, response.json()
