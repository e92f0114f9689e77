"""How a client comes about: from a kubeconfig, from a provider block, or from a cloud's access to a cluster."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from providers.contract import ClusterAccess, ClusterToken, Environment, Values
from providers.contract.errors import AccessDenied, Unreachable
from providers.kubernetes.client import KubernetesClient

_CONNECTIONS = 32
_TOKEN_NAMES = ("BearerToken", "authorization")
"""What versions of the SDK call a kubeconfig's token."""


def configured(config: Values, environment: Environment) -> KubernetesClient:
    """A client for a provider block, or for the kubeconfig that KUBECONFIG or the home folder has."""
    if config.get("host"):
        token = config.get("token")
        fixed = (lambda: ClusterToken(token, float("inf"))) if token else None
        pool = _pool(config.get("cluster_ca_certificate"))
        return KubernetesClient(pool, config["host"], identity=config["host"], token=fixed, clock=environment.clock)
    return _from_kubeconfig(config.get("config_path"), config.get("config_context"), environment)


def connect(access: ClusterAccess, environment: Environment) -> KubernetesClient:
    """A client for a cluster that a cloud's provider gives access to."""
    pool = _pool(access.ca_certificate)
    return KubernetesClient(
        pool, access.endpoint, identity=access.identity, token=access.token, clock=environment.clock
    )


def _pool(ca_certificate: str | None, **more: Any) -> Any:
    import urllib3

    return urllib3.PoolManager(
        num_pools=1, maxsize=_CONNECTIONS, cert_reqs="CERT_REQUIRED", ca_cert_data=ca_certificate, **more
    )


def _from_kubeconfig(path: str | None, context: str | None, environment: Environment) -> KubernetesClient:
    from kubernetes.client import Configuration
    from kubernetes.config import ConfigException, load_kube_config

    given = path or environment.variables.get("KUBECONFIG") or "~/.kube/config"
    files = os.pathsep.join(str(_located(part, environment)) for part in given.split(os.pathsep) if part)
    missing = [part for part in files.split(os.pathsep) if not Path(part).is_file()]
    if len(missing) == len(files.split(os.pathsep)):
        advice = 'Name one with kubeconfig = "..." in the cluster block, or with KUBECONFIG.'
        raise AccessDenied("No kubeconfig", f"There is no file {given}.", advice=advice)
    made = Configuration()
    try:
        load_kube_config(files, context, made, persist_config=False)  # type: ignore[no-untyped-call]
    except ConfigException as failure:
        raise AccessDenied(
            "Kubeconfig cannot be used", f"{given}: {failure}", advice="Check its contexts."
        ) from failure
    return _client_of(made, f"{given}#{context or ''}", environment)


def _located(part: str, environment: Environment) -> Path:
    path = Path(part).expanduser()
    return path if path.is_absolute() else environment.directory / path


def _client_of(made: Any, name: str, environment: Environment) -> KubernetesClient:
    if not made.verify_ssl:
        raise Unreachable(
            "TLS is not verified",
            f"The kubeconfig {name} turns the check of the server's certificate off (insecure-skip-tls-verify).",
            advice="Give the cluster's CA in the kubeconfig instead.",
        )
    more: dict[str, Any] = {}
    if made.cert_file:
        more |= {"cert_file": made.cert_file, "key_file": made.key_file}
    if made.tls_server_name:
        more["server_hostname"] = made.tls_server_name
    authority = Path(made.ssl_ca_cert).read_text() if made.ssl_ca_cert else None

    names = [name for name in _TOKEN_NAMES if made.api_key.get(name)]

    def token() -> ClusterToken:
        header = made.get_api_key_with_prefix(names[0]) or ""
        return ClusterToken(header.removeprefix("Bearer "), environment.clock.now() + 300)

    pool = _pool(authority, **more)
    return KubernetesClient(
        pool, made.host, identity=made.host, token=token if names else None, clock=environment.clock
    )
