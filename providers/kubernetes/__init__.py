"""Kubernetes objects.

`connection` makes a client (from a `kubeconfig`, with an `exec_plugin`, through a `proxy`, over `tls`); `transport`
sends its requests, `client` is the API, `answers` what counts as one, `discovery` which kinds are served, `trace` its
log. `objects` (values and JSON, what of an object is worth comparing), `foreign` (what others write), `ownership`,
`managers` and `fields` (who holds which field), `lineage` (which stack an object is of), `deletion` and `existing`
(what is there under a name, and until when), `manifest` (the kind of all objects), `applying` (what of a change is
sent), `dry_run` (its plan against a cluster), `containment`, `contents` and `local_volumes` (what goes with what),
`ready` (when is it usable, a rule a kind); `apps`, `sources` (where an app's objects come from), `yaml_files`,
`rendered` and `order` (what is in them, and which comes first), `capabilities` (what a cluster can do).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from language.overriding import override
from language.schema import Schema, optional
from language.types import STRING
from providers.contract import AppHost, Call, Environment, Provider, ResourceKind, Values

if TYPE_CHECKING:
    from providers.kubernetes.client import KubernetesClient


class KubernetesProvider(Provider["KubernetesClient"]):
    """The provider of objects on clusters that exist, and of those that clouds' providers make."""

    name = "kubernetes"
    source = "registry.terraform.io/hashicorp/kubernetes"
    schema = Schema(
        {
            "config_path": optional(STRING, description="A kubeconfig file."),
            "config_context": optional(STRING, description="The context in it; its current one."),
            "host": optional(STRING, description="The API server's URL."),
            "cluster_ca_certificate": optional(STRING, description="The CA of the API server, PEM."),
            "token": optional(STRING, sensitive=True, description="A bearer token."),
        }
    )

    @cached_property
    @override
    def kinds(self) -> Mapping[str, ResourceKind[KubernetesClient]]:
        from providers.kubernetes.manifest import KubernetesManifest

        return {KubernetesManifest.type: KubernetesManifest()}

    @override
    def configure(self, config: Values, environment: Environment) -> KubernetesClient:
        from providers.kubernetes.connection import configured

        return configured(config, environment)

    @override
    def tags(self, call: Call) -> Mapping[str, str]:
        from providers.kubernetes.lineage import labels_of

        return labels_of(call)

    @override
    def close(self, client: KubernetesClient) -> None:
        client.close()

    @override
    def identity(self, client: KubernetesClient) -> str:
        return client.uid()

    @cached_property
    @override
    def apps(self) -> AppHost[KubernetesClient] | None:
        from providers.kubernetes.apps import Apps

        return Apps()


provider: Any = KubernetesProvider()
