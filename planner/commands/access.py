"""Access to a cluster for people: a kubeconfig whose credentials come from `freehold token`, and that token."""

from __future__ import annotations

import json
import os
import shutil
import sys
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

from graph.addresses import suggest
from language.diagnostics import FreeholdError, error
from planner.prior.clients import diagnostic_of
from planner.prior.reading import Prior
from planner.prior.workspace import Workspace
from providers.contract import ClientCertificate, ClusterToken, Values
from providers.contract.errors import ProviderError

API = "client.authentication.k8s.io/v1"


def kubeconfig_of(workspace: Workspace, name: str | None) -> str:
    """A kubeconfig for one cluster of the stack, as YAML (JSON is YAML). Raises FreeholdError."""
    address, record = _cluster(workspace, name)
    outputs = record["outputs"]
    if workspace.clients.is_given(record["host"]):
        detail = f"{address} is given by the kubeconfig {outputs['kubeconfig']}; use that one."
        raise FreeholdError([error("The cluster has a kubeconfig already", detail)])
    title = f"{workspace.configuration.stack.name}-{address.partition('.')[2]}"
    folder = str(workspace.configuration.directory.resolve())
    passed = workspace.clients.provider(record["host"]).exec_variables
    variables = {name: os.environ[name] for name in passed if name in os.environ}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": title,
        "clusters": [
            {
                "name": title,
                "cluster": {
                    "server": outputs["endpoint"],
                    "certificate-authority-data": b64encode(outputs["ca_certificate"].encode()).decode(),
                },
            }
        ],
        "contexts": [{"name": title, "context": {"cluster": title, "user": title}}],
        "users": [
            {
                "name": title,
                "user": {
                    "exec": {
                        "apiVersion": API,
                        "command": _command(),
                        "args": [f"-chdir={folder}", "token", address.partition(".")[2]],
                        "env": [{"name": k, "value": v} for k, v in sorted(variables.items())] or None,
                        "interactiveMode": "Never",
                    }
                },
            }
        ],
    }
    return json.dumps(config, indent=2) + "\n"


def _command() -> str:
    """This very freehold, wherever kubectl is run: beside its Python, or on the path."""
    beside = Path(sys.executable).with_name("freehold")
    return str(beside) if beside.exists() else shutil.which("freehold") or "freehold"


def credential_of(workspace: Workspace, name: str) -> str:
    """Credentials as kubectl's exec plugins print them: a fresh token, or a certificate. Raises FreeholdError."""
    address, record = _cluster(workspace, name)
    try:
        access = workspace.clients.access(record["host"], record["outputs"])
        if access is None:
            raise FreeholdError([error("No token", "The cluster is given by a kubeconfig, which has its credentials.")])
        who = access.credentials
        status = _certificate(who) if isinstance(who, ClientCertificate) else _token(who())
    except ProviderError as failure:
        raise FreeholdError([diagnostic_of(failure, address)]) from failure
    return json.dumps({"apiVersion": API, "kind": "ExecCredential", "status": status})


def _certificate(who: ClientCertificate) -> dict[str, str]:
    return {"clientCertificateData": who.certificate, "clientKeyData": who.key}


def _token(token: ClusterToken) -> dict[str, str]:
    expires = datetime.fromtimestamp(token.expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"token": token.token, "expirationTimestamp": expires}


def _cluster(workspace: Workspace, name: str | None) -> tuple[str, Values]:
    clusters = Prior(workspace.manager.open().snapshot).clusters()
    if name is None and len(clusters) == 1:
        return next(iter(clusters.items()))
    address = f"cluster.{(name or '').removeprefix('cluster.')}"
    if address in clusters:
        return address, clusters[address]
    names = [each.partition(".")[2] for each in clusters]
    if name is None:
        detail = "The stack has several clusters; name one." if names else "The state holds no cluster yet."
        raise FreeholdError(
            [error("Which cluster?", detail, advice=f"There are: {', '.join(names)}." if names else "Apply first.")]
        )
    meant = suggest(name, names)
    advice = f"Did you mean {meant}?" if meant else f"There are: {', '.join(names) or 'none yet'}."
    raise FreeholdError([error("No such cluster", f'The state holds no cluster "{name}".', advice=advice)])
