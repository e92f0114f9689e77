"""The kubeconfig of one cluster and one user with a token, as tests give it to whatever they drive."""

from __future__ import annotations

import base64

import yaml


def kubeconfig(endpoint: str, authority: bytes, token: str) -> bytes:
    """The file's content; `authority` is the CA in PEM."""
    cluster = {"server": endpoint, "certificate-authority-data": base64.b64encode(authority).decode()}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "main", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": token}}],
        "contexts": [{"name": "main", "context": {"cluster": "main", "user": "admin"}}],
        "current-context": "main",
    }
    return yaml.safe_dump(config).encode()
