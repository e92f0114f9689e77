"""A certificate authority for each cluster, and the certificate of its API server."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_VALID = datetime.timedelta(days=365)
_EARLIER = datetime.timedelta(hours=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    extensions: list[tuple[x509.ExtensionType, bool]],
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + _VALID)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def server_context(host: str) -> tuple[ssl.SSLContext, bytes]:
    """A context that serves `host` under a new authority, and the authority's certificate as PEM."""
    authority_key, authority = ec.generate_private_key(ec.SECP256R1()), _name("kubernetes")
    basic = x509.BasicConstraints(ca=True, path_length=None)
    authority_usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    root = _certificate(authority, authority_key, authority, authority_key, [(basic, True), (authority_usage, True)])
    key = ec.generate_private_key(ec.SECP256R1())
    names = [
        x509.IPAddress(ipaddress.ip_address(host)),
        x509.DNSName("localhost"),
        x509.DNSName("kubernetes.default.svc"),
    ]
    leaf = _certificate(
        _name("kube-apiserver"), key, authority, authority_key, [(x509.SubjectAlternativeName(names), False)]
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:  # the ssl module reads keys from files only; mkdtemp is 0700
        path = os.path.join(folder, "key.pem")
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(leaf.public_bytes(serialization.Encoding.PEM) + private)
        context.load_cert_chain(path)
    return context, root.public_bytes(serialization.Encoding.PEM)
