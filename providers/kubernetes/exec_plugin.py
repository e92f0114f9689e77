"""Runs a kubeconfig's exec plugin for its credentials. One that fails or hangs is an error: nobody goes on anonymously.

Source: Kubernetes' "client-go credential plugins" (client.authentication.k8s.io/v1 and v1beta1).
"""

from __future__ import annotations

import base64
import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from language.redaction import REDACTOR
from providers.contract.errors import AccessDenied
from providers.kubernetes.kubeconfig import ExecPlugin, Kubeconfig

_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_TIMEOUT = 60.0
_LONGEST = 1 << 20
_SAID = 2000


@dataclass(frozen=True, slots=True)
class ExecCredential:
    """What a plugin gave; `expires` in seconds since the epoch."""

    token: str = field(default="", repr=False)
    certificate: str = ""
    key: str = field(default="", repr=False)
    expires: float = float("inf")


def run(
    plugin: ExecPlugin, kubeconfig: Kubeconfig, variables: Mapping[str, str], timeout: float = _TIMEOUT
) -> ExecCredential:
    """The plugin's credentials; `timeout` in seconds. Raises AccessDenied."""
    if plugin.api_version not in _VERSIONS:
        raise _failed(plugin, f'its apiVersion is "{plugin.api_version}"', f"There are: {', '.join(_VERSIONS)}.")
    if plugin.interactive:
        raise _failed(plugin, "it wants to ask questions (interactiveMode: Always)", "Use one that asks nothing.")
    environment = {**variables, **plugin.variables, "KUBERNETES_EXEC_INFO": _info(plugin, kubeconfig)}
    try:
        process = subprocess.Popen(
            [plugin.command, *plugin.arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as failure:
        raise _failed(plugin, str(failure.strerror), plugin.install_hint) from failure
    try:
        output, said = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise _failed(
            plugin, f"it gave no answer in {timeout:g} seconds", "Run it by hand to see what it waits for."
        ) from None
    finally:
        _end(process)
    if process.returncode != 0:
        message = said[-_SAID:].decode("utf-8", "replace").strip()
        raise _failed(plugin, f"it ended with code {process.returncode}: {message}", plugin.install_hint)
    return _read(plugin, output)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the plugin and what it started."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _info(plugin: ExecPlugin, kubeconfig: Kubeconfig) -> str:
    spec: dict[str, Any] = {"interactive": False}
    if plugin.provide_cluster:
        cluster = {"server": kubeconfig.server, "tls-server-name": kubeconfig.server_name}
        data = (kubeconfig.authority or "").encode()
        spec["cluster"] = {**cluster, "certificate-authority-data": base64.b64encode(data).decode()}
    return orjson.dumps({"kind": "ExecCredential", "apiVersion": plugin.api_version, "spec": spec}).decode()


def _read(plugin: ExecPlugin, output: bytes) -> ExecCredential:
    try:
        given = orjson.loads(output[:_LONGEST])
    except orjson.JSONDecodeError:
        raise _failed(plugin, "what it printed is no JSON") from None
    status = given.get("status") if isinstance(given, dict) else None
    if not isinstance(status, dict) or given.get("kind") != "ExecCredential":
        raise _failed(plugin, "what it printed is no ExecCredential with a status")
    if given.get("apiVersion") != plugin.api_version:
        raise _failed(plugin, f"its answer has another apiVersion than {plugin.api_version}")
    names = ("token", "clientCertificateData", "clientKeyData", "expirationTimestamp")
    texts = [status.get(name) or "" for name in names]
    if not all(isinstance(each, str) for each in texts):
        raise _failed(plugin, "a member of its status is no text")
    token, certificate, key, expiration = texts
    if bool(certificate) != bool(key) or not (token or certificate):
        raise _failed(plugin, "its answer has neither a token, nor a certificate with its key")
    REDACTOR.remember((token, key))
    try:
        expires = datetime.fromisoformat(expiration).timestamp() if expiration else float("inf")
    except ValueError:
        raise _failed(plugin, "its expirationTimestamp is no time of RFC 3339") from None
    return ExecCredential(token.strip(), certificate, key, expires)


def _failed(plugin: ExecPlugin, problem: str, advice: str = "") -> AccessDenied:
    return AccessDenied("The credential plugin failed", f"{plugin.command}: {problem}.", advice=advice)
