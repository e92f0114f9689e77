"""TLS to a cluster: its authority verified, a client certificate loaded without a readable file of its key."""

from __future__ import annotations

import os
import ssl
import tempfile

from providers.contract.errors import AccessDenied


def context(authority: str | None, certificate: str = "", key: str = "") -> ssl.SSLContext:
    """A context that trusts `authority` (PEM), or the machine's where there is none. Raises AccessDenied."""
    try:
        made = ssl.create_default_context(cadata=authority)
        if certificate:
            _load(made, certificate, key)
    except (ssl.SSLError, ValueError) as failure:
        what = "client certificate" if certificate else "certificate authority"
        advice = "Check the certificates in the kubeconfig."
        raise AccessDenied(
            "TLS cannot be set up", f"The {what} of the cluster cannot be used: {failure}.", advice=advice
        ) from failure
    return made


def _load(made: ssl.SSLContext, certificate: str, key: str) -> None:
    """OpenSSL reads certificates from files alone: one in memory, or one that is gone at once."""
    pem = f"{certificate}\n{key}\n".encode()
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("client-certificate")
        try:
            os.write(descriptor, pem)
            made.load_cert_chain(f"/proc/self/fd/{descriptor}")
        finally:
            os.close(descriptor)
        return
    with tempfile.NamedTemporaryFile(prefix="freehold-") as file:  # 0600
        file.write(pem)
        file.flush()
        made.load_cert_chain(file.name)
