"""Which S3 operation a request is: S3 has no action on the wire, only a method, a path and a sub-resource.

For counting and for faults; moto finds its own way. After the requests in the API reference of Amazon S3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PLAIN = {
    ("GET", "service"): "ListBuckets",
    ("PUT", "bucket"): "CreateBucket",
    ("HEAD", "bucket"): "HeadBucket",
    ("DELETE", "bucket"): "DeleteBucket",
    ("GET", "bucket"): "ListObjects",
    ("GET", "object"): "GetObject",
    ("HEAD", "object"): "HeadObject",
    ("PUT", "object"): "PutObject",
    ("DELETE", "object"): "DeleteObject",
}

_SPECIAL = {
    ("GET", "bucket", "list-type"): "ListObjectsV2",
    ("GET", "bucket", "versions"): "ListObjectVersions",
    ("GET", "bucket", "uploads"): "ListMultipartUploads",
    ("POST", "bucket", "delete"): "DeleteObjects",
    ("POST", "object", "uploads"): "CreateMultipartUpload",
    ("PUT", "object", "uploadId"): "UploadPart",
    ("POST", "object", "uploadId"): "CompleteMultipartUpload",
    ("DELETE", "object", "uploadId"): "AbortMultipartUpload",
    ("GET", "object", "uploadId"): "ListParts",
}

_SUBRESOURCES = {
    "acl": "Acl",
    "cors": "Cors",
    "encryption": "Encryption",
    "legal-hold": "LegalHold",
    "lifecycle": "LifecycleConfiguration",
    "location": "Location",
    "logging": "Logging",
    "notification": "NotificationConfiguration",
    "ownershipControls": "OwnershipControls",
    "policy": "Policy",
    "replication": "Replication",
    "requestPayment": "RequestPayment",
    "retention": "Retention",
    "tagging": "Tagging",
    "versioning": "Versioning",
    "website": "Website",
}

_SUBRESOURCES_WITHOUT_SCOPE = {"object-lock": "ObjectLockConfiguration", "publicAccessBlock": "PublicAccessBlock"}

_VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}


def s3_operation(
    method: str, has_bucket: bool, has_key: bool, query: Mapping[str, Any], environ: Mapping[str, Any]
) -> str:
    """The name of the operation; an empty string for what the API does not know."""
    scope = "object" if has_key else "bucket" if has_bucket else "service"
    for word in query:
        if named := _SPECIAL.get((method, scope, word)):
            return named
        if method in _VERBS and word in _SUBRESOURCES:
            return f"{_VERBS[method]}{scope.capitalize()}{_SUBRESOURCES[word]}"
        if method in _VERBS and word in _SUBRESOURCES_WITHOUT_SCOPE:
            return _VERBS[method] + _SUBRESOURCES_WITHOUT_SCOPE[word]
    if method == "PUT" and scope == "object" and "HTTP_X_AMZ_COPY_SOURCE" in environ:
        return "CopyObject"
    return _PLAIN.get((method, scope), "")
