"""What an object goes with, as Kubernetes' documentation of garbage collection and its controllers have it."""

from __future__ import annotations

import pytest

from tests.providers.kubernetes.support import KIND

OWNER = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "1"}
OTHER = {**OWNER, "name": "other", "uid": "2"}


def thing(api_version="v1", kind="ConfigMap", namespace="shop", **more):
    metadata = {"name": "a", **({"namespace": namespace} if namespace else {}), **more.pop("metadata", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **more}


def containers(manifest, live=None):
    """Without the kind's name."""
    return [key[1:] for key in KIND.containers({"manifest": manifest, "object": live})]


NAMESPACE = ("", "Namespace", "", "shop")


@pytest.mark.parametrize(
    ("manifest", "live", "expected"),
    [
        (thing(), None, [NAMESPACE]),
        (thing(namespace=None), None, []),
        (
            thing("example.com/v1", "Lamp"),
            None,
            [NAMESPACE, ("apiextensions.k8s.io", "CustomResourceDefinition", "example.com", "Lamp")],
        ),
        (
            thing(),
            thing(metadata={"ownerReferences": (OWNER,)}),
            [NAMESPACE, ("apps", "Deployment", "shop", "web"), ("apps", "Deployment", "", "web")],
        ),
        (thing(), thing(metadata={"ownerReferences": (OWNER, OTHER)}), [NAMESPACE]),
        (thing(), thing(metadata={"ownerReferences": "of any shape"}), [NAMESPACE]),
        (
            thing(
                kind="Secret",
                type="kubernetes.io/service-account-token",
                metadata={"annotations": {"kubernetes.io/service-account.name": "robot"}},
            ),
            None,
            [NAMESPACE, ("", "ServiceAccount", "shop", "robot")],
        ),
    ],
    ids=["namespaced", "of-the-cluster", "custom", "owned", "of-two-owners", "odd", "token"],
)
def test_what_an_object_cannot_outlive(manifest, live, expected):
    assert containers(manifest, live) == expected


def test_a_definition_is_known_by_the_kind_that_it_defines():
    spec = {"group": "example.com", "names": {"kind": "Lamp", "plural": "lamps"}}
    definition = thing("apiextensions.k8s.io/v1", "CustomResourceDefinition", None, spec=spec)
    assert KIND.container_key({"manifest": definition})[1:] in containers(thing("example.com/v1", "Lamp"))


def test_another_object_is_known_by_its_key():
    values = {"manifest": thing("apps/v1", "Deployment")}
    assert KIND.container_key(values)[1:] == KIND.key(values)
