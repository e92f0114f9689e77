"""How a client comes about: from a kubeconfig, from a provider block, or from a cloud's access to a cluster."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from language.redaction import REDACTOR
from providers.contract import ClientCertificate, ClusterAccess, ClusterToken, Environment, Values
from providers.contract.errors import AccessDenied, Unreachable
from providers.kubernetes import exec_plugin, kubeconfig, tls
from providers.kubernetes.client import KubernetesClient
from providers.kubernetes.kubeconfig import Credentials, Kubeconfig, unusable
from providers.kubernetes.proxy import proxy_of, through_proxy

_CONNECTIONS = 32
_TOKEN_FILE_SECONDS = 60.0
"""How long what a token file says is taken for current: it is renewed by others."""


def configured(config: Values, environment: Environment) -> KubernetesClient:
    """A client for a provider block, or for the kubeconfig that KUBECONFIG or the home folder has."""
    if not config.get("host"):
        return _of_kubeconfig(
            kubeconfig.read(config.get("config_path"), config.get("config_context"), environment), environment
        )
    host, token = config["host"], config.get("token")
    _refuse_in_the_clear(host, bool(token), 'provider "kubernetes"')
    fixed = (lambda: ClusterToken(token, float("inf"))) if token else None
    pool = _pool(host, environment.variables, config.get("cluster_ca_certificate"))
    return KubernetesClient(pool, host, identity=host, token=fixed, clock=environment.clock)


def connect(access: ClusterAccess, environment: Environment) -> KubernetesClient:
    """A client for a cluster that a cloud's provider gives access to."""
    who = access.credentials
    pair = (who.certificate, who.key) if isinstance(who, ClientCertificate) else ("", "")
    pool = _pool(access.endpoint, environment.variables, access.ca_certificate, *pair)
    token = None if isinstance(who, ClientCertificate) else who
    return KubernetesClient(pool, access.endpoint, identity=access.identity, token=token, clock=environment.clock)


def _of_kubeconfig(found: Kubeconfig, environment: Environment) -> KubernetesClient:
    if not found.verified:
        raise Unreachable(
            "TLS is not verified",
            f"The kubeconfig {found.name} turns the check of the server's certificate off (insecure-skip-tls-verify).",
            advice="Give the cluster's CA in the kubeconfig instead.",
        )
    who = found.credentials
    _refuse_in_the_clear(found.server, who != Credentials(), found.name)
    certificate, key, token = who.certificate, who.key, _token_of(who, environment)
    if who.plugin is not None:
        plugin = _Plugin(found, environment)
        first = plugin.current()
        certificate, key = first.certificate or certificate, first.key or key
        token = plugin.token if first.token else token
    pool = _pool(found.server, environment.variables, found.authority, certificate, key, found.server_name, found.proxy)
    return KubernetesClient(
        pool, found.server, identity=found.server, token=token, headers=_headers(who), clock=environment.clock
    )


def _refuse_in_the_clear(server: str, credentials: bool, where: str) -> None:
    """Credentials go over TLS alone. kubectl leaves them out without a word; that is refused here."""
    scheme = urlsplit(server).scheme
    if scheme not in ("http", "https", ""):
        raise unusable(where, f'its server "{server}" is no URL of https')
    if scheme == "http" and credentials:
        advice = "Write the server's URL with https://."
        raise AccessDenied("Credentials would be sent in the clear", f"{where}: the server is {server}.", advice=advice)


def _headers(who: Credentials) -> tuple[tuple[str, str], ...]:
    """What every request of the user has: whom it acts as, and a password where there is no token."""
    headers = who.impersonated
    if who.username and not (who.token or who.token_file):
        basic = base64.b64encode(f"{who.username}:{who.password}".encode()).decode()
        REDACTOR.remember((who.password, basic))
        headers = (*headers, ("Authorization", f"Basic {basic}"))
    return headers


def _token_of(who: Credentials, environment: Environment) -> Callable[[], ClusterToken] | None:
    """The token that stands in the kubeconfig; what a token file says goes before it."""
    if who.token_file is None:
        return (lambda: ClusterToken(who.token, float("inf"))) if who.token else None

    def read() -> ClusterToken:
        assert who.token_file is not None
        try:
            text = who.token_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as failure:
            if not who.token:
                raise unusable(who.token_file, "the token file cannot be read") from failure
            text = who.token
        return ClusterToken(text, environment.clock.now() + _TOKEN_FILE_SECONDS)

    return read


class _Plugin:
    """The credentials of an exec plugin, asked for anew when they end."""

    def __init__(self, found: Kubeconfig, environment: Environment) -> None:
        self._found = found
        self._environment = environment
        self._given: exec_plugin.ExecCredential | None = None
        self._lock = threading.Lock()

    def current(self) -> exec_plugin.ExecCredential:
        """What the plugin gave last. Raises AccessDenied."""
        with self._lock:
            if self._given is None:
                plugin = self._found.credentials.plugin
                assert plugin is not None
                self._given = exec_plugin.run(plugin, self._found, self._environment.variables)
            return self._given

    def token(self) -> ClusterToken:
        """The token; the client asks again when the server refused it, or it is about to end."""
        found = self.current()
        with self._lock:
            self._given = None
        return ClusterToken(found.token, found.expires)


def _pool(
    server: str,
    variables: Mapping[str, str],
    authority: str | None,
    certificate: str = "",
    key: str = "",
    server_name: str | None = None,
    proxy: str = "",
) -> Any:
    """Connections to a server, through the proxy that its kubeconfig or the environment names."""
    import urllib3

    settings: dict[str, Any] = {"num_pools": 1, "maxsize": _CONNECTIONS}
    settings["ssl_context"] = tls.context(authority, certificate, key)
    if server_name:
        settings |= {"server_hostname": server_name, "assert_hostname": server_name}
    through = proxy or proxy_of(server, variables)
    return through_proxy(through, settings) if through else urllib3.PoolManager(**settings)
